"""A file that is written wholly or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def replace_file(path: Path, lines: Iterable[str]) -> None:
    """Write the lines as UTF-8; a reader sees the old file or the new one, whatever the moment of a kill.

    The lines end themselves. Raises OSError, then the old file is as it was.
    """
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".new", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8", errors="replace", newline="") as file:  # noqa: PTH123 - a descriptor
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        _share(Path(draft))
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def _share(draft: Path) -> None:
    """As readable as any new file: those of `mkstemp` are for their owner alone."""
    if os.name != "nt":
        mask = os.umask(0o022)
        os.umask(mask)
        draft.chmod(0o666 & ~mask)
