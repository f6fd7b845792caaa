"""Whole books, sections, merging, many parts at once: what a long text needs."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from dataclasses import replace

import pytest

from assistant.documents.model import Page, Section
from assistant.generation import ChatMessage
from assistant.library import Library
from assistant.summaries import kept_section_summaries, section_summaries
from assistant.summaries.options import SummaryOptions
from tests.assistant.summary_runs import CELL, Run, first_point, pages_on_topics, small, text_of
from tests.fakes import ScriptedModel

BOOK = replace(
    CELL,
    pages=tuple(
        Page(n, str(n), f"Chapter{(n + 1) // 2} says on page{n} that topic{n} is number{n} of all things.", "text")
        for n in range(1, 7)
    ),
    sections=tuple(Section(f"Part {number}", 1, 2 * number - 1) for number in (1, 2, 3)),
)
"""Three sections of two pages; a model with chunks of 12 words reads one page at a time."""


def points_of(messages: Sequence[ChatMessage]) -> str:
    """A model that gives back, as points, the lines it was shown."""
    lines = [line.lstrip("- ") for line in text_of(messages).splitlines() if line and not line.startswith("#")]
    if "Write from them one summary" in messages[-1].content:
        return " ".join(lines[:3])
    return "\n".join(f"- {line}" for line in lines)


def reader(**options) -> ScriptedModel:
    return ScriptedModel(points_of, chunk_tokens=12, **options)


def task_of(messages: Sequence[ChatMessage]) -> str:
    said = messages[-1].content
    for words, task in (
        ("Write from them one summary", "whole"),
        ("lists points of one section", "section"),
        ("most important points", "points"),
    ):
        if words in said:
            return task
    return "other"


def test_parts_are_merged_by_section_and_then_over_sections():
    model = reader()
    run = Run(model, BOOK)

    assert [task_of(prompt) for prompt in model.prompts] == ["points"] * 6 + ["section"] * 3 + ["whole"]
    merged = model.prompts[6][-1].content
    assert merged.index("# Part 1") < merged.index("page1") < merged.index("page2")
    assert "page3" not in merged
    assert run.result["sections"] == [
        {"document": CELL.path, "title": f"Part {number}", "pages": [2 * number - 1, 2 * number]}
        for number in (1, 2, 3)
    ]


def test_a_changed_chapter_redoes_itself_and_the_merges_above_it(tmp_path):
    with Library(tmp_path / "library.sqlite3") as library:
        Run(reader(), BOOK, library)
        changed = replace(BOOK.pages[3], text="Chapter2 says on page4 that all of it has been written anew.")
        model = reader()
        run = Run(model, replace(BOOK, pages=(*BOOK.pages[:3], changed, *BOOK.pages[4:])), library)

    assert [task_of(prompt) for prompt in model.prompts] == ["points", "section", "whole"]
    assert run.notices() == ["Resuming: 5 of 6 parts were already done."]


def test_a_merged_sentence_is_looked_up_only_in_the_pages_it_was_merged_from():
    """Page 4 says what page 1 says; the merge of the second half must not cite the first."""
    same = "Every living cell is surrounded by a thin membrane of lipids."
    pages = (
        Page(1, "1", same, "text"),
        Page(2, "2", "Iron melts in the furnace at a high temperature.", "text"),
        Page(3, "3", "Glass is made of quartz sand and soda ash.", "text"),
        Page(4, "4", same, "text"),
    )
    document = replace(CELL, pages=pages, sections=(Section("One", 1, 1), Section("Two", 1, 3)))
    run = Run(ScriptedModel(points_of, chunk_tokens=12), document, style="outline")

    second = run.screen.split("## Two")[1]
    assert "[p. 4 ✔]" in second
    assert "[p. 1" not in second


def test_an_outline_merges_the_points_of_a_sections_parts_into_as_many_as_were_asked_for():
    run = Run(reader(), BOOK, style="outline", bullets=1)
    assert run.screen.count("\n- ") == 3, "one point in each of the three sections"


def test_the_number_of_points_is_asked_for_and_enforced():
    points = [sentence for page in CELL.pages for sentence in page.text.split(". ")]
    model = ScriptedModel(["\n".join(f"- {point}." for point in points)])
    run = Run(model, CELL, style="outline", bullets=4)

    assert "4 short sentences" in model.prompts[0][-1].content
    assert run.screen.count("- ") == 4


def test_notes_with_their_title_as_only_first_heading_are_told_by_their_other_headings():
    """A page of Markdown: `# Title`, then `## …` for each section."""
    texts = {"Title": "Notes on cells.", "Membrane": "The membrane is made of lipids.", "Nucleus": "It holds genes."}
    lines = {title: f"{title}\n\n{' '.join([text] * 30)}" for title, text in texts.items()}
    whole = "\n\n".join(lines.values())
    sections = tuple(
        Section(title, 1 if title == "Title" else 2, 1, whole.index(line)) for title, line in lines.items()
    )
    notes = replace(CELL, pages=(Page(1, "1", whole, "text"),), sections=sections)
    run = Run(ScriptedModel(first_point), notes, style="outline")

    assert [section["title"] for section in run.result["sections"]] == list(texts)
    assert len(Run(ScriptedModel(first_point), notes, style="brief").result["sections"]) == 1, "it fits into one part"


@pytest.mark.parametrize("rows", [1, 2, 5])
@pytest.mark.parametrize("style", ["brief", "outline", "detailed"])
def test_many_at_once_gives_the_text_of_one_at_a_time(style: str, rows: int):
    single = Run(reader(batch_rows=1), BOOK, style=style)
    many = Run(reader(batch_rows=rows), BOOK, style=style)

    assert many.screen == single.screen
    assert many.result["claims"] == single.result["claims"]


def test_the_part_in_turn_is_streamed_while_others_are_written():
    run = Run(small(first_point, batch_rows=4), CELL, style="detailed")
    texts = [event.text for event in run.events if type(event).__name__ == "TextDelta"]
    first = "".join(texts).index("p. 2")
    assert len([text for text in texts if text]) > 8, "not part by part"
    assert first > 0


def test_time_left_counts_tokens_and_shrinks():
    pages = pages_on_topics("Topic{n} is one of the things that this book tells us about.", 40)
    run = Run(ScriptedModel(first_point, chunk_tokens=30), replace(CELL, pages=pages))

    steps = [step for step in run.progress("map") if step.seconds_left is not None]
    assert len(steps) > 5
    assert steps[-1].seconds_left < steps[0].seconds_left
    assert run.progress("merge")[-1].seconds_left == 0


def test_a_long_book_takes_bounded_memory_and_shows_progress():
    """50,000 words; ten times as many take ten times as long, most of it to read the book for citations."""
    words = [f"{first}{second}{last}" for first in ("ta", "mo", "ve") for second in "rlnskd" for last in "aeiou"]
    pages = tuple(
        Page(n, str(n), " ".join(f"The {words[(n + k) % 90]} of page{n} is {words[k]}." for k in range(80)), "text")
        for n in range(1, 105)
    )
    assert sum(len(page.text.split()) for page in pages) > 49_000

    tracemalloc.start()
    model = ScriptedModel(first_point, chunk_tokens=500, context_tokens=8192, batch_rows=4)
    run = Run(model, replace(CELL, pages=pages))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert run.result["chunks"] > 100
    assert len(run.progress("map")) > run.result["chunks"]
    assert len(run.screen) < 2000
    assert run.result["coverage"]["pages_used"] == list(range(1, 105))
    assert peak < 300 << 20


# --- for answers --------------------------------------------------------------------------------------------------


def ended(job):
    try:
        while True:
            next(job)
    except StopIteration as end:
        return end.value


def test_summaries_of_sections_are_shared_with_a_summary_of_the_whole(tmp_path):
    with Library(tmp_path / "library.sqlite3") as library:
        options = SummaryOptions(style="detailed", language="en")
        assert kept_section_summaries(reader(), [BOOK], options, library) == []

        model = reader()
        texts = ended(section_summaries("j", model, [BOOK], options, library, lambda: False))
        assert [(text.title, sorted(page for _path, page in text.pages)) for text in texts] == [
            ("Part 1", [1, 2]),
            ("Part 2", [3, 4]),
            ("Part 3", [5, 6]),
        ]
        assert "topic1" in texts[0].text
        assert "topic2" in texts[0].text

        again = reader()
        assert kept_section_summaries(again, [BOOK], options, library) == texts
        assert again.prompts == []

        whole = reader()
        Run(whole, BOOK, library, language="en")
        assert [task_of(prompt) for prompt in whole.prompts] == ["whole"]


class Counting(ScriptedModel):
    """Knows how often it had to read a text to count its tokens."""

    counted = 0

    def count_tokens(self, text: str) -> int:
        self.counted += 1
        return super().count_tokens(text)


def test_looking_for_kept_summaries_reads_a_text_once_and_one_without_any_not_at_all(tmp_path):
    with Library(tmp_path / "library.sqlite3") as library:
        options = SummaryOptions(language="en")
        model = Counting(points_of, chunk_tokens=12, name="counting")
        assert kept_section_summaries(model, [BOOK], options, library) == []
        assert model.counted == 0

        texts = ended(section_summaries("j", model, [BOOK], options, library, lambda: False))
        assert kept_section_summaries(model, [BOOK], options, library) == texts
        before = model.counted
        for _question in range(3):
            assert kept_section_summaries(model, [BOOK], options, library) == texts
        assert model.counted - before <= 3 * len(texts) * 2  # of what is merged, and no more


def test_what_is_kept_of_a_chapter_that_was_changed_is_not_taken_for_its_summary(tmp_path):
    with Library(tmp_path / "library.sqlite3") as library:
        options = SummaryOptions(language="en")
        texts = ended(section_summaries("j", reader(), [BOOK], options, library, lambda: False))
        changed = replace(BOOK.pages[3], text="Chapter2 says on page4 that all of it has been written anew.")
        other = replace(BOOK, pages=(*BOOK.pages[:3], changed, *BOOK.pages[4:]))
        assert kept_section_summaries(reader(), [BOOK], options, library) == texts
        kept = kept_section_summaries(reader(), [other], options, library)
        assert [text.title for text in kept] == ["Part 1", "Part 3"]
