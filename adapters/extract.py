"""What the model will read of documents, as a result that both front ends show."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from adapters.reading import read_documents
from adapters.session import Session
from assistant import protocol
from assistant.generation import ShouldStop
from assistant.protocol import Event

if TYPE_CHECKING:
    from assistant.documents.model import Document


def extract(
    request: protocol.Extract, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, dict[str, Any]]:
    reading = yield from read_documents(request, session, should_stop)
    rows = [
        _row(whole, chosen, reading.pages[whole.path], outline=request.outline)
        for whole, chosen in zip(reading.whole, reading.documents, strict=True)
    ]
    return rows[0] if len(rows) == 1 else {"documents": rows}


def _row(whole: Document, chosen: Document, pages: Sequence[int], *, outline: bool) -> dict[str, Any]:
    """The object of the command-line contract (DESIGN §4). Sections and chapters are those of the whole document."""
    from assistant.documents.chapters import chapters_of

    row = dataclasses.asdict(dataclasses.replace(whole, pages=()))
    row["pages"] = [dataclasses.asdict(page) for page in chosen.pages if not pages or page.number in pages]
    row["pages_total"] = len(whole.pages)
    row["pages_readable"] = len(whole.readable_pages)
    row["chapters"] = [
        {
            "number": chapter.number,
            "title": chapter.title,
            "name": chapter.name,
            "depth": chapter.depth,
            "first_page": chapter.first,
            "last_page": chapter.last,
            "first_label": whole.pages[chapter.first - 1].label,
            "last_label": whole.pages[chapter.last - 1].label,
        }
        for chapter in chapters_of(whole)
    ]
    if outline:
        for page in row["pages"]:
            del page["text"]
    return {"document": row.pop("name"), **row}
