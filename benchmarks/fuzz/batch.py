"""A batch of mutants, made and read in one process."""

from __future__ import annotations

import contextlib
import os
import random
import tempfile
from collections.abc import Generator
from pathlib import Path

import psutil

from benchmarks.fuzz.mutate import mutate
from benchmarks.fuzz.reading import Outcome, read
from benchmarks.fuzz.seeds import name_of, seed_files

_NAMES = ("TMPDIR", "TEMP", "TMP")


def mutant(origin: Path, number: int, seed: int = 0) -> bytes:
    """The damaged bytes; the same whatever other files there are."""
    return mutate(origin.read_bytes(), random.Random(f"{seed}:{name_of(origin)}#{number}"))


def run_batch(numbers: range, seed: int) -> tuple[list[tuple[str, Outcome]], int]:
    """The outcomes, and how many bytes this process has grown by."""
    before = psutil.Process().memory_info().rss
    files = seed_files()
    outcomes: list[tuple[str, Outcome]] = []
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        scratch = stack.enter_context(_scratch(Path(folder, "scratch")))
        for number in numbers:
            which, origin = number // len(files), files[number % len(files)]
            path = Path(folder, f"mutant{origin.suffix}")
            path.write_bytes(mutant(origin, which, seed))
            outcomes.append((f"{name_of(origin)}#{which}", read(path, scratch)))
    return outcomes, psutil.Process().memory_info().rss - before


@contextlib.contextmanager
def _scratch(folder: Path) -> Generator[Path]:
    """Let this process and its children put their temporary files there."""
    folder.mkdir()
    before = {name: os.environ.get(name) for name in _NAMES}
    os.environ.update(dict.fromkeys(_NAMES, str(folder)))
    tempfile.tempdir = None  # asked for again from the environment
    try:
        yield folder
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        tempfile.tempdir = None
