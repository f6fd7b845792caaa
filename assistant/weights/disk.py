"""How much is on the disk, and whether more will fit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from assistant.errors import ModelError
from assistant.i18n import _
from assistant.units import format_bytes


def file_size(path: Path) -> int:
    """-1 when there is no such file."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def tree_bytes(directory: Path) -> int:
    return sum(size for _path, size in tree_files(directory))


def tree_files(directory: Path) -> Iterator[tuple[Path, int]]:
    """Files below `directory` with their sizes, while another process may be moving them about."""
    for root, _folders, names in os.walk(directory):
        for name in names:
            path = Path(root, name)
            if (size := file_size(path)) >= 0:
                yield path, size


def check_disk_space(directory: Path, needed_bytes: int, what: str) -> None:
    """Raises ModelError with both numbers when `directory`'s disk cannot take `needed_bytes` more."""
    free = shutil.disk_usage(directory).free
    if free < needed_bytes:
        raise ModelError(
            _("Not enough disk space for {what}: it needs {needed}, and {free} are free in {path}.").format(
                what=what, needed=format_bytes(needed_bytes), free=format_bytes(free), path=directory
            ),
            _("Free some space, or set SUNTO_HOME to a folder on a disk that has it."),
        )


def disk_full(what: str) -> ModelError:
    return ModelError(
        _("The disk became full while {what} was being kept.").format(what=what),
        _("Free some space, or set SUNTO_HOME to a folder on a disk that has it, and try again."),
    )
