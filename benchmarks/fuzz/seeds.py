"""The real files that are damaged: everything the repository keeps of the kinds that Sunto reads."""

from __future__ import annotations

from pathlib import Path

from assistant.documents import READERS

_ROOT = Path(__file__).parents[2]
_FILES = ("sample_docs/**/*", "benchmarks/reading/**/*.pdf", "benchmarks/fuzz/seeds/*")
_MOST_BYTES = 600_000


def seed_files() -> list[Path]:
    """In a fixed order, so that a mutant's number means the same on every machine."""
    return sorted(
        (
            path
            for pattern in _FILES
            for path in _ROOT.glob(pattern)
            if path.suffix.lower() in READERS and 0 < path.stat().st_size <= _MOST_BYTES and path.name != "README.md"
        ),
        key=lambda path: path.relative_to(_ROOT).as_posix(),
    )


def name_of(path: Path) -> str:
    return path.relative_to(_ROOT).as_posix()
