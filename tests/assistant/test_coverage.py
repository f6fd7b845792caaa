"""Which pages an answer was made from, by number and by what is printed on them."""

from __future__ import annotations

from assistant.coverage import coverage
from assistant.documents.model import Document, Page


def book(path: str, *labels: str) -> Document:
    pages = tuple(Page(number, label, "Words.", "pdfium") for number, label in enumerate(labels, start=1))
    return Document(path, path, path, pages)


def test_what_is_printed_on_the_pages_is_told_where_it_is_not_their_number():
    preface = book("a.pdf", "i", "ii", "3")
    assert coverage([preface], frozenset({("a.pdf", 3)}), {}) == {
        "pages_total": 3,
        "pages_used": [3],
        "pages_skipped": [{"page": 1, "reason": "not relevant"}, {"page": 2, "reason": "not relevant"}],
        "labels": {"1": "i", "2": "ii"},
    }
    assert "labels" not in coverage([book("b.pdf", "1", "2")], frozenset(), {})


def test_each_of_several_documents_has_its_own_labels():
    several = coverage([book("a.pdf", "i", "2"), book("b.pdf", "41")], frozenset(), {})
    assert [part.get("labels") for part in several["documents"]] == [{"1": "i"}, {"1": "41"}]
    assert "labels" not in several
