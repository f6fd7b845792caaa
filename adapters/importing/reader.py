"""Reading a stranger's file block by block, with failures in our words, and with what was read counted and hashed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO


class Reader:
    """Only errors of reading are translated: those of whoever uses the blocks (a full disk) are not ours."""

    def __init__(self, file: IO[bytes], errors: Callable[[], AbstractContextManager[None]]) -> None:
        self._file = file
        self._errors = errors
        self._digest = hashlib.sha256()
        self.done = 0
        """Bytes read so far."""

    def read(self, size: int) -> bytes:
        """Exactly `size` bytes, or fewer where the file ends."""
        with self._errors():
            data = self._file.read(size)
        self._digest.update(data)
        self.done += len(data)
        return data

    @property
    def sha256(self) -> str:
        """Of everything read so far."""
        return self._digest.hexdigest()
