"""Blocks on disk: safetensors files in a folder of this process, gone when it is closed.

What a file holds counts only when it comes back as it was written, to the bit: a disk that is full, a file that was
cut or changed or taken away is a block that is not there, and never an error or other values.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import zlib
from pathlib import Path
from typing import Any

import psutil

from assistant.engine.kv_tiers import States, Stored

_START_TOLERANCE_SECONDS = 2
"""Folders are named after the whole second in which their process started."""


class DiskTier:
    """At most `limit_bytes` in a new folder below `parent`. Where no folder can be made, nothing is kept."""

    def __init__(self, limit_bytes: int, parent: Path) -> None:
        self.limit_bytes = limit_bytes
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        try:
            parent.mkdir(parents=True, exist_ok=True)
            # Only the user can read it, and it is removed at the end of the process at the latest.
            self._folder = tempfile.TemporaryDirectory(prefix=_own_prefix(), dir=parent, ignore_cleanup_errors=True)
        except OSError:
            self.limit_bytes = 0
        self._written = 0

    def save(self, states: States) -> Stored | None:
        from safetensors.torch import save

        if self._folder is None:
            return None
        content = save({name: part.contiguous().cpu() for name, part in states.items()})
        path = Path(self._folder.name, f"{self._written}.safetensors")
        self._written += 1
        try:
            path.write_bytes(content)
        except OSError:  # the disk is full, or the folder was taken away
            _remove(path)
            return None
        return Stored((path, zlib.crc32(content)), len(content))

    def load(self, stored: Stored) -> States | None:
        from safetensors.torch import load

        path, checksum = stored.content
        try:
            content = path.read_bytes()
        except OSError:
            return None
        return load(content) if zlib.crc32(content) == checksum else None

    def drop(self, stored: Stored) -> None:
        _remove(stored.content[0])

    def close(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


def remove_leftovers(parent: Path) -> None:
    """Delete the folders of processes that died without closing theirs."""
    try:
        folders = [path for path in parent.iterdir() if path.is_dir()]
    except OSError:  # there is none, or it cannot be read
        return
    for folder in folders:
        if not _is_in_use(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def _own_prefix() -> str:
    return f"{os.getpid()}-{int(psutil.Process().create_time())}-"


def _is_in_use(name: str) -> bool:
    """Whether the process that the folder is named after is alive."""
    pid, started, *_rest = [*name.split("-"), "", ""]
    if not (pid.isdecimal() and started.isdecimal()):
        return False
    try:
        return abs(psutil.Process(int(pid)).create_time() - int(started)) < _START_TOLERANCE_SECONDS
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # it exists, and belongs to somebody else
        return True


def _remove(path: Any) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:  # goes with the folder
        return
