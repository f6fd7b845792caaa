"""Files that only grow: one JSON object a line, on the disk itself before anybody is told that it counts.

Nothing is ever rewritten. A kill in the middle of a line leaves a torn one, which says nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from adapters.registry.journal import flush

Line = dict[str, Any]


def append_line(path: Path, said: Mapping[str, Any]) -> None:
    """On the disk itself when it returns. Raises OSError."""
    is_new = not path.exists()
    line = json.dumps(said, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    with path.open("ab+") as file:
        file.write(b"\n" + line if _is_torn(file) else line)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        flush(path.parent)


def read_lines(path: Path) -> Iterator[Line]:
    """The objects that are whole, oldest first; none where there is no such file. Raises OSError."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    for line in lines:
        try:
            said: object = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(said, dict):
            yield cast("Line", said)


def _is_torn(file: BinaryIO) -> bool:
    """Whether the last line was never finished: the next one must not become a part of it."""
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"
