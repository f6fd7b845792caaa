"""Which pages an answer was made from, which not, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assistant.documents.model import UNREADABLE, Document, Page
from assistant.grounding import PageSet

NOT_CHOSEN = "not chosen"
NOT_RELEVANT = "not relevant"
"""For an answer made from the passages that fit the question."""


def coverage(
    documents: Sequence[Document],
    used: PageSet,
    chosen: Mapping[str, Collection[int]],
) -> dict[str, Any]:
    """The `coverage` of a result. `chosen` maps a document's path to the pages asked for; none means all.

    With several documents the page numbers follow each other, one document after the other, and `documents` has the
    same object for each.
    """
    parts = [_document_coverage(document, used, chosen.get(document.path, ())) for document in documents]
    total: dict[str, Any] = {
        "pages_total": sum(part["pages_total"] for part in parts),
        "pages_used": [page for part in parts for page in part["pages_used"]],
        "pages_skipped": [page for part in parts for page in part["pages_skipped"]],
    }
    if len(documents) > 1:
        total["documents"] = [
            {"document": document.name, **part} for document, part in zip(documents, parts, strict=True)
        ]
    return total


def _document_coverage(document: Document, used: PageSet, chosen: Collection[int]) -> dict[str, Any]:
    in_use = [page.number for page in document.pages if (document.path, page.number) in used]
    skipped = set(in_use).symmetric_difference(page.number for page in document.pages)
    return {
        "pages_total": len(document.pages),
        "pages_used": in_use,
        "pages_skipped": [
            {"page": page.number, "reason": _reason(page, chosen)} for page in document.pages if page.number in skipped
        ],
    }


def _reason(page: Page, chosen: Collection[int]) -> str:
    if chosen and page.number not in chosen:
        return NOT_CHOSEN
    unreadable = [warning for warning in page.warnings if warning in UNREADABLE]
    if unreadable:
        return unreadable[0]
    return NOT_RELEVANT if page.text.strip() else "empty"
