"""Reading documents through the library, so that a file is taken apart once.

A document is its content: the same bytes are one document, whatever their names. When the file at a known path has
other bytes, the document there has a new version, which shares with the old one every passage that is still in it.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from assistant import documents
from assistant.documents.model import Document, Page, Section
from assistant.documents.ocr.options import Recognition
from assistant.documents.ocr.recognise import worth_another_reading
from assistant.documents.outcome import warning_sentences
from assistant.documents.source import Source
from assistant.errors import DocumentError, EncryptedDocumentError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import current_language
from assistant.library.folders import absolute
from assistant.library.keeping import Keeping, Stamp, file_stamp
from assistant.library.store import storable
from assistant.library.subjects import drop_idle_subjects, subject_id

OnPage = Callable[[int, int], None]


@dataclass(frozen=True)
class Added:
    document: Document
    outcome: Literal["added", "updated", "known"]
    """`updated`: a new version of a document, or the same one read anew by a better reader."""


class Documents(Keeping):
    def open_document(
        self,
        path: str | Path,
        *,
        password: str = "",
        on_page: OnPage | None = None,
        should_stop: ShouldStop = never_stop,
        recognition: Recognition | None = None,
    ) -> Document:
        """Read the file, or take it from the library where the same bytes were read before.

        What a password protects is never kept: the library is not encrypted. Raises DocumentError's children.
        """
        path = absolute(path)
        recognition = replace(recognition or Recognition(), kept=self)
        if not password and (known := self._known(path, recognition, same_suffix=True)) is not None:
            return known
        stamp = _stamp_if_there(path)
        document = documents.load_document(
            path,
            password=password,
            on_page=on_page or _unwatched,
            should_stop=should_stop,
            recognition=recognition,
        )
        if not password:
            self._keep(document, stamp)
        elif self._document_with(document.sha256) is None:
            self._private.add(document.sha256)
        return document

    def add_document(
        self,
        path: str | Path,
        *,
        subject: str = "",
        password: str = "",
        on_page: OnPage | None = None,
        should_stop: ShouldStop = never_stop,
        recognition: Recognition | None = None,
    ) -> Added:
        """Read the file and keep it, under a subject where one is given; a new subject is made.

        Unlike `open_document` this keeps a locked document too, without its lock: the person asks for it. The
        password is tried only where the file wants one. Raises DocumentError's children, ConfigError (subject).
        """
        path = absolute(path)
        recognition = replace(recognition or Recognition(), kept=self)
        if (known := self._known(path, recognition)) is not None:
            added = Added(known, "known")
        else:
            added = self._read_and_keep(path, password, on_page or _unwatched, should_stop, recognition)
        if subject:
            with self._writing() as connection:
                connection.execute(
                    "UPDATE documents SET subject = ? WHERE sha256 = ?",
                    (subject_id(connection, subject), added.document.sha256),
                )
                drop_idle_subjects(connection)
        return added

    def current_document(self, path: str | Path) -> int | None:
        """The document whose text is that of this file as it is now, to judge by the file's size and time; quick.

        None also where pages were recognised or have no text: what recognises text may have become better since.
        """
        path = absolute(path)
        stamp = _stamp_if_there(path)
        if stamp is None:
            return None
        with self._reading() as connection:
            row = connection.execute(
                """SELECT documents.id FROM paths JOIN documents ON documents.id = paths.document
                   WHERE path = ? AND file_bytes = ? AND modified_ns = ? AND reader_version = ? AND NOT EXISTS (
                       SELECT 1 FROM pages WHERE document = documents.id AND engine IN ('ocr', 'none'))""",
                (storable(str(path)), *stamp, documents.READER_VERSION),
            ).fetchone()
        return None if row is None else row[0]

    def kept_document(self, path: str | Path) -> Document | None:
        """What the file of that path was read as the last time; the file need not be there any more."""
        path = absolute(path)
        with self._reading() as connection:
            known = connection.execute(
                "SELECT sha256 FROM paths JOIN documents ON documents.id = paths.document WHERE path = ?",
                (storable(str(path)),),
            ).fetchone()
        row = self._document_with(known[0]) if known is not None else None
        return None if row is None else self._load(row, path)

    def document_number(self, sha256: str) -> int | None:
        """The number in the library of the document with this content."""
        with self._reading() as connection:
            row = connection.execute("SELECT id FROM documents WHERE sha256 = ?", (sha256,)).fetchone()
        return None if row is None else row[0]

    def _read_and_keep(
        self, path: Path, password: str, on_page: OnPage, should_stop: ShouldStop, recognition: Recognition
    ) -> Added:
        stamp = _stamp_if_there(path)
        load = functools.partial(
            documents.load_document, path, on_page=on_page, should_stop=should_stop, recognition=recognition
        )
        try:
            document = load()
        except EncryptedDocumentError:
            if not password:
                raise
            document = load(password=password)
            self._private.discard(document.sha256)
        return Added(document, self._keep(document, stamp))

    # --- out of the library -----------------------------------------------------------------------------------

    def _known(self, path: Path, recognition: Recognition, *, same_suffix: bool = False) -> Document | None:
        """What these bytes were read as, if they were and would be again.

        With `same_suffix` only if by the reader for this name.
        """
        try:
            Source(path).check()  # a device or a pipe may have no end to hash
            stamp = file_stamp(path)
            sha256 = documents.file_sha256(path)
        except (DocumentError, OSError):
            return None  # the reader says it, with the whole path
        row = self._document_with(sha256)
        if row is None or row["reader_version"] != documents.READER_VERSION:
            return None
        if same_suffix and row["suffix"] != path.suffix.lower():
            return None
        if row["warnings_language"] not in ("", current_language()):
            return None
        document = self._load(row, path)
        if worth_another_reading(document, recognition):
            return None
        self._see(row["id"], path, stamp)
        return document

    def _document_with(self, sha256: str) -> dict[str, Any] | None:
        with self._reading() as connection:
            cursor = connection.execute("SELECT * FROM documents WHERE sha256 = ?", (sha256,))
            row = cursor.fetchone()
            return None if row is None else dict(zip([column[0] for column in cursor.description], row, strict=True))

    def _see(self, document: int, path: Path, stamp: Stamp) -> None:
        with self._reading() as connection:
            known = connection.execute(
                "SELECT document, file_bytes, modified_ns FROM paths WHERE path = ?", (storable(str(path)),)
            ).fetchone()
        if known != (document, *stamp):
            with self._writing() as connection:
                self._note_path(connection, document, path, stamp)

    def _load(self, row: dict[str, Any], path: Path) -> Document:
        with self._reading() as connection:
            texts: dict[int, list[str]] = {}
            for page, text in connection.execute(
                """SELECT page, text FROM places JOIN passages ON passages.id = places.passage
                   WHERE document = ? ORDER BY page, start""",
                (row["id"],),
            ):
                texts.setdefault(page, []).append(text)
            pages = tuple(
                Page(number, label, "".join(texts.get(number, ())), engine, tuple(json.loads(warnings)), *rest)
                for number, label, engine, warnings, *rest in connection.execute(
                    """SELECT number, label, engine, warnings, reason, language, head FROM pages
                       WHERE document = ? ORDER BY number""",
                    (row["id"],),
                )
            )
            sections = tuple(
                Section(*section)
                for section in connection.execute(
                    "SELECT title, level, page, offset FROM sections WHERE document = ? ORDER BY position",
                    (row["id"],),
                )
            )
        source = Source(path)
        warnings = json.loads(row["warnings"]) if row["warnings_language"] else warning_sentences(pages)
        return Document(
            str(path),
            source.name,
            row["title"] or source.title,
            pages,
            sections,
            row["language"],
            tuple(warnings),
            row["sha256"],
            json.loads(row["metadata"]),
            row["recognised_with"],
        )


def _unwatched(_done: int, _total: int) -> None:
    """Nobody asked to be told how far the reading is."""


def _stamp_if_there(path: Path) -> Stamp | None:
    try:
        return file_stamp(path)
    except (OSError, ValueError):
        return None
