"""The full-text index over passages (SQLite's FTS5): one column as written, one of stems.

`text` is folded by the tokenizer (case and accents), so that `perche` finds `perché`; `stems` lets `cellula` find
`cellule`. The index holds no text of its own: it refers to `passages`, and every change of that table is told to it.

A build of SQLite without FTS5 opens the library and keeps documents in it, but cannot search. What it changes is not
in the index then, which is noted, and the next build that can makes the index anew.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

from assistant.library.passages import index_stems
from assistant.library.store import Store, set_state

_PROBE = (
    ("it", "le cellule eucariotiche, perché derivabilità dell'energia, mangiandolo nelle città più felici"),
    ("en", "running cells generously, nationality and dying happily, the analyses of universities"),
)
"""Words whose stems tell a stemmer, or a list of words left out, from another."""
_STALE = "stale"
_CREATE = """CREATE VIRTUAL TABLE IF NOT EXISTS passage_index USING fts5(
    text, stems, content = 'passages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2')"""


class Index(Store):
    _searchable = False
    """Whether this build of SQLite has FTS5."""

    def _prepare_index(self) -> None:
        """Make the index where it is missing or of another version. Once, when the library is opened."""
        self._searchable = has_fts5(self._connection)
        if self._searchable and self._state("index") != index_version():
            with self._writing() as connection:
                self._rebuild(connection)

    def _rebuild(self, connection: sqlite3.Connection) -> None:
        connection.execute(_CREATE)
        rows = connection.execute("SELECT id, text, language FROM passages").fetchall()
        connection.executemany(
            "UPDATE passages SET stems = ? WHERE id = ?",
            ((index_stems(text, language), number) for number, text, language in rows),
        )
        connection.execute("INSERT INTO passage_index (passage_index) VALUES ('rebuild')")
        set_state(connection, "index", index_version())

    def _index_passage(self, connection: sqlite3.Connection, number: int, text: str, stems: str) -> None:
        if self._searchable:
            connection.execute("INSERT INTO passage_index (rowid, text, stems) VALUES (?, ?, ?)", (number, text, stems))
        else:
            set_state(connection, "index", _STALE)

    def _drop_orphans(self, connection: sqlite3.Connection, candidates: Iterable[int]) -> None:
        """Delete those of these passages that no document has any more."""
        placed = "SELECT 1 FROM places WHERE passage = ?"
        orphans = [(number,) for number in candidates if connection.execute(placed, (number,)).fetchone() is None]
        if self._searchable:  # told with the very words it was told before, or the index breaks
            connection.executemany(
                """INSERT INTO passage_index (passage_index, rowid, text, stems)
                   SELECT 'delete', id, text, stems FROM passages WHERE id = ?""",
                orphans,
            )
        elif orphans:
            set_state(connection, "index", _STALE)
        connection.executemany("DELETE FROM passages WHERE id = ?", orphans)


def index_version() -> str:
    """Of the stems in the index. With another, after an update of ours or of the stemmer's, it is made anew, once."""
    stems = "\n".join(index_stems(text, language) for language, text in _PROBE)
    return hashlib.sha256(stems.encode()).hexdigest()[:16]


def has_fts5(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'").fetchone()[0] > 0
