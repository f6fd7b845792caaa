"""Cutting a page into lines, finding words and pages, ticking chapters: without a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from assistant.documents.chapters import chapters_of, choose_chapters
from assistant.documents.model import Document, Page, Section
from assistant.documents.ocr.tesseract import NoTesseract
from tests.assistant.test_documents_chapters import BOOK
from tui.chapter_choice import ChapterChoice
from tui.document_words import chosen_words, engines_used, page_advice, page_name, page_warning, pages_left_out
from tui.page_lines import wrapped
from tui.page_search import MAX_HITS, PageSearch, evened, find_page

LETTERS = st.text(alphabet="abc àé漢字😀\t\n-.\u0301", max_size=120)


def lines(text: str, columns: int) -> list[str]:
    return [text[start:end] for start, end in wrapped(text, columns)]


# --- lines ------------------------------------------------------------------------------------------------------


def test_lines_are_cut_at_spaces_and_kept_where_they_fit():
    assert lines("Plants turn light\ninto sugar.", 12) == ["Plants turn", "light", "into sugar."]


def test_a_word_longer_than_the_line_is_cut_and_an_empty_line_stays():
    assert lines("abcdefgh\n\nij", 3) == ["abc", "def", "gh", "", "ij"]


def test_wide_letters_take_two_columns():
    assert lines("漢字漢字漢", 4) == ["漢字", "漢字", "漢"]


@given(LETTERS, st.integers(1, 20))
def test_no_line_is_too_wide_and_only_white_space_is_between_the_lines(text, columns):
    spans = wrapped(text, columns)
    assert all(cell_len(text[start:end].replace("\t", " ")) <= max(2, columns) for start, end in spans)
    places = [0, *(place for span in spans for place in span), len(text)]
    assert places == sorted(places)
    between = [text[end:start] for end, start in zip(places[::2], places[1::2], strict=True)]
    assert not "".join(between).strip()


# --- words ------------------------------------------------------------------------------------------------------


def pages(*texts: str, labels: str = "") -> list[Page]:
    return [
        Page(number, labels[number - 1] if labels else str(number), text, "pdfium")
        for number, text in enumerate(texts, start=1)
    ]


def found(texts: list[str], words: str) -> list[str]:
    return [texts[hit.page][hit.start : hit.end] for hit in PageSearch(pages(*texts)).find(words)]


def test_words_are_found_whatever_their_case_accents_and_line_ends():
    texts = ["La città\nè grande.", "Una CITTA è", "l’acqua"]
    assert found(texts, "citta e") == ["città\nè", "CITTA è"]
    assert found(texts, "L'ACQUA") == ["l’acqua"]
    assert found(texts, "mare") == []
    assert found(texts, "  ") == []


def test_a_word_on_every_line_of_a_long_book_is_found_so_often_and_no_more():
    assert len(PageSearch(pages(*["a " * 1000] * 20)).find("a")) == MAX_HITS


@given(st.text())
def test_evening_out_moves_no_character(text):
    assert len(evened(text)) == len(text)


@given(st.text(alphabet="aàB’ \n", max_size=60), st.integers(0, 50), st.integers(1, 10))
def test_any_piece_of_a_page_is_found_in_it(text, start, length):
    piece = " ".join(text[start : start + length].split())
    hits = PageSearch(pages(text)).find(piece)
    if piece and piece in evened(text):
        assert hits


# --- pages ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "position"),
    [("1", 2), ("I", 0), (" ii ", 1), ("p. 2", 3), ("#1", 0), ("PDF 3", 2), ("4", 3), ("5", None), ("x", None)],
)
def test_a_page_is_called_by_what_is_printed_on_it_and_else_by_its_number(typed, position):
    some = [Page(number, label, "", "pdfium") for number, label in enumerate(("i", "ii", "1", "2"), start=1)]
    assert find_page(some, typed) == position


@given(st.text())
def test_anything_typed_is_a_page_or_none(typed):
    position = find_page(pages("a", "b", "c"), typed)
    assert position is None or 0 <= position < 3


def test_a_page_is_named_as_it_is_cited():
    assert page_name(14, "xii") == "p. xii (PDF 14)"
    assert page_name(14, "14") == "p. 14"


def test_what_was_read_how_is_counted():
    assert engines_used(["pdfium", "pdfium", "none"]) == "pdfium"
    assert engines_used(["pdfium", "ocr", "pdfium"]) == "pdfium (2); text recognition (1)"
    assert pages_left_out([("scanned",), ("scanned",), ()]) == "an image (2), blank (1)"


def test_nobody_is_told_to_install_the_recognition_that_is_there(monkeypatch):
    def found(program: str = "auto") -> None:
        """Stands in for a tesseract that works."""

    def missing(program: str = "auto") -> None:
        raise NoTesseract("missing")

    monkeypatch.setattr("assistant.documents.ocr.tesseract.find_tesseract", missing)
    assert "Install tesseract" in page_advice("scanned", "")
    assert "found no words" in page_advice("scanned", "ita+eng")
    monkeypatch.setattr("assistant.documents.ocr.tesseract.find_tesseract", found)
    assert "turned off" in page_advice("scanned", "")


def test_every_code_of_the_readers_has_words():
    from assistant.documents.model import REASONS, WARNINGS
    from tui.document_words import engine_reason
    from tui.words import page_reason

    assert [code for code in WARNINGS if page_warning(code) == code or page_reason(code) == code] == []
    assert [code for code in REASONS if engine_reason(code) == code] == []


# --- chapters ---------------------------------------------------------------------------------------------------


def test_what_was_chosen_is_said_with_the_printed_pages():
    assert chosen_words(BOOK, "1-2", "") == "chapters 1–2, pp. 2–7"
    assert chosen_words(BOOK, "a,2", "") == "chapters a, 2, pp. 1, 5–7"
    assert chosen_words(BOOK, "a", "") == "chapter a, p. 1"
    assert chosen_words(BOOK, "", "3-4,9") == "pp. 3–4, 9"
    assert chosen_words(BOOK, "", "") == ""


def test_a_tick_on_a_chapter_is_one_on_its_sections_and_a_section_can_be_ticked_alone():
    sections = (("One", 1, 1), ("A", 2, 1), ("B", 2, 2), ("Two", 1, 3))
    book = Document("", "", "", tuple(pages(*["x"] * 4)), tuple(Section(*section) for section in sections))
    choice = ChapterChoice(chapters_of(book))
    choice.toggle(0)
    assert [choice.tick(position) for position in range(4)] == ["on", "on", "on", "off"]
    assert choice.typed == "1"
    choice.toggle(1)
    assert [choice.tick(position) for position in range(4)] == ["part", "off", "on", "off"]
    assert choice.typed == "1.2"
    choice.toggle(1)
    assert choice.typed == "1.1,1.2", "what stands before the first section stays out"
    choice.toggle(0)
    choice.toggle(3)
    assert choice.typed == "", "everything is the whole document"


@given(st.lists(st.integers(0, 4), max_size=8))
def test_what_was_ticked_can_be_typed_and_ticked_again(positions):
    chapters = chapters_of(BOOK)
    choice = ChapterChoice(chapters)
    for position in positions:
        choice.toggle(position)
    if choice.typed:
        again = ChapterChoice(chapters, choose_chapters(BOOK, choice.typed))
        assert [again.tick(place) for place in range(5)] == [choice.tick(place) for place in range(5)]
