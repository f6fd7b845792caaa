"""Documents as they were read, so that a file is taken apart once."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant import documents
from assistant.documents.model import Document, Page, Section
from assistant.documents.source import Source
from assistant.errors import DocumentError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import current_language
from assistant.library.store import Store, storable


class Documents(Store):
    def open_document(
        self,
        path: str | Path,
        *,
        password: str = "",
        on_page: Callable[[int, int], None] | None = None,
        should_stop: ShouldStop = never_stop,
    ) -> Document:
        """Read the file, or take it from the library where the same bytes were read before.

        What a password protects is never kept: the library is not encrypted. Raises DocumentError's children.
        """
        path = Path(path)
        if not password and (known := self._known_document(path)) is not None:
            return dataclasses.replace(known, path=str(path))
        document = documents.load_document(
            path, password=password, on_page=on_page or _unwatched, should_stop=should_stop
        )
        if not password:
            self._keep_document(document)
        return document

    def _known_document(self, path: Path) -> Document | None:
        try:
            Source(path).check()  # a device or a pipe may have no end to hash
            key = _key(documents.file_sha256(path), path.name)
        except (DocumentError, OSError):
            return None  # the reader says it, with the whole path
        with self._reading() as connection:
            row = connection.execute("SELECT content FROM documents WHERE key = ?", (key,)).fetchone()
        return None if row is None else _from_json(row[0])

    def _keep_document(self, document: Document) -> None:
        # The hash that the reader took, not one from before: the file may have changed in between.
        with self._writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO documents (key, sha256, name, content, created) VALUES (?, ?, ?, ?, ?)",
                (
                    _key(document.sha256, document.name),
                    document.sha256,
                    storable(document.name),
                    json.dumps(dataclasses.asdict(document)),
                    time.time(),
                ),
            )


def _unwatched(_done: int, _total: int) -> None:
    """Nobody asked to be told how far the reading is."""


def _key(sha256: str, name: str) -> str:
    """The name decides the reader and may be the title; the warnings are in the interface language."""
    parts = [sha256, documents.READER_VERSION, name, current_language()]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _from_json(text: str) -> Document:
    fields: dict[str, Any] = json.loads(text)
    pages = tuple(_page(page) for page in fields.pop("pages"))
    sections = tuple(Section(**section) for section in fields.pop("sections"))
    warnings = tuple(fields.pop("warnings"))
    return Document(pages=pages, sections=sections, warnings=warnings, **fields)


def _page(fields: dict[str, Any]) -> Page:
    warnings = tuple(fields.pop("warnings"))
    return Page(warnings=warnings, **fields)
