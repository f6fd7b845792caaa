"""Outlines and detailed summaries of several documents: one heading for a topic, what two of them say stands once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.documents.model import Document, Page, Section
from assistant.generation import ChatMessage
from assistant.library import Library
from assistant.sentences import split_sentences
from tests.assistant.summary_runs import CELL, Run, StopAfter, text_of
from tests.assistant.texts import revolution_document
from tests.fakes import ScriptedModel


def course(name: str, language: str, *sections: tuple[str, str]) -> Document:
    return Document(
        path=f"/notes/{name}.pdf",
        name=f"{name}.pdf",
        title=name.title(),
        pages=tuple(Page(n, str(n), text, "text") for n, (_title, text) in enumerate(sections, start=1)),
        sections=tuple(Section(title, 1, n) for n, (title, _text) in enumerate(sections, start=1)),
        language=language,
        sha256=name,
    )


SLIDES = course(
    "slides",
    "en",
    (
        "Origin of the cell",
        "Robert Hooke discovered the cell in the year 1665 in a thin slice of cork under his microscope. "
        "The cell is the smallest living unit of every plant and of every animal.",
    ),
    ("Photosynthesis", "In the light the green leaves of a plant build sugar from water and from carbon dioxide."),
    (
        "Membrane of the cell",
        "The membrane of the cell is made of two layers of lipids with proteins between them. "
        "The membrane of the cell lets large molecules of sugar pass through its layers.",
    ),
)
BOOK = course(
    "book",
    "en",
    (
        "The cell and its discovery",
        "Robert Hooke discovered the cell in the year 1667 in a thin slice of cork under his microscope. "
        "Of every plant and of every animal the cell is the smallest living unit.",
    ),
    (
        "The membrane",
        "The membrane of the cell does not let large molecules of sugar pass through its layers. "
        "The membrane of the cell is made of two layers of lipids with proteins between them.",
    ),
    ("Heredity", "The genes that a child inherits from its parents lie on the chromosomes in the nucleus."),
)
APPUNTI = course(
    "appunti",
    "it",
    (
        "La cellula",
        "Robert Hooke scoprì la cellula nell'anno 1665 in una sottile fetta di sughero con il suo microscopio. "
        "La cellula è la più piccola unità vivente di ogni pianta e di ogni animale.",
    ),
    (
        "La membrana",
        "La membrana della cellula lascia passare le grandi molecole di zucchero attraverso i suoi strati.",
    ),
)
LIBRO = course(
    "libro",
    "it",
    (
        "La scoperta della cellula",
        "Robert Hooke scoprì la cellula nell'anno 1667 in una sottile fetta di sughero con il suo microscopio. "
        "Di ogni pianta e di ogni animale la cellula è la più piccola unità vivente.",
    ),
    (
        "La membrana della cellula",
        "La membrana della cellula non lascia passare le grandi molecole di zucchero tra i suoi strati.",
    ),
)
PAIRS = pytest.mark.parametrize(
    ("documents", "same", "both"),
    [
        ([SLIDES, BOOK], "smallest living unit", "slides.pdf, p. 1; book.pdf, p. 1"),
        ([APPUNTI, LIBRO], "più piccola unità vivente", "appunti.pdf, p. 1; libro.pdf, p. 1"),
    ],
    ids=["en", "it"],
)
STYLES = pytest.mark.parametrize("style", ["outline", "detailed"])
MODELS = pytest.mark.parametrize("merge", [True, False], ids=["merges", "does not merge"])


def echo(messages: Sequence[ChatMessage]) -> str:
    """A model that gives back what it was shown: as a list where one is asked for, each line once."""
    asked, text = messages[-1].content, text_of(messages)
    lines = [line.lstrip("- ") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    sentences = [line[start:end] for line in lines for start, end in split_sentences(line)]
    if any(words in asked for words in ("- ", "point", "punt")):
        return "\n".join(f"- {sentence}" for sentence in dict.fromkeys(sentences))
    return " ".join(sentences)


def reader(**options) -> ScriptedModel:
    return ScriptedModel(echo, chunk_tokens=60, **options)


def topic_prompts(model: ScriptedModel) -> list[str]:
    said = ("several documents say about one topic", "più documenti dicono di uno stesso argomento")
    return [prompt[-1].content for prompt in model.prompts if any(words in prompt[-1].content for words in said)]


@PAIRS
@STYLES
@MODELS
def test_what_two_documents_say_stands_once_with_both_places(documents, same, both, style, merge):
    run = Run(reader(), documents, style=style, merge=merge)
    summary = run.screen.split("# Where the documents disagree")[0].split("# Dove i documenti")[0]
    assert summary.count(same) == 1
    (claim,) = [claim for claim in run.result["claims"] if same in claim["text"]]
    assert [place["document"] for place in claim["citations"]] == [document.name for document in documents]
    assert f"[{both} " in summary


@PAIRS
@STYLES
@MODELS
def test_a_date_and_a_negation_that_differ_are_both_said_and_listed_with_both_places(
    documents, same, both, style, merge
):
    del same, both
    run = Run(reader(), documents, style=style, merge=merge)
    assert "1665" in run.screen
    assert "1667" in run.screen
    found = {one["what"]: one["places"] for one in run.result["contradictions"]}
    assert set(found) == {"date", "negation"}
    for places in found.values():
        assert [place["document"] for place in places] == [document.name for document in documents]
    listed = run.screen[run.screen.rindex("\n# ") :]
    assert sum(document.name in listed for document in documents) == 2


@STYLES
@MODELS
def test_sections_on_one_topic_share_a_heading_and_the_others_stay_under_their_document(style, merge):
    run = Run(reader(), [SLIDES, BOOK], style=style, merge=merge)
    headings = [line for line in run.screen.splitlines() if line.startswith("#")]
    assert headings[:-1] == [
        "# Slides · Book",
        "## Origin of the cell",
        "## Membrane of the cell",
        "# Slides",
        "## Photosynthesis",
        "# Book",
        "## Heredity",
    ]
    assert [section["title"] for section in run.result["sections"]] == [
        "Origin of the cell",
        "The cell and its discovery",
        "Membrane of the cell",
        "The membrane",
        "Photosynthesis",
        "Heredity",
    ]


def test_a_detailed_summary_asks_the_model_to_put_a_topic_together():
    model = reader()
    Run(model, [SLIDES, BOOK], style="detailed")
    prompts = topic_prompts(model)
    assert len(prompts) == 2
    assert "1665" in prompts[0]
    assert "1667" in prompts[0]


def test_an_outline_and_a_model_that_cannot_merge_need_no_such_request():
    for options in ({"style": "outline"}, {"style": "detailed", "merge": False}):
        model = reader()
        Run(model, [SLIDES, BOOK], **options)
        assert topic_prompts(model) == []


@STYLES
@MODELS
def test_documents_with_nothing_in_common_stay_apart(style, merge):
    run = Run(reader(), [CELL, revolution_document()], style=style, merge=merge, language="en")
    assert [line for line in run.screen.splitlines() if line.startswith("# ")] == [
        "# The cell",
        "# La rivoluzione francese",
    ]
    assert run.result["contradictions"] == []


@STYLES
@MODELS
@pytest.mark.parametrize("unsupported", ["mark", "drop", "rewrite"])
def test_every_claim_stands_where_its_place_says_and_every_page_was_read(style, merge, unsupported):
    run = Run(reader(), [SLIDES, BOOK], style=style, merge=merge, unsupported=unsupported)
    text = run.result["summary"]
    assert text == run.screen
    assert run.result["claims"]
    for claim in run.result["claims"]:
        place = claim["place"]
        assert claim["text"].rstrip(".") in text[place["start"] : place["mark"]]
        assert text[place["mark"] : place["end"]].startswith(" [")
    assert run.result["coverage"]["pages_skipped"] == []


def test_of_two_that_agree_the_one_that_the_sources_support_stays():
    """With the sentence that has a number of the model's own, what the other says would have been left out."""

    def wrong(messages: Sequence[ChatMessage]) -> str:
        return echo(messages).replace("The cell is the smallest living unit", "The cell is the 7 smallest living unit")

    one = replace(SLIDES, pages=SLIDES.pages[:1], sections=SLIDES.sections[:1])
    other = replace(BOOK, pages=BOOK.pages[:1], sections=BOOK.sections[:1])
    run = Run(ScriptedModel(wrong, chunk_tokens=60), [one, other], style="outline", unsupported="drop")
    assert "smallest living unit" in run.screen
    assert "7" not in run.screen.split("# Where")[0].replace("1667", "")


@STYLES
def test_a_stopped_summary_goes_on_with_what_was_written(tmp_path, style):
    with Library(tmp_path / "library.sqlite3") as library:
        first = reader(batch_rows=1)
        stopped = Run(first, [SLIDES, BOOK], library, StopAfter(first, 4), style=style)
        assert stopped.stopped
        again = reader(batch_rows=1)
        run = Run(again, [SLIDES, BOOK], library, style=style)
        whole = Run(reader(), [SLIDES, BOOK], style=style)
    assert run.result["resumed_chunks"] >= 3
    assert run.screen == whole.screen
    asked = {str(prompt) for prompt in first.prompts[:-2]}  # two were in flight
    assert asked
    assert not asked & {str(prompt) for prompt in again.prompts}


def test_documents_without_sections_are_put_together_by_what_they_say():
    plain = [
        replace(document, pages=document.pages[:1], sections=(), title=document.name) for document in (SLIDES, BOOK)
    ]
    run = Run(reader(), plain, style="outline")
    assert run.screen.startswith("# slides.pdf · book.pdf\n\n- ")


@PAIRS
def test_a_short_summary_by_a_model_that_does_not_merge_says_it_once_too(documents, same, both):
    run = Run(reader(), documents, style="brief", merge=False, bullets=6)
    assert run.screen[: run.screen.rindex("\n# ")].count(same) == 1
    assert run.result["extractive"] == "no"
    assert f"[{both} " in run.screen
    assert "1665" in run.screen
    assert "1667" in run.screen


@PAIRS
def test_where_a_model_wrote_nothing_usable_own_sentences_are_shown_once_too(documents, same, both):
    run = Run(
        ScriptedModel(["The dragon of the north guards a castle of gold."], chunk_tokens=60),
        documents,
        style="brief",
        merge=True,
        bullets=6,
    )
    assert run.screen[: run.screen.rindex("\n# ")].count(same) == 1
    assert f"[{both} " in run.screen
    assert run.result["extractive"] == "all"


def test_contradictions_of_the_sources_are_listed_whether_the_summary_cites_them_or_not():
    def silent(messages: Sequence[ChatMessage]) -> str:
        return "- The membrane of the cell is made of two layers of lipids with proteins between them."

    run = Run(ScriptedModel(silent, chunk_tokens=60), [SLIDES, BOOK], style="outline")
    assert {found["what"] for found in run.result["contradictions"]} == {"date", "negation"}
    assert "1667" in run.screen


def test_no_more_than_ten_contradictions_are_listed():
    kinds = (
        "river",
        "lake",
        "glacier",
        "volcano",
        "forest",
        "desert",
        "harbour",
        "bridge",
        "tunnel",
        "castle",
        "temple",
    )

    def atlas(name: str, more: int) -> Document:
        text = " ".join(
            f"The famous northern {kind} of Arvenia is {100 + 7 * number + more} kilometres away from the old capital."
            for number, kind in enumerate(kinds)
        )
        return course(name, "en", ("Distances", text))

    run = Run(ScriptedModel([]), [atlas("old", 0), atlas("new", 50)], style="outline", extractive="only", bullets=1)
    assert len(run.result["contradictions"]) == 10
    assert run.screen.count("different numbers") == 10


# --- without a model ----------------------------------------------------------------------------------------------


@PAIRS
@pytest.mark.parametrize("style", ["brief", "outline", "detailed"])
def test_without_a_model_the_same_holds_for_the_documents_own_sentences(documents, same, both, style):
    run = Run(ScriptedModel([]), documents, style=style, extractive="only")
    assert run.screen.startswith("# " + " · ".join(document.title for document in documents))
    (claim,) = [claim for claim in run.result["claims"] if same in claim["text"]]
    assert [place["document"] for place in claim["citations"]] == [document.name for document in documents]
    assert f"[{both} " in run.screen
    assert {found["what"] for found in run.result["contradictions"]} == {"date", "negation"}
    assert run.result["extractive"] == "all"


def test_without_a_model_documents_with_nothing_in_common_stay_apart():
    run = Run(ScriptedModel([]), [CELL, revolution_document()], style="outline", extractive="only")
    assert run.screen.index("# The cell") < run.screen.index("# La rivoluzione francese")
    assert " · " not in run.screen
