"""What was built, ready to be kept: examples in their splits, and an account of where they come from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from adapters.dataset.build import BuildOptions, Built
from adapters.dataset.example import Example
from adapters.dataset.formats import ROW_SUFFIXES
from adapters.dataset.splits import split
from assistant.documents import READERS
from assistant.library.folders import find_files

MAKING_VERSION = 1
"""Goes up when the same notes would give other examples: what was made of them is then made again."""


@dataclass(frozen=True)
class Made:
    examples: tuple[Example, ...]
    """Each in its split."""
    about: dict[str, Any]
    """JSON: `paths` (absolute), `options`, `created`, `stamp`; what became of the files: `files`, `skipped`,
    `broken`."""


def made(
    paths: Sequence[Path], options: BuildOptions, stamp: str, built: Built, written: Iterable[Example] = ()
) -> Made:
    """`stamp` is `stamp_of` before the files were read; `written` is what the base model wrote, for tier C."""
    about = {
        "paths": [str(path) for path in paths],
        "options": asdict(options),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "stamp": stamp,
        "files": list(built.read),
        "skipped": [{"file": file, "reason": reason} for file, reason in built.skipped],
        "broken": [asdict(row) for row in built.broken],
    }
    return Made(tuple(split([*built.examples, *written])), about)


def options_in(about: Mapping[str, Any]) -> BuildOptions:
    """Those that a kept data set was made with; what another version of Sunto wrote there is passed over."""
    known = {item.name for item in fields(BuildOptions)}
    kept = about.get("options") or {}
    return BuildOptions(**{name: value for name, value in kept.items() if name in known})


def stamp_of(paths: Sequence[Path], options: BuildOptions) -> str:
    """Changes when a file does, judged by its size and time, and when it would be made into something else."""
    settled = repr((MAKING_VERSION, sorted(asdict(options).items())))
    digest = hashlib.sha256(settled.encode("utf-8", "replace"))
    for file in sorted(find_files(paths, {*READERS, *ROW_SUFFIXES}, stay_inside=True).files):
        digest.update(repr((str(file), *_size_and_time(file))).encode("utf-8", "replace"))
    return digest.hexdigest()


def _size_and_time(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:  # its reader says why
        return 0, 0
    return status.st_size, status.st_mtime_ns
