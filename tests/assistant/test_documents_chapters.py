"""Chapters: found in the sections, chosen by number or title, cut out of the document exactly."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chunking import split_document
from assistant.documents.chapters import (
    Chapter,
    chapters_of,
    choose_chapters,
    folded,
    only_chapters,
    without_parts,
)
from assistant.documents.model import Document, Page, Section
from assistant.errors import ConfigError


def document(sections: list[tuple[str, int, int]], pages: int = 9, offset: int = 0) -> Document:
    """Sections as (title, level, page); a page's text is `text of page 3.`"""
    texts = [f"text of page {number}." for number in range(1, pages + 1)]
    return Document(
        "/book.pdf",
        "book.pdf",
        "Book",
        tuple(Page(number, str(number), text, "pdfium") for number, text in enumerate(texts, start=1)),
        tuple(Section(*section, offset) for section in sections),
    )


BOOK = document(
    [("Preface", 1, 1), ("1 Limits", 1, 2), ("1.1 Continuity", 2, 3), ("2 Derivatives", 1, 5), ("Attività", 1, 8)]
)


def numbers(chapters: tuple[Chapter, ...]) -> list[str]:
    return [chapter.number for chapter in chapters]


# --- finding them -----------------------------------------------------------------------------------------------


def test_a_chapter_goes_on_to_the_page_before_the_next_one():
    assert [(chapter.title, chapter.first, chapter.last) for chapter in chapters_of(BOOK)] == [
        ("Preface", 1, 1),
        ("1 Limits", 2, 4),
        ("1.1 Continuity", 3, 4),
        ("2 Derivatives", 5, 7),
        ("Attività", 8, 9),
    ]


def test_a_chapter_that_begins_further_down_a_page_shares_it_with_the_one_before():
    first, second = chapters_of(document([("One", 1, 1), ("Two", 1, 3)], offset=5))
    assert (first.last, second.first) == (3, 3)


def test_the_numbers_are_the_ones_of_the_book_and_the_others_get_letters():
    assert numbers(chapters_of(BOOK)) == ["a", "1", "1.1", "2", "b"]


def test_without_numbers_in_the_titles_chapters_are_counted():
    assert numbers(chapters_of(document([("Light", 1, 1), ("Dark", 2, 2), ("Heat", 1, 4)]))) == ["1", "1.1", "2"]


def test_a_year_or_numbers_out_of_order_do_not_number_a_chapter():
    found = chapters_of(document([("1789", 1, 1), ("12 men", 1, 2), ("3 days", 1, 4)]))
    assert numbers(found) == ["1", "2", "3"]


@pytest.mark.parametrize("title", ["Capitolo 7", "Chapter 7: Waves", "7. Onde", "7 – Onde", "Lezione 7 Onde"])
def test_a_number_is_found_in_front_of_a_title(title):
    assert numbers(chapters_of(document([(title, 1, 1)]))) == ["7"]


def test_the_one_heading_above_all_others_is_the_title_and_no_chapter():
    found = chapters_of(document([("The book", 1, 1), ("Light", 2, 2), ("Heat", 2, 4), ("Steam", 3, 5)]))
    assert [(chapter.title, chapter.depth) for chapter in found] == [("Light", 1), ("Heat", 1), ("Steam", 2)]


def test_headings_that_were_not_found_in_the_text_have_the_rest_of_their_page():
    first, second = chapters_of(document([("One", 1, 3), ("Two", 1, 3)], pages=4))
    assert (first.first, first.last) == (3, 3)
    assert (second.first, second.last) == (3, 4)


def test_a_document_without_headings_has_no_chapters():
    assert chapters_of(document([])) == ()
    assert chapters_of(Document("", "", "", ())) == ()


# --- choosing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2", ["2"]),
        ("1,2", ["1", "2"]),
        ("2, 1", ["1", "2"]),
        ("a-2", ["a", "1", "2"]),
        ("1–2", ["1", "2"]),
        ("1.1", ["1.1"]),
        ("1,1.1", ["1"]),
        ("A", ["a"]),
        ("derivatives", ["2"]),
        ("attivita", ["b"]),
        ("ATTIVITÀ, contin", ["1.1", "b"]),
        ("1 limits", ["1"]),
        ("a-1.1", ["a", "1"]),
    ],
)
def test_chapters_are_meant_by_number_range_or_words_of_the_title(text, meant):
    assert numbers(choose_chapters(BOOK, text)) == meant


def test_a_title_with_a_comma_is_one_title():
    book = document([("Light, heat and sound", 1, 1), ("Light", 1, 3)])
    assert [chapter.title for chapter in choose_chapters(book, "light, heat and sound")] == ["Light, heat and sound"]


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("9", "book.pdf has no chapter “9”.", "It has: a Preface, 1 Limits, 2 Derivatives, b Attività."),
        ("optics", "book.pdf has no chapter “optics”.", "It has: a Preface"),
        ("2-1", "The chapters 2-1 run backwards.", "Write the earlier one first: 1-2."),
        (
            "it",
            "“it” stands in the titles of several chapters of book.pdf.",
            "Choose by number: 1 Limits, 1.1 Continuity, b Attività.",
        ),
        (",", "book.pdf has no chapter “,”.", "It has: a Preface"),
    ],
)
def test_what_cannot_be_is_refused_with_what_there_is(text, message, hint):
    with pytest.raises(ConfigError) as caught:
        choose_chapters(BOOK, text)
    assert caught.value.message == message
    assert caught.value.hint.startswith(hint)


def test_a_document_without_chapters_says_to_choose_pages():
    with pytest.raises(ConfigError) as caught:
        choose_chapters(document([]), "1")
    assert caught.value.message == "Sunto found no chapters in book.pdf."
    assert "pages" in caught.value.hint


# --- cutting ----------------------------------------------------------------------------------------------------


def test_only_the_chosen_text_is_left_and_the_pages_keep_their_numbers():
    cut, pages = only_chapters(BOOK, choose_chapters(BOOK, "1.1,b"))
    assert pages == (3, 4, 8, 9)
    assert [page.number for page in cut.pages] == list(range(1, 10))
    assert [page.text for page in cut.pages if page.text] == [f"text of page {number}." for number in pages]
    assert [section.title for section in cut.sections] == ["1.1 Continuity", "Attività"]


def test_chapters_of_one_page_are_cut_out_of_it():
    text = "# Light\n\nBright.\n\n# Heat\n\nWarm.\n\n# Sound\n\nLoud.\n"
    sections = [Section(title, 1, 1, text.index(f"# {title}")) for title in ("Light", "Heat", "Sound")]
    notes = Document("/n.md", "n.md", "Notes", (Page(1, "1", text, "markdown"),), tuple(sections))
    cut, pages = only_chapters(notes, choose_chapters(notes, "light,sound"))
    assert pages == (1,)
    assert cut.pages[0].text.split() == ["#", "Light", "Bright.", "#", "Sound", "Loud."]
    assert [cut.pages[0].text[section.offset :][: len(section.title) + 2] for section in cut.sections] == [
        "# Light",
        "# Sound",
    ]


@st.composite
def documents(draw: st.DrawFn) -> Document:
    texts = draw(st.lists(st.text(alphabet="ab \n.", max_size=30), min_size=1, max_size=8))
    places = draw(
        st.lists(st.tuples(st.integers(1, len(texts)), st.integers(0, 30), st.integers(1, 4)), max_size=8).map(sorted)
    )
    titles = draw(st.lists(st.sampled_from(["1 One", "2", "Due", "3.1 x", "1.1"]), min_size=8, max_size=8))
    sections = [
        Section(title, level, page, min(offset, len(texts[page - 1])))
        for title, (page, offset, level) in zip(titles, places, strict=False)
    ]
    sections.sort(key=lambda section: (section.page, section.offset))
    pages = tuple(Page(number, str(number), text, "text") for number, text in enumerate(texts, start=1))
    return Document("/d", "d", "D", pages, tuple(sections))


@given(documents())
def test_chapters_stay_inside_the_document_and_no_two_have_the_same_number(some):
    chapters = chapters_of(some)
    assert len({chapter.number for chapter in chapters}) == len(chapters)
    for chapter in chapters:
        assert 1 <= chapter.first <= chapter.last <= len(some.pages)
        assert chapter.start <= chapter.end
        assert chapter.depth in (1, 2)
        assert choose_chapters(some, chapter.number)


@given(documents())
def test_all_chapters_together_are_the_document_from_the_first_one_on(some):
    chapters = chapters_of(some)
    if not chapters:
        return
    cut, _pages = only_chapters(some, chapters)
    page, offset = chapters[0].start
    wanted = some.pages[page - 1].text[offset:] + "".join(other.text for other in some.pages[page:])
    assert "".join("".join(other.text for other in cut.pages).split()) == "".join(wanted.split())


@given(documents(), st.data())
def test_cutting_keeps_text_sections_and_their_places(some, data):
    chapters = data.draw(st.lists(st.sampled_from(chapters_of(some) or (None,)), unique=True))
    chosen = [chapter for chapter in chapters if chapter]
    cut, pages = only_chapters(some, chosen)
    assert [page.label for page in cut.pages] == [page.label for page in some.pages]
    assert {page.number for page in cut.readable_pages} <= set(pages)
    for section in cut.sections:
        assert section.page in pages
        assert 0 <= section.offset <= len(cut.pages[section.page - 1].text)
    kept = without_parts(chapter for chapter in chapters_of(some) if chapter in chosen)
    assert only_chapters(some, kept)[0].pages == cut.pages
    split_document(cut, len, 20, pages=pages)


@given(st.text(), st.text())
def test_any_words_choose_or_are_refused_in_words(text, title):
    book = document([(title or "x", 1, 1), ("2 Heat", 1, 3)])
    with contextlib.suppress(ConfigError):
        assert choose_chapters(book, text)
    assert folded(folded(text)) == folded(text)
