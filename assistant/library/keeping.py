"""Writing a document that was read into the tables, and telling whether it is new or a new version."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from assistant import documents
from assistant.documents.model import Document
from assistant.documents.outcome import warning_sentences
from assistant.documents.source import Source
from assistant.i18n import current_language
from assistant.library.index import Index
from assistant.library.passages import Passage, document_passages
from assistant.library.store import storable

Stamp = tuple[int, int]
"""A file's size in bytes, and the time of its last change in nanoseconds."""
Kept = Literal["added", "updated"]

_CLEAR = tuple(f"DELETE FROM {table} WHERE document = ?" for table in ("places", "pages", "sections"))  # noqa: S608


class Keeping(Index):
    def _keep(self, document: Document, stamp: Stamp | None) -> Kept:
        """`stamp` is from before the file was read; None where it was not there."""
        passages = list(document_passages(document))
        stems = self._new_stems(passages)  # computed here: nobody should wait for them with the file locked
        with self._writing() as connection:
            number, outcome = self._find_or_make(connection, document)
            if stamp is not None:
                self._note_path(connection, number, Path(document.path), stamp)
            before = _passages_of(connection, number)
            for statement in _CLEAR:
                connection.execute(statement, (number,))
            _write_facts(connection, number, document)
            _write_pages(connection, number, document)
            connection.executemany(
                "INSERT INTO places (document, page, start, passage) VALUES (?, ?, ?, ?)",
                [
                    (number, passage.page, passage.start, self._passage_id(connection, passage, stems))
                    for passage in passages
                ],
            )
            self._drop_orphans(connection, before)
        return outcome

    def _note_path(self, connection: sqlite3.Connection, document: int, path: Path, stamp: Stamp) -> None:
        """The document was seen there. Another one that was there before and nowhere else is gone."""
        name = storable(str(path))
        row = connection.execute("SELECT document FROM paths WHERE path = ?", (name,)).fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO paths (path, document, file_bytes, modified_ns, seen) VALUES (?, ?, ?, ?, ?)",
            (name, document, *stamp, time.time()),
        )
        if row is not None and row[0] != document:
            left = connection.execute("SELECT 1 FROM paths WHERE document = ?", (row[0],)).fetchone()
            if left is None:
                _move_unit_sources(connection, _content(connection, row[0]), _content(connection, document))
                self._delete_documents(connection, [row[0]])

    def _delete_documents(self, connection: sqlite3.Connection, numbers: Iterable[int]) -> None:
        """With their pages, sections, paths, and the passages that nobody else has."""
        numbers = list(numbers)
        passages = {passage for number in numbers for passage in _passages_of(connection, number)}
        connection.executemany("DELETE FROM documents WHERE id = ?", [(number,) for number in numbers])
        self._drop_orphans(connection, sorted(passages))

    def _find_or_make(self, connection: sqlite3.Connection, document: Document) -> tuple[int, Kept]:
        """The row this content belongs to: its own, that of the document it is a new version of, or a new one."""
        same = connection.execute("SELECT id FROM documents WHERE sha256 = ?", (document.sha256,)).fetchone()
        if same is not None:
            return same[0], "updated"
        at_path = connection.execute(
            """SELECT documents.id, subject FROM paths JOIN documents ON documents.id = paths.document
               WHERE path = ?""",
            (storable(document.path),),
        ).fetchone()
        if at_path is not None and not _lives_elsewhere(connection, at_path[0], document.path):
            _make_version(connection, at_path[0], document.sha256)
            return at_path[0], "updated"
        now = time.time()
        number = connection.execute(
            """INSERT INTO documents (sha256, version, subject, suffix, reader_version, title, language, metadata,
                                      warnings, warnings_language, recognised_with, text_bytes, added, read)
               VALUES (?, 1, ?, '', 0, '', '', '{}', '[]', '', '', 0, ?, ?)""",
            (document.sha256, at_path[1] if at_path else None, now, now),
        ).lastrowid
        assert number is not None, "an INSERT has a row id"
        return number, "added"

    def _new_stems(self, passages: Sequence[Passage]) -> dict[str, str]:
        known = "SELECT 1 FROM passages WHERE sha256 = ?"
        with self._reading() as connection:
            new = {
                passage.sha256: passage
                for passage in passages
                if connection.execute(known, (passage.sha256,)).fetchone() is None
            }
        return {sha256: passage.stems for sha256, passage in new.items()}

    def _passage_id(self, connection: sqlite3.Connection, passage: Passage, stems: dict[str, str]) -> int:
        sha256 = passage.sha256
        row = connection.execute("SELECT id FROM passages WHERE sha256 = ?", (sha256,)).fetchone()
        if row is not None:
            return row[0]
        words = stems.get(sha256)
        if words is None:  # another process has just deleted it
            words = passage.stems
        number = connection.execute(
            "INSERT INTO passages (sha256, text, stems, language) VALUES (?, ?, ?, ?)",
            (sha256, passage.text, words, passage.language),
        ).lastrowid
        assert number is not None, "an INSERT has a row id"
        self._index_passage(connection, number, passage.text, words)
        return number


def file_stamp(path: Path) -> Stamp:
    """Raises OSError."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _passages_of(connection: sqlite3.Connection, document: int) -> list[int]:
    rows = connection.execute("SELECT DISTINCT passage FROM places WHERE document = ?", (document,))
    return [row[0] for row in rows]


def _content(connection: sqlite3.Connection, document: int) -> str:
    return connection.execute("SELECT sha256 FROM documents WHERE id = ?", (document,)).fetchone()[0]


def _lives_elsewhere(connection: sqlite3.Connection, document: int, path: str) -> bool:
    """Whether another file still has the old content: then the changed file is a document of its own."""
    rows = connection.execute(
        "SELECT path FROM paths WHERE document = ? AND path <> ?", (document, storable(path))
    ).fetchall()
    return any(Path(row[0]).is_file() for row in rows)


def _make_version(connection: sqlite3.Connection, number: int, sha256: str) -> None:
    _move_unit_sources(connection, _content(connection, number), sha256)
    connection.execute("UPDATE documents SET sha256 = ?, version = version + 1 WHERE id = ?", (sha256, number))
    connection.execute("DELETE FROM paths WHERE document = ?", (number,))


def _move_unit_sources(connection: sqlite3.Connection, before: str, after: str) -> None:
    """What was made from the old content goes with the new one: much of it is still good, and it must not be lost
    sight of when the document is removed."""
    connection.execute(
        "INSERT OR IGNORE INTO unit_sources (sha256, unit) SELECT ?, unit FROM unit_sources WHERE sha256 = ?",
        (after, before),
    )
    connection.execute("DELETE FROM unit_sources WHERE sha256 = ?", (before,))


def _write_facts(connection: sqlite3.Connection, number: int, document: Document) -> None:
    path = Path(document.path)
    # Sentences that follow from the pages are made again when they are wanted, in the language of that day.
    derived = document.warnings == tuple(warning_sentences(document.pages))
    titles = {section.title for section in document.sections} | {document.metadata.get("title", "")}
    from_name = document.title == Source(path).title and document.title not in titles
    connection.execute(
        """UPDATE documents SET suffix = ?, reader_version = ?, title = ?, language = ?, metadata = ?, warnings = ?,
                                warnings_language = ?, recognised_with = ?, text_bytes = ?, read = ? WHERE id = ?""",
        (
            path.suffix.lower(),
            documents.READER_VERSION,
            "" if from_name else storable(document.title),
            document.language,
            json.dumps(document.metadata),
            json.dumps([] if derived else document.warnings),
            "" if derived else current_language(),
            document.recognised_with,
            sum(len(storable(page.text).encode()) for page in document.pages),
            time.time(),
            number,
        ),
    )


def _write_pages(connection: sqlite3.Connection, number: int, document: Document) -> None:
    """All of the pages but their text, and the sections."""
    connection.executemany(
        """INSERT INTO pages (document, number, label, engine, warnings, reason, language, head)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
        [
            (
                number,
                page.number,
                storable(page.label),
                page.engine,
                json.dumps(page.warnings),
                page.reason,
                page.language,
                storable(page.head),
            )
            for page in document.pages
        ],
    )
    connection.executemany(
        "INSERT INTO sections (document, position, title, level, page, offset) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (number, position, storable(section.title), section.level, section.page, section.offset)
            for position, section in enumerate(document.sections)
        ],
    )
