"""What takes space on the disk, and making some."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assistant.library.catalogue import DocumentRecord, list_documents
from assistant.library.removal import Removals
from assistant.library.units import delete_units

UNUSED_DAYS = 90
"""A finished piece of work that nobody has asked for in this time is unlikely to be asked for again."""

_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class DiskUse:
    """In bytes. The first seven are parts of the library's file, the next lies beside it."""

    text: int
    """The documents' text, with what is known of their pages."""
    index: int
    """The full-text index, with the stems it was made from."""
    units: int
    """Finished pieces of work: parts of summaries, recognised pages."""
    conversations: int
    free: int
    """In the file, but holding nothing."""
    other: int
    """What SQLite needs to find things."""
    library: int
    """The whole file: the sum of those above."""
    log: int
    """The write-ahead log."""
    folders: dict[str, int]
    """The other things in the data directory, by name: models, adapters …"""


@dataclass(frozen=True)
class Cleaning:
    """What is deleted, or would be."""

    units: int
    units_bytes: int
    missing: tuple[DocumentRecord, ...]
    """Documents whose files are gone."""
    freed: int
    """By how many bytes the library's files are smaller; before the cleaning, what is known to come free."""


class Disk(Removals):
    def disk_use(self) -> DiskUse:
        with self._reading() as connection:
            return library_use(connection, self.path)

    def plan_cleaning(self, *, days: int = UNUSED_DAYS) -> Cleaning:
        """`missing` are all documents whose files are gone; `clean` deletes them only when told to."""
        with self._reading() as connection:
            units = _unused_units(connection, days)
            missing = tuple(record for record in list_documents(connection) if record.state == "missing")
            freed = cleanable_bytes(connection, self.path, days)
        return Cleaning(len(units), sum(size for _key, size in units), missing, freed)

    def clean(self, *, days: int = UNUSED_DAYS, missing: bool = False) -> Cleaning:
        """Delete units not used for so many days, with `missing` also documents without a file, and free the space."""
        plan = self.plan_cleaning(days=days)
        before = self._size()
        with self._writing() as connection:
            delete_units(connection, [key for key, _bytes in _unused_units(connection, days)])
        if missing and plan.missing:
            self.remove_documents(record.id for record in plan.missing)
        else:
            self._erase()
            self._shrink()
        return Cleaning(plan.units, plan.units_bytes, plan.missing if missing else (), before - self._size())

    def _size(self) -> int:
        return _disk_bytes(self.path) + _disk_bytes(_log_path(self.path))


def cleanable_bytes(connection: sqlite3.Connection, path: Path, days: int = UNUSED_DAYS) -> int:
    """What `clean` is known to free, without the documents whose files are gone."""
    use = library_use(connection, path)
    return sum(size for _key, size in _unused_units(connection, days)) + use.free + use.log


def library_use(connection: sqlite3.Connection, path: Path) -> DiskUse:
    """For any connection to a library of the current version, one that only reads as well."""
    page_bytes, page_count, free_pages = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "page_count", "freelist_count")
    )
    text = _content_bytes(connection, "passages", "text") + _content_bytes(connection, "pages", "head", "label")
    index = _content_bytes(connection, "passages", "stems")
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'passage_index_data'").fetchone():
        index += _content_bytes(connection, "passage_index_data", "block")
    units = _content_bytes(connection, "units", "key", "value")
    conversations = _content_bytes(connection, "messages", "content", "details")
    free, whole = free_pages * page_bytes, page_count * page_bytes
    return DiskUse(
        text=text,
        index=index,
        units=units,
        conversations=conversations,
        free=free,
        other=max(whole - text - index - units - conversations - free, 0),
        library=whole,
        log=_disk_bytes(_log_path(path)),
        folders=dict(_other_folders(path.parent, {path.name, _log_path(path).name, f"{path.name}-shm"})),
    )


def _content_bytes(connection: sqlite3.Connection, table: str, *columns: str) -> int:
    lengths = " + ".join(f"length(CAST({column} AS BLOB))" for column in columns)
    return connection.execute(f"SELECT coalesce(sum({lengths}), 0) FROM {table}").fetchone()[0]  # noqa: S608 - our names


def _unused_units(connection: sqlite3.Connection, days: int) -> list[tuple[str, int]]:
    return connection.execute(
        "SELECT key, length(CAST(value AS BLOB)) FROM units WHERE used < ?", (time.time() - days * _DAY_SECONDS,)
    ).fetchall()


def _other_folders(directory: Path, ours: set[str]) -> Iterable[tuple[str, int]]:
    for entry in sorted(directory.iterdir()):
        if entry.name not in ours and (size := _disk_bytes(entry)):
            yield entry.name, size


def _disk_bytes(path: Path) -> int:
    """Of a file, or of everything in a folder; 0 where there is nothing."""
    from assistant.weights.disk import file_size, tree_bytes  # deferred: its package brings models and hubs along

    return tree_bytes(path) if path.is_dir() else max(file_size(path), 0)


def _log_path(path: Path) -> Path:
    return path.with_name(path.name + "-wal")
