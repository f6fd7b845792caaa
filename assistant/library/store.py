"""The library's file: opening, migrations, transactions, and what to say when SQLite cannot go on.

One connection behind one lock, rather than a connection per thread: every operation takes milliseconds and
SQLite allows one writer at a time anyway, while the app's worker threads come and go and would leave connections
open behind them. Other processes have connections of their own; WAL lets them read while one writes.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Generator
from pathlib import Path
from types import TracebackType
from typing import Self

from assistant.config import data_dir
from assistant.errors import LibraryError
from assistant.i18n import _
from assistant.library.schema import MIGRATIONS

BUSY_SECONDS = 10.0
"""How long a writer waits for another process's write before it gives up."""


class Store:
    """Raises LibraryError whenever the file cannot be read or written, naming the file and what to do."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or data_dir() / "library.sqlite3"
        self._lock = threading.RLock()
        self._private: set[str] = set()
        """SHA-256 of the contents that were opened with a password: nothing of them is kept."""
        with _explained(self.path):
            self._connection = _connect(self.path)
        try:
            with _explained(self.path):
                _migrate(self._connection, self.path)
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _reading(self) -> Generator[sqlite3.Connection]:
        with self._lock, _explained(self.path):
            yield self._connection

    @contextlib.contextmanager
    def _writing(self) -> Generator[sqlite3.Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._lock, _explained(self.path), _transaction(self._connection):
            yield self._connection

    def _state(self, name: str) -> str:
        """A note the library keeps for itself, see `assistant.library.schema`; "" where there is none."""
        with self._reading() as connection:
            row = connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return "" if row is None else row[0]


def set_state(connection: sqlite3.Connection, name: str, value: str) -> None:
    """ "" takes the note away."""
    if value:
        connection.execute("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)", (name, value))
    else:
        connection.execute("DELETE FROM state WHERE name = ?", (name,))


def storable(text: str) -> str:
    """SQLite holds UTF-8: a lone surrogate (from an undecodable file name) becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _connect(path: Path) -> sqlite3.Connection:
    # isolation_level None: transactions begin and end where `_transaction` says, not where the driver guesses.
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _use_wal(connection)
        # FULL: a unit cost seconds of the model's time, so it is worth one fsync to survive a power cut too.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What is deleted is overwritten: documents are private, and files are copied into backups.
        connection.execute("PRAGMA secure_delete = ON")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _use_wal(connection: sqlite3.Connection) -> None:
    """Where the file system has no shared memory SQLite stays in its old mode, which is slower but right."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL").fetchone()
        except sqlite3.OperationalError as error:
            # The busy timeout does not cover this change: two first starts at once have to try again.
            if _primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk makes SQLite roll back by itself
            connection.execute("ROLLBACK")
        raise


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _version(connection) == len(MIGRATIONS):
        return
    with _transaction(connection):
        version = _version(connection)  # again, now that no other process can migrate meanwhile
        if version > len(MIGRATIONS):
            raise LibraryError(
                _("The library {path} was written by a newer Sunto.").format(path=path),
                _("Update Sunto, or set SUNTO_HOME to another folder to start an empty library there."),
            )
        for statements in MIGRATIONS[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def _version(connection: sqlite3.Connection) -> int:
    return connection.execute("PRAGMA user_version").fetchone()[0]


def _primary_code(error: sqlite3.Error) -> int:
    """SQLite's result code without its details; 0 where the error is the driver's own."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


@contextlib.contextmanager
def _explained(path: Path) -> Generator[None]:
    """Turn what can happen to a file into a LibraryError; a mistake in our SQL stays what it is."""
    try:
        yield
    except sqlite3.Error as error:
        explained = _explanation(error, path)
        if explained is None:
            raise
        raise explained from error


def _explanation(error: sqlite3.Error, path: Path) -> LibraryError | None:
    code = _primary_code(error)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return LibraryError(
            _("The library {path} is damaged: {reason}.").format(path=path, reason=error),
            _("Rename it to start with an empty library; keep it if its conversations matter to you."),
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryError(
            _("The library {path} is in use by another program.").format(path=path),
            _("Wait a moment or close the other program, then try again."),
        )
    if code == sqlite3.SQLITE_FULL:
        return LibraryError(
            _("The disk is full: nothing more can be saved in {path}.").format(path=path),
            _("Free some space and try again; what was finished before is kept."),
        )
    if code in (
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_AUTH,
    ):
        return LibraryError(
            _("The library {path} cannot be opened for writing: {reason}.").format(path=path, reason=error),
            _("Check the folder's permissions, or set SUNTO_HOME to a folder you can write to."),
        )
    return None
