"""Subjects: the courses that documents are filed under. Two names that differ only in case are one."""

from __future__ import annotations

import sqlite3
import time

from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.library.store import storable
from assistant.safe_text import printable

NAME_CHARACTERS = 100


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
