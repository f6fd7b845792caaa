"""Which pages an answer was made from, which not, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from assistant.documents.model import UNREADABLE, Document, Page

if TYPE_CHECKING:
    from assistant.grounding import PageSet

NOT_CHOSEN = "not chosen"
NOT_RELEVANT = "not relevant"
"""For an answer made from the passages that fit the question."""
NOTHING_THERE = "nothing to summarize"
"""An index, a bibliography: the model read it and found nothing to say."""
NOT_THE_BEGINNING = "not the beginning"
"""For a description made from the beginning alone."""
NOT_WANTED = (NOT_CHOSEN, NOT_RELEVANT, NOT_THE_BEGINNING, NOTHING_THERE)
"""Reasons of pages that have a text."""


def coverage(
    documents: Sequence[Document],
    used: PageSet,
    chosen: Mapping[str, Collection[int]],
    *,
    nothing_on: PageSet = frozenset(),
    otherwise: str = NOT_RELEVANT,
) -> dict[str, Any]:
    """The `coverage` of a result. `chosen` maps a document's path to the pages asked for; none means all.

    `nothing_on` are pages that were read in vain, `otherwise` is why readable pages were not used. With several
    documents the page numbers follow each other, one document after the other, and `documents` has the same object
    for each. `labels` are what is printed on the pages, by number, where that is something else.
    """

    def reason(document: Document, page: Page) -> str:
        if (wanted := chosen.get(document.path, ())) and page.number not in wanted:
            return NOT_CHOSEN
        unreadable = [warning for warning in page.warnings if warning in UNREADABLE]
        if unreadable:
            return unreadable[0]
        if not page.text.strip():
            return "empty"
        return NOTHING_THERE if (document.path, page.number) in nothing_on else otherwise

    parts: list[dict[str, Any]] = [
        {
            "pages_total": len(document.pages),
            "pages_used": [page.number for page in document.pages if (document.path, page.number) in used],
            "pages_skipped": [
                {"page": page.number, "reason": reason(document, page)}
                for page in document.pages
                if (document.path, page.number) not in used
            ],
            **_labels(document),
        }
        for document in documents
    ]
    total: dict[str, Any] = {
        "pages_total": sum(part["pages_total"] for part in parts),
        "pages_used": [page for part in parts for page in part["pages_used"]],
        "pages_skipped": [page for part in parts for page in part["pages_skipped"]],
    }
    if len(documents) > 1:
        total["documents"] = [
            {"document": document.name, **part} for document, part in zip(documents, parts, strict=True)
        ]
    elif documents:
        total.update(_labels(documents[0]))
    return total


def _labels(document: Document) -> dict[str, Any]:
    labels = {str(page.number): page.label for page in document.pages if page.label != str(page.number)}
    return {"labels": labels} if labels else {}
