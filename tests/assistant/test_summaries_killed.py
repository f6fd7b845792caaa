"""A summary killed at any moment loses at most the parts that were in the model's hands: real processes, `kill -9`."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.assistant.slow_summary import PARTS

ROOT = Path(__file__).parents[2]


def start(library: Path, rows: int, seconds_per_part: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.assistant.slow_summary", str(library), str(rows), str(seconds_per_part)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")


def topics(lines: list[str], what: str) -> set[str]:
    return {line.split()[1] for line in lines if line.startswith(what)}


@pytest.mark.parametrize("rows", [1, 3])
def test_after_a_kill_only_what_was_in_flight_is_done_again(tmp_path: Path, rows: int):
    chance = random.Random(rows)
    library = tmp_path / "library.sqlite3"
    kept: set[str] = set()
    for _kill in range(2):
        child = start(library, rows, 0.05)
        assert child.stdout
        lines = [child.stdout.readline()]  # the first part is begun
        time.sleep(chance.uniform(0.05, 0.25))
        child.kill()
        lines += child.stdout.read().splitlines()
        child.wait()
        assert not any(line.startswith("ended") for line in lines), "it ended before it could be killed"
        assert not topics(lines, "begun") & kept, "what was finished before is not begun again"
        kept |= topics(lines, "kept")
        assert len(topics(lines, "begun") - kept) <= rows

    done = start(library, rows, 0.0)
    lines = done.communicate()[0].splitlines()
    assert lines[-1] == "ended"
    assert not topics(lines, "begun") & kept
    # A part may have been kept just before the kill, too late to say so.
    assert PARTS - len(kept) - 2 <= len(topics(lines, "begun")) <= PARTS - len(kept)
    if kept:
        resumed = PARTS - len(topics(lines, "begun"))
        assert f"notice Resuming: {resumed} of {PARTS} parts were already done." in lines
