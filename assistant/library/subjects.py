"""Subjects: the courses that documents are filed under, each with the adapter that answers about them.

Two names that differ only in case are one. A subject is there as long as it has documents or an adapter.
"""

from __future__ import annotations

import difflib
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.library.folders import absolute
from assistant.library.store import Store, storable
from assistant.safe_text import printable

NAME_CHARACTERS = 100


@dataclass(frozen=True)
class SubjectRecord:
    name: str
    documents: int
    adapter: str = ""
    """The name of the one that answers about its documents; empty for none. Whether it is there is not known here."""


def common_adapter(subjects: Sequence[SubjectRecord]) -> str:
    """The one that answers about each of these; empty where one has another, or none, and for no subjects."""
    adapters = {subject.adapter for subject in subjects}
    return adapters.pop() if len(adapters) == 1 else ""


class Subjects(Store):
    def subjects(self) -> list[SubjectRecord]:
        """In alphabetical order."""
        with self._reading() as connection:
            rows = connection.execute(f"{_SELECT} ORDER BY folded").fetchall()
        return [SubjectRecord(*row) for row in rows]

    def subject(self, name: str) -> SubjectRecord:
        """Raises ConfigError for a subject there is not."""
        with self._reading() as connection:
            return _record(connection, known_subject(connection, name))

    def subjects_of(self, paths: Iterable[str | Path]) -> list[SubjectRecord]:
        """The subjects that these files are filed under, in alphabetical order.

        Empty where one of the files is of none or not in the library, and where there are no files.
        """
        with self._reading() as connection:
            found = {_filed_under(connection, absolute(path)) for path in paths}
            records = [_record(connection, number) for number in found if number is not None]
        return sorted(records, key=lambda record: record.name.casefold()) if len(records) == len(found) else []

    def subject_adapter(self, name: str) -> str:
        """Raises ConfigError for a subject there is not."""
        return self.subject(name).adapter

    def set_subject_adapter(self, name: str, adapter: str) -> SubjectRecord:
        """Let that adapter answer about the subject's documents; "" takes it away. The subject as it was before.

        Raises ConfigError for a subject there is not. A subject without documents goes with its adapter.
        """
        with self._writing() as connection:
            number = known_subject(connection, name)
            before = _record(connection, number)
            connection.execute("UPDATE subjects SET adapter = ? WHERE id = ?", (storable(adapter), number))
            drop_idle_subjects(connection)
        return before

    def rename_subject_adapter(self, old: str, new: str) -> list[str]:
        """Every subject that had the adapter `old` has `new`; "" is none. The names of these subjects."""
        with self._writing() as connection:
            rows = connection.execute("SELECT name FROM subjects WHERE adapter = ? ORDER BY folded", (storable(old),))
            names = [row[0] for row in rows]
            connection.execute("UPDATE subjects SET adapter = ? WHERE adapter = ?", (storable(new), storable(old)))
            drop_idle_subjects(connection)
        return names


_SELECT = "SELECT name, (SELECT count(*) FROM documents WHERE subject = subjects.id), adapter FROM subjects"


def _record(connection: sqlite3.Connection, number: int) -> SubjectRecord:
    return SubjectRecord(*connection.execute(f"{_SELECT} WHERE id = ?", (number,)).fetchone())


def _filed_under(connection: sqlite3.Connection, path: Path) -> int | None:
    row = connection.execute(
        "SELECT subject FROM paths JOIN documents ON documents.id = paths.document WHERE path = ?",
        (storable(str(path)),),
    ).fetchone()
    return None if row is None else row[0]


def drop_idle_subjects(connection: sqlite3.Connection) -> None:
    """Those without documents and without an adapter: there is nothing left of them but the name."""
    connection.execute(
        """DELETE FROM subjects WHERE adapter = '' AND NOT EXISTS (
               SELECT 1 FROM documents WHERE documents.subject = subjects.id)"""
    )


def subject_id(connection: sqlite3.Connection, name: str) -> int:
    """The subject of that name, made where there is none. Raises ConfigError for what cannot be a name."""
    name = checked_name(name)
    known = find_subject(connection, name)
    if known is not None:
        return known
    cursor = connection.execute(
        "INSERT INTO subjects (name, folded, created) VALUES (?, ?, ?)", (name, name.casefold(), time.time())
    )
    assert cursor.lastrowid is not None, "an INSERT has a row id"
    return cursor.lastrowid


def known_subject(connection: sqlite3.Connection, name: str) -> int:
    """Raises ConfigError for a subject there is not."""
    found = find_subject(connection, name)
    if found is not None:
        return found
    names = [row[0] for row in connection.execute("SELECT name FROM subjects ORDER BY folded")]
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        hint = _("Did you mean “{near}”?").format(near=near[0])
    elif names:
        hint = _("Subjects in the library: {names}.").format(names=", ".join(names))
    else:
        hint = _("There are none yet. Make one: sunto library add PATH --subject NAME")
    raise ConfigError(_("There is no subject called “{name}”.").format(name=printable(name)), hint)


def find_subject(connection: sqlite3.Connection, name: str) -> int | None:
    row = connection.execute("SELECT id FROM subjects WHERE folded = ?", (_plain(name).casefold(),)).fetchone()
    return None if row is None else row[0]


def checked_name(name: str) -> str:
    plain = _plain(name)
    if not plain or len(plain) > NAME_CHARACTERS:
        raise ConfigError(
            _("“{name}” cannot be the name of a subject.").format(name=plain[:NAME_CHARACTERS]),
            _("Choose a name of 1 to {most} characters.").format(most=NAME_CHARACTERS),
        )
    return plain


def _plain(name: str) -> str:
    return " ".join(storable(printable(name)).split())
