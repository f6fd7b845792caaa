"""Where the model process's standard error goes: a file that never grows beyond a bound, and its last lines."""

from __future__ import annotations

from collections import deque
from pathlib import Path

LIMIT_BYTES = 1 << 20
"""When the file is this long it becomes `….1`, in place of the one before, and a new one begins."""

LAST_LINES = 20


class ProcessLog:
    """Append-only. A disk that is full or read-only costs the log, never the app."""

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        self.path = path
        self._limit_bytes = limit_bytes
        self._tail: deque[str] = deque(maxlen=LAST_LINES)
        self._partial = ""

    def write(self, data: bytes) -> None:
        self._remember(data.decode("utf-8", "replace"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._size() + len(data) > self._limit_bytes:
                self.path.replace(self.path.with_name(self.path.name + ".1"))
            with self.path.open("ab") as file:
                file.write(data)
        except OSError:
            return

    def last_lines(self) -> list[str]:
        """The newest lines, oldest first; an unfinished one included."""
        return [*self._tail, self._partial] if self._partial else list(self._tail)

    def _size(self) -> int:
        return self.path.stat().st_size if self.path.exists() else -self._limit_bytes

    def _remember(self, text: str) -> None:
        *lines, self._partial = (self._partial + text).split("\n")
        self._partial = self._partial[-1000:]
        self._tail.extend(line for line in lines if line.strip())
