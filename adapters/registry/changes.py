"""What changes in the registry: publish, rename, roll back, remove. Each is whole or was never begun.

Files are written in a folder of their own first (`staging`); what others see changes by renames alone (`journal`).
"""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from adapters.cards import Card, read_card, succeed, write_card
from adapters.registry.journal import JOURNAL_DRAFT, Move, changing, flush, move_all, unwritable
from adapters.registry.names import adapters_dir, check_name, folder_of
from adapters.registry.records import (
    VERSIONS,
    AdapterRecord,
    kept_versions,
    not_found,
    read_record,
    version_of,
)
from assistant.config import data_folder
from assistant.errors import AdapterCorruptError, AdapterError
from assistant.i18n import _

logger = logging.getLogger(__name__)

_NEW, _OLD = ".new", ".old"


@contextmanager
def staging() -> Generator[Path]:
    """An empty folder on the registry's disk to make an adapter in; gone afterwards, published or not.

    Raises AdapterError, ConfigError.
    """
    data_folder("adapters", writable=True)
    try:
        directory = _aside(_NEW)
        directory.mkdir()
    except OSError as error:
        raise unwritable(error) from error
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def is_taken(name: str) -> bool:
    """Raises AdapterError for what cannot be a name."""
    return os.path.lexists(folder_of(name))


def check_free(name: str, *, overwrite: bool) -> None:
    """Before work is begun for an adapter of that name. Raises AdapterError."""
    if is_taken(name) and not overwrite:
        raise exists_error(folder_of(name).name)


def exists_error(name: str) -> AdapterError:
    return AdapterError(
        _("There is already an adapter called “{name}”.").format(name=name),
        _(
            "Choose another name; on the command line, --overwrite takes its place and keeps the old one as an earlier "
            "version."
        ),
    )


def publish(staging: Path, name: str, *, overwrite: bool) -> Path:
    """Make a finished folder the adapter of that name; the one that had it becomes an earlier version.

    Where another process took the name meanwhile, it is as if it had been there before. Raises AdapterError.
    """
    with changing():
        _sweep()
        directory = folder_of(name)
        taken = os.path.lexists(directory)
        if taken and not overwrite:
            raise exists_error(directory.name)
        try:
            moves = _succession(staging, directory) if taken else [(staging, directory)]
            _number(staging, directory, len(moves) > 1)
            flush(staging)
        except OSError as error:
            raise unwritable(error) from error
        move_all(moves)
    return directory


def rename(name: str, new_name: str) -> Path:
    """Raises AdapterNotFoundError, AdapterError."""
    with changing():
        directory = _present(name)
        target = adapters_dir() / check_name(new_name)
        if target == directory:
            return target
        taken = folder_of(new_name)
        if os.path.lexists(taken) and taken != directory:
            raise exists_error(taken.name)
        move_all([(directory, target)])
        _retitle(target)
    return target


def roll_back(name: str, version: int = 0) -> tuple[AdapterRecord, int]:
    """Use an earlier version again, 0: the one before; the one in use stays as a version.

    The adapter as it is now, and the number of the version that was in use. Raises AdapterError.
    """
    with changing():
        directory = _present(name)
        versions = kept_versions(directory)
        current = version_of(_card_or_empty(directory), versions)
        wanted = version or max((number for number in versions if number < current), default=0)
        if wanted not in versions:
            raise _no_version(directory.name, version, current, versions)
        chosen = directory / VERSIONS / str(wanted)
        read_record(chosen)  # a damaged one is no way back
        aside = _aside(_NEW)
        move_all([(chosen, aside), *_succession(aside, directory, current)])
        _retitle(directory)
        return read_record(directory), current


def remove(name: str, version: int = 0) -> Path:
    """Delete an adapter with all its versions, or one kept version. Raises AdapterNotFoundError, AdapterError."""
    with changing():
        _sweep()
        directory = _present(name)
        if version:
            versions = kept_versions(directory)
            if version not in versions:
                current = version_of(_card_or_empty(directory), versions)
                raise _no_version(directory.name, version, current, versions)
            directory = directory / VERSIONS / str(version)
        aside = _aside(_OLD)
        move_all([(directory, aside)])
        _delete(aside)
    return directory


def _succession(new: Path, directory: Path, current: int | None = None) -> list[Move]:
    """The renames after which `new` is in the place of `directory`, which is among its versions."""
    versions = directory / VERSIONS
    number = version_of(_card_or_empty(directory), kept_versions(directory)) if current is None else current
    if versions.is_dir():
        moves: list[Move] = [(versions, new / VERSIONS)]
    else:
        (new / VERSIONS).mkdir(exist_ok=True)
        moves = []
    return [*moves, (directory, new / VERSIONS / str(number)), (new, directory)]


def _number(staging: Path, directory: Path, taken: bool) -> None:
    """Give the new one its name, its number, and its lineage. Raises OSError."""
    versions, previous = kept_versions(directory), _card_or_empty(directory)
    number = max(version_of(previous, versions), *versions, 0) + 1 if taken else 1
    if taken:
        previous = {**previous, "version": version_of(previous, versions)}
    card = {**read_card(staging), "name": directory.name}
    write_card(staging, succeed(card, number, previous if taken else None))


def _retitle(directory: Path) -> None:
    """The name in the card. Only a title: where it cannot be written, the folder's name goes on to count."""
    try:
        if card := read_card(directory):
            write_card(directory, {**card, "name": directory.name})
    except (OSError, AdapterCorruptError) as error:
        logger.warning("the card of %s keeps its old title: %s", directory, error)


def _present(name: str) -> Path:
    """Its folder, even where what is in it is broken: that can still be renamed and removed."""
    directory = folder_of(name)
    if not directory.is_dir():
        raise not_found(directory.name)
    return directory


def _card_or_empty(directory: Path) -> Card:
    try:
        return read_card(directory)
    except AdapterCorruptError:
        return {}


def _no_version(name: str, version: int, current: int, versions: list[int]) -> AdapterError:
    said = (
        _("The adapter “{name}” has no version {version}.").format(name=name, version=version)
        if version
        else _("The adapter “{name}” has no version before {current}.").format(name=name, current=current)
    )
    if version == current:
        return AdapterError(
            _("Version {version} of the adapter “{name}” is the one in use.").format(version=version, name=name),
            _("Roll back to another one first; `sunto adapters show {name}` lists them.").format(name=name),
        )
    if not versions:
        return AdapterError(said, _("Training it again, or importing another in its place, keeps the one that was."))
    return AdapterError(
        said,
        _("Kept beside it: {versions}. To answer with one of them: sunto adapters rollback {name} {example}").format(
            versions=", ".join(map(str, versions)), name=name, example=versions[-1]
        ),
    )


def _sweep() -> None:
    """Delete what killed processes left: half-made adapters, and removed ones. Only while `changing`."""
    import psutil  # deferred: reading the registry needs none

    for entry in adapters_dir().iterdir():
        match = re.match(r"\.(new|old)-(\d+)-", entry.name)
        if entry.name == JOURNAL_DRAFT:
            entry.unlink(missing_ok=True)
        elif match and (match[1] == "old" or not psutil.pid_exists(int(match[2]))):
            _delete(entry)


def _aside(what: str) -> Path:
    """A new name that the registry does not show, and that says whose it is."""
    return adapters_dir() / f"{what}-{os.getpid()}-{os.urandom(4).hex()}"


def _delete(path: Path) -> None:
    """What cannot be deleted now (open, on Windows) is swept up at a later change."""
    if path.is_symlink():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, ignore_errors=True)
