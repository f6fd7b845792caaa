"""Claims of an answer: gone through by keys and clicks, each with its grade in words and its place in a document."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from textual import events

from assistant.documents.model import Document, Page
from assistant.grades import GRADES
from assistant.library import Library
from tests.tui.cited import citation, cited
from tests.tui.desk import SMALL, WIDE, Desk, app_with, desk_of
from tui.claim_places import taken_out, with_boundaries, without_boundaries
from tui.claims import AnswerClaim, Place, claims_of
from tui.conversation import Conversation
from tui.passages import find_passage
from tui.rich_markdown import markdown_lines
from tui.screens.document import DocumentScreen
from tui.widgets.cited_answer import CitedAnswer
from tui.widgets.claim_line import ClaimLine

LEAF = "The leaf takes up red light.\nIt gives back the green, and oxygen with it."
ROOT = "Filler. " * 400 + "Roots drink water by night. " + "Filler. " * 50
PAGES = (Page(1, "i", LEAF, "pdfium"), Page(2, "1", ROOT, "pdfium"))


@pytest.fixture
def book(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "book.pdf"
    path.write_bytes(b"%PDF-")
    document = Document(str(path), path.name, "Botany", PAGES)
    monkeypatch.setattr(Conversation, "read_document", lambda *_arguments: document)
    return path


def three_claims(path: Path, **changes) -> dict:
    light = citation(path, 1, LEAF, "takes up red light", label="i", **changes)
    water = citation(path, 2, ROOT, "Roots drink water by night.", label="1", **changes)
    return cited(
        ("- The leaf takes up **red** light.", "p. i (PDF 1) ✔", {"support": "quoted", "citations": [light]}),
        (
            "- Roots drink water in 1847.",
            "p. 1 (PDF 2) ✖ 1847",
            {"support": "unsupported", "citations": [water, light], "missing": ["1847"], "warnings": ["negation"]},
        ),
        ("- Bees dance.", "?", {"support": "weak"}),
    )


@asynccontextmanager
async def desk_with_answer(rule: dict, path: Path | None, size=WIDE):
    async with desk_of(app_with({"when": "", **rule}), size=size) as desk:
        if path is not None:
            await desk.send(f"/open {path}")
            await desk.wait_until(lambda: desk.shown("document"))
        await desk.send("What does it do?")
        await desk.answered()
        yield desk


def line(desk: Desk) -> str:
    """What is said beneath of the current claim; empty while there is none."""
    claim_line = desk.chat.query_one(ClaimLine)
    return str(claim_line.content) if claim_line.display else ""


async def shown_page(desk: Desk) -> DocumentScreen:
    await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen))
    return desk.app.screen


async def noticed(desk: Desk) -> str:
    """What is said in passing."""
    await desk.wait_until(lambda: len(desk.app._notifications))
    return " ".join(note.message for note in desk.app._notifications)


# --- the walk -----------------------------------------------------------------------------------------------------


async def test_f6_and_the_arrows_go_through_the_claims_and_say_each_grade_in_words(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        assert line(desk) == ""
        await desk.pilot.press("f6")
        assert "1 of 3  ✔ checked by wording: quoted" in line(desk)
        assert "book.pdf, p. i (PDF 1)  “takes up red light”" in line(desk)
        await desk.pilot.press("down")
        said = "✖⚠ checked by wording: not supported; “1847” is not in the document; only one of the two says “not”"
        assert said in line(desk)
        assert "place 1 of 2" in line(desk)
        await desk.pilot.press("right")
        assert "place 2 of 2" in line(desk)
        await desk.pilot.press("down")
        assert "checked by wording: nothing found" in line(desk)
        await desk.pilot.press("up", "up", "up")
        assert "1 of 3" in line(desk)
        await desk.pilot.press("escape")
        assert line(desk) == ""
        assert desk.app.focused is desk.chat.composer


async def test_the_current_claim_stands_out_and_the_text_is_the_same_as_without_claims(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        answer = desk.chat.query_one(CitedAnswer)
        before = answer.text
        assert "• The leaf takes up red light. [p. i (PDF 1) ✔]" in before
        await desk.pilot.press("f6")
        assert reversed_text(answer) == "The leaf takes up red light.[p. i (PDF 1) ✔]"
        await desk.pilot.press("right_square_bracket")
        assert reversed_text(answer) == "Roots drink water in 1847.[p. 1 (PDF 2) ✖ 1847]"
        assert answer.text == before


def reversed_text(answer: CitedAnswer) -> str:
    strips = [answer.render_line(y) for y in range(answer.size.height)]
    return "".join(s.text for strip in strips for s in strip if s.style and s.style.reverse)


async def test_the_walk_goes_on_in_the_next_answer_and_back(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.send("And again?")
        await desk.answered(2)
        first, second = desk.chat.query(CitedAnswer)
        await desk.pilot.press("f6")
        assert desk.app.focused is second
        await desk.pilot.press("up")
        assert desk.app.focused is first
        assert "3 of 3" in line(desk)
        await desk.pilot.press("down")
        assert desk.app.focused is second
        assert "1 of 3" in line(desk)


async def test_a_claim_out_of_sight_is_brought_into_view(book):
    sentences = [(f"- Point {number} is about the leaf.", "p. 1 ≈", {}) for number in range(60)]
    async with desk_with_answer(cited(*sentences), book, SMALL) as desk:
        await desk.pilot.press("f6")
        assert "Point 0 is" in desk.screen_text()
        await desk.pilot.press("up")
        assert "Point 0 is" in desk.screen_text(), "there is no answer before this one"
        for _ in range(30):
            desk.chat.query_one(CitedAnswer).action_walk(1)
        await desk.pilot.pause()
        assert "Point 30 is" in desk.screen_text()


async def test_what_is_typed_or_pasted_during_the_walk_goes_to_the_composer(book):
    """It used to go nowhere, and Enter behind it opened a page."""
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.pilot.press("f6", "w", "h", "y")
        assert desk.chat.composer.text == "why"
        assert desk.app.focused is desk.chat.composer
        assert line(desk) == ""
        await desk.pilot.press("f6")
        desk.app.post_message(events.Paste(" so?"))
        await desk.wait_until(lambda: desk.chat.composer.text == "why so?")


async def test_a_new_conversation_during_the_walk_leaves_nothing_of_it(book):
    """The line of the claim used to stay, and no key did anything any more."""
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.pilot.press("f6", "ctrl+n")
        await desk.wait_until(lambda: desk.everything == "")
        assert line(desk) == ""
        assert desk.app.focused is desk.chat.composer


async def test_without_any_claims_f6_says_what_would_have_some():
    async with desk_of(app_with()) as desk:
        await desk.pilot.press("f6")
        await desk.wait_until(lambda: desk.shown("error"))
        assert "Open a document and ask about it" in desk.shown("error")[0]


async def test_the_first_cited_answer_of_a_conversation_explains_the_marks_and_no_other(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.send("And again?")
        await desk.answered(2)
        explained = ["(checked by wording)" in text for text in desk.shown("answer")]
        assert explained == [True, False]
        assert "✔ quoted · ≈ supported · ? weak · ✖ not in the document" in " ".join(desk.shown("answer")[0].split())


async def test_how_a_question_is_answered_is_shown_at_once_and_stays_beneath_the_answer(book):
    coverage = {"pages_total": 9, "pages_used": [3, 4, 9], "pages_skipped": []}
    rule = {
        "text": "Bees dance.",
        "route": {"kind": "search", "detail": "Searched for the question: 3 of 9 pages are read.", "pages": 3},
        "hold": "route",
        "result": {"route": {"kind": "search", "pages_read": 3, "why": "specific"}, "coverage": coverage},
    }
    async with desk_of(app_with({"when": "", **rule})) as desk:
        await desk.send("Who dances?")
        await desk.wait_until(lambda: "Searched for the question: 3 of 9 pages are read." in desk.screen_text())
        desk.release()
        await desk.answered()
        assert "Searched: read 3 of 9 pages (pp. 3–4, 9)" in desk.shown("answer")[0]


async def test_an_answer_that_is_written_again_says_so_while_it_is():
    rule = {"when": "", "text": "One two three four", "then": "reset", "hold": 3}
    async with desk_of(app_with(rule)) as desk:
        await desk.send("Count.")
        await desk.wait_until(lambda: "That did not come out well: trying again…" in desk.screen_text())
        desk.release()
        await desk.answered()
        assert desk.shown("answer")[0].startswith("three four")


# --- the places ---------------------------------------------------------------------------------------------------


async def test_enter_shows_the_page_with_the_passage_and_escape_leads_back_to_the_claim(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.pilot.press("f6", "down", "enter")
        screen = await shown_page(desk)
        await desk.pilot.pause()
        assert screen.position == 1
        assert "Roots drink water by night." in desk.screen_text().replace("\n", ""), "scrolled to where it stands"
        assert marked(screen) == "Roots drink water by night."
        assert "“Roots drink water in 1847.”" in desk.screen_text().replace("- Roots", "Roots")
        assert "not supported" in desk.screen_text()
        await desk.pilot.press("escape")
        assert "2 of 3" in line(desk)
        assert isinstance(desk.app.focused, CitedAnswer)


def marked(screen: DocumentScreen) -> str:
    """The text of the cells that stand out."""
    strips = [screen.text.render_line(y) for y in range(screen.text.size.height)]
    return "".join(s.text for strip in strips for s in strip if s.style and s.style.reverse)


async def test_enter_on_the_page_shows_the_next_place_of_the_claim(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.pilot.press("f6", "down", "enter")
        first = await shown_page(desk)
        await desk.pilot.press("enter")
        await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen) and desk.app.screen is not first)
        assert desk.app.screen.position == 0
        await desk.pilot.press("escape")
        assert "place 2 of 2" in line(desk)


async def test_a_click_on_a_claim_makes_it_current_and_a_click_on_its_mark_opens_the_page(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        answer = desk.chat.query_one(CitedAnswer)
        y = next(y for y, text in enumerate(answer.text.splitlines()) if "Roots" in text)
        x = answer.text.splitlines()[y].index("[")
        await desk.pilot.click(answer, offset=(x - 3, y))
        assert "2 of 3" in line(desk)
        await desk.pilot.click(answer, offset=(x + 5, y))
        assert (await shown_page(desk)).position == 1


async def test_a_claim_that_nothing_resembles_opens_nothing(book):
    async with desk_with_answer(three_claims(book), book) as desk:
        await desk.pilot.press("f6", "down", "down", "enter")
        assert "Nothing in the documents resembles this point" in await noticed(desk)


async def test_of_several_documents_each_opens_its_own(tmp_path, monkeypatch):
    paths = [tmp_path / "a.txt", tmp_path / "b.txt"]
    texts = ["Bees dance in the hive.", "Ants walk in long lines."]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    claims = [
        (f"- {text}", f"{path.name}, p. 1 ✔", {"support": "quoted", "citations": [citation(path, 1, text, text)]})
        for path, text in zip(paths, texts, strict=True)
    ]
    async with desk_with_answer(cited(*claims), None) as desk:
        for number, text in enumerate(texts):
            await desk.pilot.press("f6", *["down"] * number, "enter")
            assert (await shown_page(desk)).document.pages[0].text == text, "read now: none of them was open"
            await desk.pilot.press("escape", "escape")


async def test_claims_are_still_there_when_the_app_is_started_again(book):
    async with desk_with_answer(three_claims(book), book):
        pass
    async with desk_of(app_with()) as desk:
        await desk.wait_until(lambda: desk.chat.panel.documents and desk.chat.panel.documents[0].document)
        assert "(checked by wording)" in desk.shown("answer")[0]
        await desk.pilot.press("f6", "down", "enter")
        screen = await shown_page(desk)
        await desk.pilot.pause()
        assert marked(screen) == "Roots drink water by night."


async def test_of_a_file_that_is_gone_the_text_in_the_library_is_shown_and_said_to_be_that(tmp_path):
    path = tmp_path / "gone.txt"
    text = "Bees dance in the hive."
    path.write_text(text, encoding="utf-8")
    with Library() as library:
        library.open_document(path)
    path.unlink()
    rule = cited((text, "p. 1 ✔", {"citations": [citation(path, 1, text, "dance in the hive")]}))
    async with desk_with_answer(rule, None) as desk:
        await desk.pilot.press("f6", "enter")
        screen = await shown_page(desk)
        await desk.pilot.pause()
        assert marked(screen) == "dance in the hive"
        assert "The file is no longer there; this is its text as it was read." in desk.screen_text()
        await desk.pilot.press("c")
        assert "This document is not open" in await noticed(desk)


async def test_of_a_file_that_was_never_kept_and_is_gone_it_is_said(tmp_path):
    text = "Bees dance in the hive."
    rule = cited((text, "p. 1 ✔", {"citations": [citation(tmp_path / "never.txt", 1, text, text)]}))
    async with desk_with_answer(rule, None) as desk:
        await desk.pilot.press("f6", "enter")
        assert "is no longer there" in await noticed(desk)
        assert not isinstance(desk.app.screen, DocumentScreen)


async def test_of_a_document_that_has_changed_it_is_said_where_the_words_stand_now(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("A new beginning.\n\nBees dance\nin the hive.", encoding="utf-8")
    old = "Bees dance in the hive. Wasps do not."
    there = citation(path, 1, old, "Bees dance in the hive.")
    lost = citation(path, 1, old, "Wasps do not.")
    rule = cited(("Bees dance.", "p. 1 ✔", {"citations": [there]}), ("Wasps do not.", "p. 1 ✔", {"citations": [lost]}))
    async with desk_with_answer(rule, path) as desk:
        await desk.pilot.press("f6", "enter")
        screen = await shown_page(desk)
        await desk.pilot.pause()
        assert marked(screen) == "Bees dancein the hive."
        await desk.pilot.press("escape", "down", "enter")
        await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen) and desk.app.screen is not screen)
        await desk.pilot.pause()
        assert marked(desk.app.screen) == ""
        assert "these words are not in it any more" in desk.screen_text()


# --- what a result says -------------------------------------------------------------------------------------------


SCALARS = st.none() | st.booleans() | st.integers(-5, 40) | st.text(max_size=5)
JSON = (
    SCALARS
    | st.lists(SCALARS, max_size=4)
    | st.dictionaries(st.sampled_from(["start", "mark", "page"]), SCALARS | st.lists(SCALARS, max_size=2))
)
CLAIM = st.fixed_dictionaries(
    {"support": st.sampled_from([*GRADES, "sure"]) | JSON},
    optional={
        "text": JSON,
        "missing": JSON,
        "warnings": JSON,
        "citations": st.lists(st.fixed_dictionaries({"page": JSON, "quote": JSON, "start": JSON, "end": JSON}) | JSON),
        "place": st.fixed_dictionaries({name: st.integers(-3, 40) for name in ("start", "mark", "end")}) | JSON,
    },
)


@given(st.lists(CLAIM | JSON) | JSON, st.text(max_size=40))
def test_whatever_a_result_holds_its_claims_are_in_order_and_within_the_answer(items, text):
    claims = claims_of({"claims": items}, text)
    bounds = [bound for claim in claims for bound in (claim.start, claim.mark, claim.end)]
    assert bounds == sorted(bounds)
    assert all(0 <= bound <= len(text) for bound in bounds)


# --- where claims end up ------------------------------------------------------------------------------------------

WORDS = st.text("abcé漢.*_`~[]()! ", min_size=1, max_size=30).map(lambda text: text.strip() or "x")
POINTS = st.lists(
    st.tuples(st.sampled_from(["- ", "1. ", "> ", "## ", "", "* **", "_"]), WORDS), min_size=1, max_size=5
)


def claims_in(points: list[tuple[str, str]]) -> tuple[str, list[AnswerClaim]]:
    text, claims = "", []
    for opening, words in points:
        start = len(text)
        text += opening + words
        mark = len(text)
        text += " [p. 3 ≈]"
        claims.append(AnswerClaim(words, "supported", (), (), (), start, mark, len(text)))
        text += "\n\n"
    return text, claims


def laid_out(text: str, width: int) -> list[list[Segment]]:
    return markdown_lines(text, width, colours={"primary": "blue", "accent": "red"}, dark=True)


@given(POINTS, st.integers(12, 60))
def test_the_boundaries_leave_no_trace_in_what_is_shown(points, width):
    text, claims = claims_in(points)
    lines, laid = taken_out(laid_out(with_boundaries(text, claims), width), len(claims))
    shown = ["".join(segment.text for segment in line) for line in lines]
    assert all(without_boundaries(line) == line for line in shown)
    assert len(laid) == len(claims)
    for run in (run for one in laid for part in one for run in part):
        assert 0 <= run.first < run.behind <= cell_len(shown[run.line])


@pytest.mark.parametrize("opening", ["- ", "3. ", "> ", "", "- **", "- *", "_", "`"])
@pytest.mark.parametrize("width", [14, 30, 100])
def test_a_claim_is_found_whatever_markdown_is_around_it_and_reads_the_same_as_without(opening, width):
    words = "light is taken up by leaves"
    closing = opening.strip("->3. ")
    text, claims = claims_in([(opening, words + closing), ("", "More of it.")])
    lines, laid = taken_out(laid_out(with_boundaries(text, claims), width), 2)
    plain = laid_out(text, width)
    assert ["".join(s.text for s in line) for line in lines] == ["".join(s.text for s in line) for line in plain]
    assert " ".join(" ".join(cut(lines, run) for run in laid[0].text).split()) == words
    assert " ".join(cut(lines, run) for run in laid[0].mark) == "[p. 3 ≈]"


def cut(lines: list[list[Segment]], run) -> str:
    return "".join(segment.text for segment in lines[run.line])[run.first : run.behind]


# --- where a passage stands now -----------------------------------------------------------------------------------


def place(page: int, quote: str, start: int = 0) -> Place:
    return Place("book.pdf", "/book.pdf", page, str(page), quote, start, start + len(quote))


BOOK = Document("/book.pdf", "book.pdf", "Botany", PAGES)


def test_a_passage_is_where_it_was_cited_when_nothing_has_changed():
    found = find_passage(BOOK, place(1, "takes up", LEAF.index("takes up")))
    assert (found.found, found.page, LEAF[found.start : found.end]) == ("there", 0, "takes up")


def test_a_passage_that_moved_is_found_by_its_words_whatever_the_line_ends():
    found = find_passage(BOOK, place(2, "red light. It gives"))
    assert (found.found, found.page, LEAF[found.start : found.end]) == ("moved", 0, "red light.\nIt gives")


@pytest.mark.parametrize("quote", ["nobody wrote this", "", "   "])
def test_a_passage_that_is_gone_leaves_the_page_that_was_cited(quote):
    assert find_passage(BOOK, place(99, quote)).page == 1
    assert find_passage(BOOK, place(99, quote)).found == "gone"


def test_the_same_page_in_a_changed_document_is_no_proof():
    changed = replace(BOOK, pages=(replace(PAGES[0], text="Quite another text of some length."), PAGES[1]))
    assert find_passage(changed, place(1, "takes up", LEAF.index("takes up"))).found == "gone"
