"""Chunks: what they promise of every document, and how they fall in the usual ones."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.chunking import RUN_ON, SEPARATOR, Chunk, split_document
from assistant.documents import Document, Page, Section


def words(text: str) -> int:
    return len(text.split())


def eager(text: str) -> int:
    """A tokenizer whose counts do not add up: joints cost extra, as with real ones."""
    return len(re.findall(r"\w{1,4}|[^\w\s]|\s\s|\s(?=\s*$)", text)) + text.count("\n")


def document(*texts: str, sections: tuple[Section, ...] = ()) -> Document:
    pages = tuple(Page(number, str(number), text, "text") for number, text in enumerate(texts, start=1))
    return Document("/notes.txt", "notes.txt", "Notes", pages, sections)


TEXT = st.text(alphabet="ab È.!\n,1«»", max_size=200)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    texts = draw(st.lists(TEXT, max_size=5))
    places = st.tuples(st.integers(1, max(1, len(texts))), st.integers(0, 200), st.integers(1, 3))
    sections = tuple(
        Section(f"s{number}", level, page, offset)
        for number, (page, offset, level) in enumerate(sorted(draw(st.lists(places, max_size=6))))
    )
    return document(*texts, sections=sections)


def covered(chunks: list[Chunk]) -> list[tuple[int, int, int]]:
    return [(span.page, span.start, span.end) for chunk in chunks for span in chunk.spans]


@given(documents(), st.integers(1, 30), st.sampled_from([words, eager, len]))
def test_chunks_keep_their_promises(source: Document, max_tokens: int, count_tokens) -> None:
    chunks = split_document(source, count_tokens, max_tokens)
    text_of = {page.number: page.text for page in source.pages}

    # The text is exactly the spans, joined by nothing but the two separators.
    for chunk in chunks:
        rebuilt = ""
        for span in chunk.spans:
            assert chunk.text[len(rebuilt) : span.chunk_start] in (("",) if not rebuilt else (SEPARATOR, RUN_ON))
            rebuilt = chunk.text[: span.chunk_start] + text_of[span.page][span.start : span.end]
        assert chunk.text == rebuilt

    # Too many tokens only where it is a single word.
    assert all(count_tokens(chunk.text) <= max_tokens or words(chunk.text) == 1 for chunk in chunks)

    # In order, nothing twice, and between the spans only white space.
    spans = covered(chunks)
    assert all(before[0] < after[0] or before[2] <= after[1] for before, after in pairwise(spans))
    for number, text in text_of.items():
        left = text
        for _, start, end in reversed([span for span in spans if span[0] == number]):
            left = left[:start] + left[end:]
        assert not left.strip()

    # No chunk goes on across the start of a level-1 section.
    for section in (section for section in source.sections if section.level == 1):
        border = (section.page, section.offset)
        for chunk in chunks:
            first, last = chunk.spans[0], chunk.spans[-1]
            assert (first.page, first.start) >= border or (last.page, last.end) <= border

    assert [chunk.index for chunk in chunks] == list(range(len(chunks)))


@given(documents(), st.integers(1, 30))
def test_chunks_of_chosen_pages_stay_on_them(source: Document, max_tokens: int) -> None:
    chunks = split_document(source, words, max_tokens, pages=(2, 4))
    assert {span.page for chunk in chunks for span in chunk.spans} <= {2, 4}
    chosen = "".join(page.text for page in source.pages if page.number in (2, 4))
    assert "".join("".join(chunk.text for chunk in chunks).split()) == "".join(chosen.split())


def test_a_chunk_ends_at_the_end_of_a_paragraph_where_it_can() -> None:
    chunks = split_document(document("one two three\n\nfour five\n\nsix seven eight nine"), words, 6)
    assert [chunk.text for chunk in chunks] == ["one two three\n\nfour five", "six seven eight nine"]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    chunks = split_document(document("The leaf is green. The sky is blue. The sun is hot."), words, 9)
    assert [chunk.text for chunk in chunks] == ["The leaf is green. The sky is blue.", "The sun is hot."]


def test_a_long_sentence_is_cut_between_words_and_a_long_word_stays_whole() -> None:
    chunks = split_document(document("aa bb cc ddddddddddddddd ee"), len, 8)
    assert [chunk.text for chunk in chunks] == ["aa bb cc", "ddddddddddddddd", "ee"]


def test_a_sentence_that_runs_over_the_page_is_joined_by_a_space() -> None:
    (chunk,) = split_document(document("Plants turn the light", "of the sun into sugar.\n\nAnd so on."), words, 50)
    assert chunk.text == "Plants turn the light of the sun into sugar.\n\nAnd so on."
    assert chunk.pages == (1, 2)


def test_pages_that_end_with_a_sentence_are_parted_by_a_blank_line() -> None:
    (chunk,) = split_document(document("One.", "Two."), words, 50)
    assert chunk.text == "One.\n\nTwo."


def test_a_heading_goes_with_the_text_behind_it() -> None:
    text = "first part of it all\n\nHeading\n\nsecond part of it all"
    source = document(text, sections=(Section("Heading", 2, 1, text.index("Heading")),))
    chunks = split_document(source, words, 7)
    assert [chunk.text for chunk in chunks] == ["first part of it all", "Heading\n\nsecond part of it all"]
    assert [chunk.section for chunk in chunks] == ["", "Heading"]


def test_a_section_that_starts_on_a_page_without_text_still_parts_the_chunks() -> None:
    source = document("chapter one", "", "chapter two", sections=(Section("Two", 1, 2, 0),))
    assert [chunk.text for chunk in split_document(source, words, 50)] == ["chapter one", "chapter two"]


def test_a_last_chunk_is_not_a_stub() -> None:
    paragraphs = [f"p{number} a b c d e f g h i" for number in range(11)]
    chunks = split_document(document("\n\n".join(paragraphs)), words, 100)
    assert [words(chunk.text) for chunk in chunks] == [60, 50]


def test_a_book_without_blank_lines_is_cut_with_few_counts() -> None:
    calls = 0

    def counting(text: str) -> int:
        nonlocal calls
        calls += 1
        return words(text)

    chunks = split_document(document("word " * 40_000), counting, 400)
    assert len(chunks) == 100
    assert calls < 3_000


def test_no_text_gives_no_chunks() -> None:
    assert split_document(document(), words, 10) == []
    assert split_document(document(" \n\n "), words, 10) == []


def test_max_tokens_must_be_positive() -> None:
    with pytest.raises(ValueError, match="max_tokens"):
        split_document(document("x"), words, 0)
