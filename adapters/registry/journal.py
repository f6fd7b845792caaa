"""Changes of the adapters' folder that are done wholly or not at all, by one process at a time.

A change is a list of renames of folders. It is written down before the first (`.journal.json`), and crossed out after
the last: a process killed in between leaves the list, and whoever looks next finishes it. So everybody sees the folder
as it was before the change or as it is after, whatever the moment of the kill. A rename needs no space, so a full disk
can only stop a change before it has begun.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from adapters.registry.names import adapters_dir
from assistant.config import data_dir, data_folder
from assistant.errors import AdapterError
from assistant.i18n import _

if TYPE_CHECKING:
    from filelock import BaseFileLock

logger = logging.getLogger(__name__)

Move = tuple[Path, Path]

LOCK_SECONDS = 20.0
"""A change takes milliseconds: who holds the lock for longer has been stopped or hangs."""
_JOURNAL = ".journal.json"
JOURNAL_DRAFT = f"{_JOURNAL}.new"
_TRIES = 20 if os.name == "nt" else 1
_RETRY_SECONDS = 0.1
"""Windows moves and deletes nothing that is open, and scanners open what is new for a moment."""


@contextmanager
def changing() -> Generator[None]:
    """Alone among all Sunto processes, with nothing half-done. Raises AdapterError, ConfigError."""
    data_folder("adapters", writable=True)
    try:
        lock = _acquire()
    except OSError as error:
        raise unwritable(error) from error
    try:
        _mend()
        yield
    finally:
        lock.release()


@contextmanager
def looking() -> Generator[None]:
    """The same for who only reads. Where nothing can be written, nobody changes anything. Raises AdapterError."""
    try:
        lock = _acquire()
    except OSError:
        yield
        return
    try:
        _mend()
        yield
    finally:
        lock.release()


def _acquire() -> BaseFileLock:
    """Raises OSError, AdapterError."""
    from filelock import FileLock, Timeout  # deferred: `sunto --help` needs none

    lock = FileLock(data_dir() / "adapters.lock", timeout=LOCK_SECONDS, poll_interval=0.01)
    try:
        lock.acquire()
    except Timeout as error:
        raise AdapterError(
            _("Another Sunto is changing the adapters and does not finish."),
            _("Close the other one, and try again."),
        ) from error
    return lock


def move_all(moves: Sequence[Move]) -> None:
    """All of the renames, in this order, or none. Only while `changing`. Raises AdapterError."""
    try:
        if len(moves) > 1:  # one alone is whole by itself
            _write_journal(moves)
        _carry_out(moves)
    except OSError as error:
        if not any(map(_is_done, moves)):
            _cross_out()
        raise unwritable(error) from error
    with suppress(OSError):  # all is done: whoever looks next finds nothing to finish, and crosses it out
        _cross_out()


def unwritable(error: Exception) -> AdapterError:
    """What a person is told when the adapters' folder cannot be changed, a full disk above all."""
    return AdapterError(
        _("The adapters could not be changed: {reason}. They are as they were.").format(reason=reason_of(error)),
        _("Look for free space and whether another program has files open in {path}, and try again.").format(
            path=adapters_dir()
        ),
    )


@contextmanager
def writing() -> Generator[None]:
    """Around what writes an adapter's files: a disk that became full after all. Raises AdapterError."""
    from safetensors import SafetensorError  # deferred, as are the weights

    try:
        yield
    except (OSError, SafetensorError) as error:
        raise unwritable(error) from error


def reason_of(error: Exception) -> str:
    """In plain words where it is the commonest; the safetensors library tells a full disk in its text alone."""
    text = (error.strerror if isinstance(error, OSError) else None) or str(error)
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    return _("the disk is full") if full or f"os error {errno.ENOSPC}" in text else text.rstrip(".")


def flush(directory: Path) -> None:
    """Everything in the folder is on the disk itself, so that a power cut cannot leave empty files under a name."""
    for path in directory.iterdir():
        if path.is_file():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
    _flush_entries(directory)


def _carry_out(moves: Sequence[Move]) -> None:
    """Undoes what was done when one fails. Raises OSError."""
    done: list[Move] = []
    try:
        for source, target in moves:
            _rename(source, target)
            done.append((source, target))
    except OSError:
        for source, target in reversed(done):
            _rename(target, source)
        raise
    with suppress(OSError):  # they are done, and only a power cut could undo them still
        _flush_entries(adapters_dir())


def _mend() -> None:
    """Finish what a killed process began. Raises AdapterError where that is impossible now."""
    moves = _read_journal()
    if not moves:
        return
    logger.info("finishing an interrupted change of the adapters")
    # The last one done says that all before it are: their places may have been taken again since. A chain whose last
    # source is made by its first looks done before it has begun; left alone, that is whole as well.
    done = max((number for number, move in enumerate(moves, 1) if _is_done(move)), default=0)
    try:
        _carry_out(moves[done:])
        _cross_out()
    except OSError as error:
        raise unwritable(error) from error


def _is_done(move: Move) -> bool:
    source, target = move
    return not os.path.lexists(source) and os.path.lexists(target)


def _rename(source: Path, target: Path) -> None:
    _patiently(lambda: source.rename(target))


def _patiently(change: Callable[[], object]) -> None:
    for _try in range(_TRIES - 1):
        with suppress(PermissionError):
            change()
            return
        time.sleep(_RETRY_SECONDS)
    change()


def _write_journal(moves: Sequence[Move]) -> None:
    """At once and on the disk itself: from here on the change will be finished. Raises OSError, then it never was."""
    folder = adapters_dir()
    lines = [[path.relative_to(folder).as_posix() for path in move] for move in moves]
    draft = folder / JOURNAL_DRAFT
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(lines, file)
            file.flush()
            os.fsync(file.fileno())
        _patiently(lambda: draft.replace(folder / _JOURNAL))
        _flush_entries(folder)
    except OSError:
        draft.unlink(missing_ok=True)
        _cross_out()
        raise


def _read_journal() -> list[Move]:
    """Empty when nothing is half-done. Raises AdapterError for a note that this Sunto did not write."""
    folder = adapters_dir()
    try:
        lines = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
        moves = [(PurePosixPath(source), PurePosixPath(target)) for source, target in lines]
        if any(path.is_absolute() or ".." in path.parts for move in moves for path in move):
            raise ValueError("a path that leads out of the folder")
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise AdapterError(
            _("The note of an interrupted change in {path} cannot be read.").format(path=folder / _JOURNAL),
            _("Delete that file; folders beginning with “.new” beside it may hold an adapter's files."),
        ) from error
    return [(folder / source, folder / target) for source, target in moves]


def _cross_out() -> None:
    _patiently(lambda: (adapters_dir() / _JOURNAL).unlink(missing_ok=True))


def _flush_entries(directory: Path) -> None:
    """A folder's own entries; Windows keeps them by itself and opens no folder."""
    if os.name != "nt":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
