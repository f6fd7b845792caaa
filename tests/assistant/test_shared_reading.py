"""The pages of a long book are read by several children at once, and nobody can tell from the result."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents import load_document
from assistant.documents.child.limits import LIMITS
from assistant.documents.pdf import reader
from assistant.documents.pdf.reading import _share
from tests.assistant import pdf_files

PAGES = 130
RANDOM = random.Random(7)
TEXTS = [
    " ".join("".join(RANDOM.choices("aeioulmnrst", k=RANDOM.randint(3, 9))) for _ in range(9)).capitalize() + "."
    for _ in range(PAGES)
]
"""No two alike: what stands on many pages is a running head."""
QUICK = replace(LIMITS, memory_bytes=600 << 20, cpu_seconds=10, silent_seconds=15)


@given(st.integers(0, 5000), st.integers(1, 8))
def test_every_page_is_in_exactly_one_share(count: int, shares: int):
    assert [page for number in range(shares) for page in _share(count, number, shares)] == list(range(count))


def test_a_short_document_is_read_by_one_child_however_many_were_started():
    assert [len(_share(50, number, 4)) for number in range(4)] == [50, 0, 0, 0]


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_shares", lambda _source: 3)


def book(*, hostile: int | None = None) -> bytes:
    """`hostile` is the index of a page that takes pdfium's process with it."""
    words = [pdf_files.show(text) for text in TEXTS]
    if hostile is None:
        return pdf_files.pages(*words)
    words[hostile] += b" /X Do"
    form = pdf_files.stream(
        b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 1000 0 R >> >>"
    )
    return pdf_files.pages(*words, resources="/XObject << /X 1000 0 R >>", extra={1000: form})


def test_three_children_read_what_one_reads_and_count_every_page_once(tmp_path: Path, shared: None):
    path = tmp_path / "book.pdf"
    path.write_bytes(book())
    seen: list[tuple[int, int]] = []
    together = load_document(path, on_page=lambda done, total: seen.append((done, total)))
    assert seen == [(done, PAGES) for done in range(1, PAGES + 1)]
    assert [page.text for page in together.pages] == TEXTS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader, "_shares", lambda _source: 1)
        assert load_document(path) == together


def test_a_page_that_kills_its_child_costs_the_others_nothing(tmp_path: Path, shared: None):
    path = tmp_path / "book.pdf"
    path.write_bytes(book(hostile=60))
    document = load_document(path, limits=QUICK)
    assert len(document.readable_pages) >= PAGES - 1
    assert {page.engine for page in document.pages[90:]} == {"pdfium"}, "the last child was not touched"
