"""What is in the library: documents with their subjects, found by what a person calls them, and moved about."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from assistant import documents
from assistant.documents.source import Source
from assistant.errors import ConfigError, DocumentNotFoundError
from assistant.i18n import _, plural
from assistant.library.keeping import file_stamp
from assistant.library.store import storable
from assistant.library.subjects import Subjects, drop_idle_subjects, known_subject, subject_id
from assistant.safe_text import printable

DocumentState = Literal["ready", "changed", "missing", "outdated"]
"""`changed`: its file is another since it was read; `missing`: there is no file any more; `outdated`: a better reader
would read it anew. Judged by size and time of the file, which is not opened."""


_STATES: tuple[DocumentState, ...] = ("ready", "changed", "missing", "outdated")
"""The best first: a document is in the best state that one of its files is in."""


@dataclass(frozen=True)
class DocumentRecord:
    id: int
    sha256: str
    name: str
    """Its file's name, printable."""
    title: str
    paths: tuple[str, ...]
    """Where it was seen: files that are there first, among them the latest seen first."""
    subject: str
    """Empty where it is filed under none."""
    pages: int
    readable_pages: int
    language: str
    version: int
    """Counted from 1; each content its file has had is one."""
    state: DocumentState
    text_bytes: int
    added: float
    """Seconds since the epoch, like `read`."""
    read: float


@dataclass(frozen=True)
class _Seen:
    path: str
    stamp: tuple[int, int]


class Catalogue(Subjects):
    def documents(self, subject: str | None = None) -> list[DocumentRecord]:
        """By subject and name, those without a subject last. Raises ConfigError for a subject there is not."""
        with self._reading() as connection:
            wanted = None if subject is None else known_subject(connection, subject)
            return list_documents(connection, wanted)

    def find_documents(self, names: Iterable[str]) -> list[DocumentRecord]:
        """The documents that a person means by these names: a path, a file's name or a title; each once.

        Raises DocumentNotFoundError for a name that nothing bears, ConfigError for one that several bear.
        """
        known = self.documents()
        found = {record.id: record for name in names for record in [_find(name, known)]}
        return list(found.values())

    def move_documents(self, numbers: Iterable[int], subject: str) -> None:
        """File them under a subject, made where there is none; "" files them under none. Raises ConfigError."""
        with self._writing() as connection:
            target = subject_id(connection, subject) if subject else None
            connection.executemany(
                "UPDATE documents SET subject = ? WHERE id = ?", [(target, number) for number in numbers]
            )
            drop_idle_subjects(connection)


def list_documents(connection: sqlite3.Connection, subject: int | None = None) -> list[DocumentRecord]:
    paths: dict[int, list[_Seen]] = {}
    for number, path, *stamp in connection.execute(
        "SELECT document, path, file_bytes, modified_ns FROM paths ORDER BY seen DESC, path"
    ):
        paths.setdefault(number, []).append(_Seen(path, (stamp[0], stamp[1])))
    counts = {
        number: (pages, readable)
        for number, pages, readable in connection.execute(
            """SELECT document, count(*), sum(EXISTS (
                   SELECT 1 FROM places WHERE places.document = pages.document AND places.page = pages.number))
               FROM pages GROUP BY document"""
        )
    }
    rows = connection.execute(
        """SELECT documents.id, sha256, title, coalesce(subjects.name, ''), language, version, reader_version,
                  text_bytes, added, read
           FROM documents LEFT JOIN subjects ON subjects.id = documents.subject
           WHERE ? IS NULL OR subject = ? ORDER BY subjects.folded IS NULL, subjects.folded, documents.id""",
        (subject, subject),
    ).fetchall()
    records = [_record(row, paths.get(row[0], []), counts.get(row[0], (0, 0))) for row in rows]
    order = {record.subject: position for position, record in enumerate(records)}
    return sorted(records, key=lambda record: (order[record.subject], record.name.casefold(), record.id))


def _record(row: tuple[Any, ...], seen: Sequence[_Seen], counts: tuple[int, int]) -> DocumentRecord:
    number, sha256, title, subject, language, version, reader_version, text_bytes, added, read = row
    states: list[DocumentState] = [_file_state(item) for item in seen]
    state = _best_state(states)
    if state == "ready" and reader_version != documents.READER_VERSION:
        state = "outdated"
    there = sorted(zip(states, seen, strict=True), key=lambda pair: pair[0] == "missing")
    source = Source(Path(there[0][1].path if there else title))
    return DocumentRecord(
        id=number,
        sha256=sha256,
        name=source.name,
        title=title or source.title,
        paths=tuple(item.path for _state, item in there),
        subject=subject,
        pages=counts[0],
        readable_pages=counts[1],
        language=language,
        version=version,
        state=state,
        text_bytes=text_bytes,
        added=added,
        read=read,
    )


def _best_state(states: Sequence[DocumentState]) -> DocumentState:
    for state in _STATES:
        if state in states:
            return state
    return "missing"


def _file_state(seen: _Seen) -> DocumentState:
    try:
        return "ready" if file_stamp(Path(seen.path)) == seen.stamp else "changed"
    except (OSError, ValueError):
        return "missing"


def _find(name: str, known: Sequence[DocumentRecord]) -> DocumentRecord:
    path = storable(str(Path(name).absolute()))
    plain = " ".join(printable(name).split()).casefold()
    kinds: tuple[Callable[[DocumentRecord], bool], ...] = (
        lambda record: path in record.paths,
        lambda record: any(Path(seen).name == storable(name) for seen in record.paths),
        lambda record: plain in (record.name.casefold(), record.title.casefold()),
    )
    for is_meant in kinds:
        found = [record for record in known if is_meant(record)]
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(name, found)
    raise _unknown(name, known)


def _ambiguous(name: str, found: Sequence[DocumentRecord]) -> ConfigError:
    places = "\n".join(record.paths[0] for record in found)
    return ConfigError(
        plural(
            "“{{name}}” names {count} document.",
            "“{{name}}” names {count} documents.",
            len(found),
        ).format(name=printable(name)),
        _("Give the whole path of the one you mean:") + "\n" + places,
    )


def _unknown(name: str, known: Sequence[DocumentRecord]) -> DocumentNotFoundError:
    names = [word for record in known for word in (record.name, record.title)]
    near = difflib.get_close_matches(printable(name), names, n=1)
    return DocumentNotFoundError(
        _("There is no document “{name}” in the library.").format(name=printable(name)),
        _("Did you mean “{near}”?").format(near=near[0]) if near else _("`sunto library` lists what is there."),
        path=name,
    )
