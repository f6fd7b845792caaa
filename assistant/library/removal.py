"""Deleting documents with all that was made from them, so that the files no longer hold their words.

What goes in one transaction, all or nothing: the documents, their text, their place in the index, every unit made from
them, conversations about nothing else, answers made from nothing else, and their quotes in all other answers.

Then the files are cleaned: SQLite overwrites what it deletes (`secure_delete`), but the full-text index keeps deleted
words until its parts are merged, and the write-ahead log keeps everything until it is emptied. The note `erase`, set in
the same transaction, stays until that is done; should the process die meanwhile, the next one that opens the library
does it. (FTS5's own `secure-delete` would do for the index, but no SQLite before 3.42 reads the file after it.) Last,
the file is written anew, which gives its free space back to the disk.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.errors import LibraryError
from assistant.library.catalogue import DocumentRecord, list_documents
from assistant.library.forgetting import Traces, find_traces, forget_traces
from assistant.library.keeping import Keeping
from assistant.library.store import set_state
from assistant.library.subjects import Subjects, drop_idle_subjects, known_subject
from assistant.library.units import delete_units, units_of


@dataclass(frozen=True)
class Removal:
    """What is deleted, or would be."""

    documents: tuple[DocumentRecord, ...]
    units: int
    """Finished pieces of work made from them, or perhaps made from them."""
    conversations: tuple[str, ...]
    """Titles of those that were about nothing else."""
    answers: int
    """In other conversations: made from nothing else."""
    quoting: int
    """Answers that lose their quotes."""
    adapter: str = ""
    """Of a whole subject that is deleted: the adapter that answered about it, which stays."""
    erased: bool = False
    """Whether the files are clean already; if not, they will be when the library is next opened alone."""


class Removals(Keeping, Subjects):
    def plan_removal(self, numbers: Iterable[int]) -> Removal:
        """What `remove_documents` would delete."""
        with self._reading() as connection:
            removal, _units, _traces = _plan(connection, numbers)
        return removal

    def remove_documents(self, numbers: Iterable[int]) -> Removal:
        """Documents that are not there (any more) are passed over."""
        return self._remove(numbers)

    def plan_subject_removal(self, name: str) -> Removal:
        """What `remove_subject` would delete. Raises ConfigError where there is none of that name."""
        return replace(self.plan_removal(self._documents_of(name)), adapter=self.subject_adapter(name))

    def remove_subject(self, name: str) -> Removal:
        """The subject with all its documents. Raises ConfigError where there is none of that name."""
        adapter = self.subject_adapter(name)
        return replace(self._remove(self._documents_of(name), subject=name), adapter=adapter)

    def _documents_of(self, subject: str) -> list[int]:
        with self._reading() as connection:
            return [record.id for record in list_documents(connection, known_subject(connection, subject))]

    def _remove(self, numbers: Iterable[int], subject: str = "") -> Removal:
        with self._writing() as connection:
            removal, units, traces = _plan(connection, numbers)
            delete_units(connection, units)
            forget_traces(connection, traces)
            self._delete_documents(connection, [record.id for record in removal.documents])
            if subject:
                connection.execute("DELETE FROM subjects WHERE id = ?", (known_subject(connection, subject),))
            drop_idle_subjects(connection)
            set_state(connection, "erase", "pending")
        erased = self._erase()
        # A full disk has no room for a second copy: then the space stays in the file.
        with contextlib.suppress(LibraryError):
            self._shrink()
        return replace(removal, erased=erased)

    def _finish_erasing(self) -> None:
        """What another process began. Where it cannot be done now, it waits for the next time."""
        if self._state("erase"):
            self._erase()

    def _erase(self) -> bool:
        """Rid the files of what was deleted. False where that has to wait: another process is reading, say."""
        try:
            with self._reading() as connection:
                if self._searchable:
                    connection.execute("INSERT INTO passage_index (passage_index) VALUES ('optimize')")
                if _is_blocked(connection):
                    return False
            with self._writing() as connection:
                set_state(connection, "erase", "")
        except LibraryError:
            return False
        return True

    def _shrink(self) -> None:
        with self._reading() as connection:
            connection.execute("VACUUM")
            _is_blocked(connection)  # then the log stays as long as it is, until the next one empties it


def _is_blocked(connection: sqlite3.Connection) -> bool:
    """Whether another process keeps the write-ahead log from being emptied; where none does, it is empty now."""
    return bool(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])


def _plan(connection: sqlite3.Connection, numbers: Iterable[int]) -> tuple[Removal, list[str], Traces]:
    wanted = set(numbers)
    records = tuple(record for record in list_documents(connection) if record.id in wanted)
    units = units_of(connection, [record.sha256 for record in records]) if records else []
    traces = find_traces(connection, records)
    removal = Removal(
        documents=records,
        units=len(units),
        conversations=tuple(title for _number, title in traces.conversations),
        answers=len(traces.answers),
        quoting=len(traces.quoting),
    )
    return removal, units, traces
