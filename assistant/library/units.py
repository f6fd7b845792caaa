"""Finished pieces of work, kept by a key that holds everything they depend on.

Each knows the contents (SHA-256 of a file's bytes) that it was made from, so that it goes when they go. One that does
not say, as those of a library of version 1, goes when any document is removed: it may have been made from that one.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable

from assistant.library.store import Store, storable

TOUCH_SECONDS = 86_400.0
"""A unit's last use is noted at most once a day: reading should not mean writing."""


class Units(Store):
    def unit(self, key: str) -> str | None:
        with self._reading() as connection:
            row = connection.execute("SELECT value, used FROM units WHERE key = ?", (key,)).fetchone()
        if row is None:
            return None
        now = time.time()
        if now - row[1] > TOUCH_SECONDS:
            with self._writing() as connection:
                connection.execute("UPDATE units SET used = ? WHERE key = ?", (now, key))
        return row[0]

    def has_units(self, documents: Iterable[str]) -> bool:
        """Whether anything was made from one of these contents, by their SHA-256."""
        with self._reading() as connection:
            return any(
                connection.execute("SELECT 1 FROM unit_sources WHERE sha256 = ? LIMIT 1", (sha256,)).fetchone()
                for sha256 in documents
            )

    def put_unit(self, key: str, value: str, documents: Iterable[str] = ()) -> None:
        """Committed when this returns: it survives whatever happens to the process after.

        `documents` are the SHA-256 of the contents it was made from, whether the library has them yet or not. What
        comes of a document that is not kept, since a password protects it, is not kept either.
        """
        sources = set(documents)
        if sources & self._private:
            return
        now = time.time()
        with self._writing() as connection:
            connection.execute(
                """INSERT INTO units (key, value, created, used) VALUES (?, ?, ?, ?)
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value, created = excluded.created,
                                                   used = excluded.used""",
                (key, storable(value), now, now),
            )
            connection.executemany(
                "INSERT OR IGNORE INTO unit_sources (sha256, unit) VALUES (?, ?)",
                [(sha256, key) for sha256 in sorted(sources)],
            )


def units_of(connection: sqlite3.Connection, contents: Iterable[str]) -> list[str]:
    """Keys of the units made from any of these contents, and of those that do not say what they were made from."""
    keys = {
        row[0]
        for sha256 in contents
        for row in connection.execute("SELECT unit FROM unit_sources WHERE sha256 = ?", (sha256,))
    }
    keys.update(
        row[0]
        for row in connection.execute(
            "SELECT key FROM units WHERE NOT EXISTS (SELECT 1 FROM unit_sources WHERE unit = units.key)"
        )
    )
    return sorted(keys)


def delete_units(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    connection.executemany("DELETE FROM units WHERE key = ?", [(key,) for key in keys])
