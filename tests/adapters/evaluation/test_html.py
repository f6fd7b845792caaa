"""The report as a page: one file that shows everything, fetches nothing, and lets nobody's text act in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.evaluation import telling
from adapters.evaluation.html import render
from adapters.evaluation.html.curve import curve
from adapters.evaluation.html.marks import Scale
from adapters.evaluation.html.markup import element, prose
from adapters.evaluation.report import ADAPTER, BASE, Choices, Report
from assistant.i18n import set_language
from assistant.safe_text import printable
from tests.adapters.evaluation.sample_report import difference, forgetting, interval, lineage, poor_report, report, text

VOID = {"meta", "br"}
NASTY = "<script>alert(1)</script>\"'><img src=x onerror=y>&\x1b[31m\u202e"


class Page(HTMLParser):
    """Every tag closed in its place; what was opened, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def says(self, words: str) -> bool:
        """Whatever tags and spaces stand between them."""
        return _squeezed(words.replace("`", "")) in _squeezed("".join(self.texts))


def _squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(autouse=True)
def _english():
    set_language("en")


def page(found: Report) -> Page:
    return Page(render(found))


def test_everything_that_the_report_says_is_on_the_page():
    found = report()
    shown = page(found)
    for sentence in (
        *telling.verdict_sentences(found),
        *telling.forgetting_sentences(found["forgetting"])[1:],
        *telling.data_sentences(found["data"]),
        telling.limits_explanation(),
    ):
        assert shown.says(sentence)
    for system in found["systems"]:
        for metric in system["scores"]:
            assert shown.says(telling.metric_words(metric).explanation)
            assert shown.says(telling.figure(metric, system["scores"][metric]["mean"]))
    for stage in telling.lineage_lines(found["lineage"]):
        assert shown.says(stage.title)
    for check in found["checks"]:
        assert shown.says(telling.check_words(check).label)


def test_every_figure_says_on_how_many_documents_it_was_taken():
    assert page(report()).says("points of 100, on 24 documents")
    assert page(poor_report()).says("nats a word piece, on 2 documents: a hint, no more")


def test_a_difference_that_leaves_out_0_and_is_not_shown_says_why():
    lucky = difference("rouge1", 0.05, 0.04, verdict="no_difference", p=0.02, adjusted_p=0.2)
    assert page(report(differences=[lucky])).says(telling.difference_sentence(lucky))


def test_the_best_and_worst_texts_stand_beside_their_sources():
    shown = page(report())
    for number in (0, 1, 2, 5, 6, 7):
        one = text(number)
        for words in (telling.place_of(one), one["source"], one["reference"], *one["written"].values()):
            assert shown.says(words)
    assert not shown.says(telling.place_of(text(3)))


@pytest.mark.parametrize("found", [report(), poor_report(), report(forgetting=forgetting(light="red"))])
def test_the_page_needs_no_network_and_no_script(found):
    shown = page(found)
    assert not {"script", "link", "img", "iframe", "object", "base", "form"} & {tag for tag, _attributes in shown.tags}
    for _tag, attributes in shown.tags:
        assert not {"src", "href", "srcset", "style"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://", render(found))
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert ("meta", policy) in shown.tags


def test_what_is_drawn_says_in_words_what_it_shows():
    html = render(report())
    drawings = re.findall(r'<svg class="track" role="img">.*?</svg>|<svg role="img">.*?</svg>', html)
    assert len(drawings) > 50
    assert all(re.match(r"<svg[^>]*><title>[^<]{5,}</title>", drawing) for drawing in drawings)


def test_the_page_is_in_the_language_of_the_reader():
    assert '<html lang="en">' in render(report())
    set_language("it")
    assert '<html lang="it">' in render(report())


@pytest.mark.parametrize("verdict", ["better", "no_difference"])
def test_blind_choices_and_a_judge_are_shown_as_what_they_are(verdict):
    choices = Choices(against=BASE, adapter=6, other=3, same=1, share=interval(0.67, 0.3, 9), verdict=verdict)
    shown = page(report(blind=choices, judge=choices))
    assert shown.says(telling.choices_sentence(choices).split(".")[0])
    assert shown.says("Indicative only")


def test_strangers_texts_are_text():
    """Documents, references, answers, names: none becomes markup, none moves the reader's cursor."""
    found = report(
        texts=[
            text(
                number,
                document=NASTY,
                section=NASTY,
                source=NASTY,
                reference=NASTY,
                written={BASE: NASTY, ADAPTER: NASTY, NASTY: NASTY},
            )
            for number in range(8)
        ],
        adapter={"name": NASTY, "version": NASTY, "kind": NASTY},
        model=NASTY,
        device=NASTY,
        lineage={**lineage(), "base": {"name": NASTY, "license": NASTY, "languages": [NASTY]}},
        not_judged=[{"what": NASTY, "why": NASTY, "details": {}}],
        faults=[{"name": NASTY, "level": "warning", "details": {}}],
        differences=[difference(NASTY, 1.0, 0.5, against=NASTY)],
    )
    html = render(found)
    shown = Page(html)
    assert {tag for tag, _attributes in shown.tags}.isdisjoint({"script", "img"})
    assert shown.says("<script>alert(1)</script>")
    assert "\x1b" not in html
    assert "\u202e" not in html


@given(st.text(max_size=80), st.text(max_size=80))
def test_text_put_into_an_element_comes_out_as_it_is_read(inside, attribute):
    parsed = Page(element("p", inside, title=attribute))
    assert [tag for tag, _attributes in parsed.tags] == ["p"]
    assert "".join(parsed.texts) == printable(inside)
    assert parsed.tags[0][1]["title"] == printable(attribute)


def test_what_is_typed_is_shown_as_such():
    assert prose("See `sunto <x>`.") == "See <code>sunto &lt;x&gt;</code>."


@given(st.floats(), st.floats(-10, 10), st.floats(-10, 10))
def test_nothing_is_drawn_outside_of_its_place(value, low, high):
    assert 0 <= Scale(min(low, high), max(low, high))(value) <= 100


points = st.lists(st.tuples(st.integers(0, 5000), st.none() | st.floats()), max_size=30)


@settings(max_examples=50)
@given(points, points, st.none() | st.integers(0, 5000))
def test_any_curve_can_be_drawn(steps, held_out, kept):
    drawn = curve({"curve": steps, "held_out": held_out, "kept_step": kept})
    Page(drawn)
    assert "nan" not in drawn
    assert "inf" not in drawn.replace("inform", "")


def test_a_long_training_is_drawn_with_few_points():
    long = curve({"curve": [[step, 2.0] for step in range(20_000)], "held_out": []})
    assert len(long) < 20_000


def test_a_report_that_judged_nothing_is_a_page_that_says_so():
    found = poor_report(systems=[], differences=[], texts=[])
    shown = page(found)
    assert shown.says("cannot be judged")
    assert shown.says("What could not be judged")
    assert not shown.says("The texts, side by side")
