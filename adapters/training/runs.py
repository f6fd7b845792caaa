"""The trainings that were begun: made, opened, listed and deleted. Knows no torch."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.dataset.example import Example
from adapters.registry.journal import reason_of
from adapters.registry.names import check_name, folded
from adapters.training.run import Facts, Run, RunState, read_facts, write_examples, write_facts
from adapters.training.settings import TrainingSettings
from assistant.config import data_dir, data_folder
from assistant.errors import TrainingError
from assistant.i18n import _

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK_SECONDS = 1.0
"""Who lists the runs looks whether one is held, and holds it for that moment."""
_DRAFT, _GONE = ".new", ".gone"


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    name: str
    state: RunState
    """`interrupted`: it says that it is running, but no process has it."""
    step: int
    """Of the last checkpoint."""
    total: int
    """0 where it never made a step."""
    created: float
    """Seconds since 1970, as `updated`."""
    updated: float
    bytes: int
    """On the disk."""
    settings: TrainingSettings
    about: Mapping[str, Any]

    @property
    def can_resume(self) -> bool:
        return self.state in ("paused", "interrupted", "failed")


def runs_dir() -> Path:
    return data_dir() / "runs"


def create(
    name: str,
    settings: TrainingSettings,
    about: Mapping[str, Any],
    examples: Sequence[Example],
    *,
    overwrite: bool = False,
) -> Run:
    """A new run, held by this process; a finished one of that name is deleted, an unfinished one with `overwrite`.

    `about` is whatever JSON holds. Raises TrainingError, AdapterError for what cannot be a name, ConfigError.
    """
    data_folder("runs", writable=True)
    directory = _folder_of(name)
    lock = _lock(directory)
    try:
        if directory.is_dir():
            if not overwrite and _state_of(directory) != "finished":
                raise unfinished(directory.name)
            _delete(directory)
        now = time.time()
        facts = Facts(name=check_name(name), settings=settings, about=about, state="running", created=now, updated=now)
        _make(directory, facts, examples)
        return Run(directory, lock)
    except OSError as error:
        lock.release()
        raise _unwritable(error) from error
    except BaseException:
        lock.release()
        raise


def open_run(name: str) -> Run:
    """An earlier run, to go on with it; held by this process. Raises TrainingError, AdapterError."""
    directory = _folder_of(name)
    if not directory.is_dir():
        raise _not_found(name)
    lock = _lock(directory)
    try:
        return Run(directory, lock)
    except BaseException:
        lock.release()
        raise


def list_runs() -> list[RunRecord]:
    """The latest first; a directory that is none, or is damaged, is left out (see `survey`)."""
    return survey()[0]


def survey() -> tuple[list[RunRecord], list[str]]:
    """As `list_runs`, and the names of those that cannot be read."""
    records, damaged = list[RunRecord](), list[str]()
    for directory in _directories():
        try:
            records.append(_record(directory))
        except TrainingError:
            damaged.append(directory.name)
    return sorted(records, key=lambda record: record.updated, reverse=True), damaged


def find_run(name: str) -> RunRecord | None:
    """None where there is none of that name. Raises TrainingError, AdapterError."""
    directory = _folder_of(name)
    return _record(directory) if directory.is_dir() else None


def remove_run(name: str) -> None:
    """Raises TrainingError while a process has it, or where there is none; AdapterError."""
    directory = _folder_of(name)
    if not directory.is_dir():
        raise _not_found(name)
    lock = _lock(directory)
    try:
        _delete(directory)
    except OSError as error:
        raise _unwritable(error) from error
    finally:
        lock.release()


def unfinished(name: str) -> TrainingError:
    """What to say of a name that an unfinished training has."""
    return TrainingError(
        _("There is an unfinished training called “{name}”.").format(name=name),
        _("Go on with it (--resume), begin it anew (--overwrite), or choose another name."),
    )


def _record(directory: Path) -> RunRecord:
    """Raises TrainingError."""
    facts = read_facts(directory)
    state = facts.state
    if state == "running" and not _is_held(directory):
        state = "interrupted"
    return RunRecord(
        name=facts.name,
        state=state,
        step=facts.step,
        total=facts.total,
        created=facts.created,
        updated=facts.updated,
        bytes=_bytes_in(directory),
        settings=facts.settings,
        about=facts.about,
    )


def _make(directory: Path, facts: Facts, examples: Sequence[Example]) -> None:
    """Beside, then under its name. Raises OSError."""
    draft = _aside(directory, _DRAFT)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        write_examples(draft, examples)
        write_facts(draft, facts)
        draft.rename(directory)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _delete(directory: Path) -> None:
    """Under its name it is there or not; what stays of it is deleted with the next one. Raises OSError."""
    gone = _aside(directory, _GONE)
    shutil.rmtree(gone, ignore_errors=True)
    directory.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def _aside(directory: Path, suffix: str) -> Path:
    return directory.with_name(f".{directory.name}{suffix}")


def _folder_of(name: str) -> Path:
    """As it is spelled on the disk: capitals do not tell two runs apart, as with adapters. Raises AdapterError."""
    wanted = check_name(name)
    spellings = [entry for entry in _directories() if folded(entry.name) == folded(wanted)]
    return spellings[0] if spellings else runs_dir() / wanted


def _directories() -> list[Path]:
    try:
        return sorted(entry for entry in runs_dir().iterdir() if entry.is_dir() and not entry.name.startswith("."))
    except OSError:
        return []


def _lock(directory: Path) -> BaseFileLock:
    """Raises TrainingError when another process, or another job of this one, has the run."""
    from filelock import FileLock, Timeout  # deferred: `sunto --help` needs none

    lock = FileLock(_lock_path(directory), timeout=_LOCK_SECONDS, poll_interval=0.02, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise TrainingError(
            _("Another Sunto is training “{name}” right now.").format(name=directory.name),
            _("Pause or finish it there, or choose another name."),
        ) from error
    except OSError as error:
        raise _unwritable(error) from error
    return lock


def _is_held(directory: Path) -> bool:
    """Whether a process has the run now."""
    from filelock import FileLock, Timeout

    lock = FileLock(_lock_path(directory), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except OSError:  # a data directory that nobody can write to
        return False
    lock.release()
    return False


def _lock_path(directory: Path) -> Path:
    """Beside the directory: what is open cannot be deleted on Windows."""
    return directory.with_name(f".{folded(directory.name)}.lock")


def _bytes_in(directory: Path) -> int:
    total = 0
    for folder, _folders, files in os.walk(directory):
        for file in files:
            with suppress(OSError):  # a checkpoint that was replaced meanwhile
                total += (Path(folder) / file).stat().st_size
    return total


def _state_of(directory: Path) -> RunState | None:
    with suppress(TrainingError):
        return read_facts(directory).state
    return None


def _not_found(name: str) -> TrainingError:
    return TrainingError(
        _("There is no training called “{name}”.").format(name=name),
        _("See which there are with `sunto runs list`."),
    )


def _unwritable(error: OSError) -> TrainingError:
    return TrainingError(
        _("The training's files could not be written: {reason}.").format(reason=reason_of(error)),
        _("Look for free space and whether another program has files open in {path}, and try again.").format(
            path=runs_dir()
        ),
    )
