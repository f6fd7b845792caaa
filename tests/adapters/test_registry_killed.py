"""Killed at any moment of any change, the registry is as before it or as after it, and nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adapters import registry
from tests.adapters.registry_files import State, install, leftovers, state

if sys.platform == "win32":
    pytest.skip("no process can be forked and killed at one call", allow_module_level=True)

Change = Callable[[], object]

CHANGING_CALLS = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.link", "os.symlink", "os.truncate", "os.chmod"}

CHANGES: dict[str, Change] = {
    "the first of a name is published": lambda: install("law", 9),
    "a second version is published": lambda: install("physics", 9),
    "a fourth version is published": lambda: install("bio", 9),
    "an adapter is renamed": lambda: registry.rename("bio", "biology"),
    "it goes back to the version before": lambda: registry.roll_back("bio"),
    "it goes back to the first version": lambda: registry.roll_back("bio", 1),
    "a version is removed": lambda: registry.remove("bio", 2),
    "an adapter is removed": lambda: registry.remove("bio"),
}


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kill loses nothing that was written; only a power cut would, and waiting for the disk is most of the time."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Go to a fresh copy of one registry: biology in its third version, physics in its first."""
    origin = tmp_path / "origin"
    monkeypatch.setenv("SUNTO_HOME", str(origin))
    for mark in (1, 2, 3):
        install("bio", mark)
    install("physics", 4)

    def go(name: str) -> None:
        shutil.rmtree(tmp_path / name, ignore_errors=True)
        shutil.copytree(origin, tmp_path / name)
        monkeypatch.setenv("SUNTO_HOME", str(tmp_path / name))

    return go


def killed_at(change: Change, call: int) -> bool:
    """Do it in a child that is killed before its so-manieth call that changes the disk; false when it ended before."""
    pid = os.fork()
    if pid == 0:
        calls = iter(range(1, 1 << 30))

        def hook(event: str, arguments: tuple[object, ...]) -> None:
            writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
            if (writes or event in CHANGING_CALLS) and next(calls) == call:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(hook)
        change()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("what", CHANGES)
def test_a_kill_before_any_write_leaves_the_old_state_or_the_new_one(what, home):
    change = CHANGES[what]
    home("whole")
    before = state()
    change()
    after = state()
    assert after != before

    seen: list[State] = []
    for call in range(1, 1000):
        home("killed")
        if not killed_at(change, call):
            break
        seen.append(state())
        assert seen[-1] in (before, after), f"killed at call {call}"
        install("next", 7)
        assert leftovers() == [], f"killed at call {call}"
    assert state() == after
    assert before in seen
    assert len(seen) >= 3, "the child was killed at too few moments to show anything"


def steps(seed: int) -> Iterator[Change]:
    """Changes without end. What cannot be done at that moment (nothing to roll back) is an error, and no change."""
    chance = random.Random(seed)
    for mark in range(1, 1 << 20):
        name, other = chance.choice("ab"), chance.choice("abc")
        yield chance.choice(
            [
                lambda name=name, mark=mark: install(name, mark),
                lambda name=name, mark=mark: install(name, mark, overwrite=False),
                lambda name=name, other=other: registry.rename(name, other),
                lambda name=name: registry.roll_back(name),
                lambda name=name, mark=mark: registry.remove(name, mark % 4),
            ]
        )


def attempt(change: Change) -> None:
    from assistant.errors import AdapterError

    try:
        change()
    except AdapterError:
        return


def test_a_kill_at_random_moments_of_a_long_series_loses_nothing(tmp_path, monkeypatch):
    """A child changes, its parent kills it after a few milliseconds: a hundred times, also within a write."""
    chance = random.Random(5)
    for seed in range(100):
        killed, twin = tmp_path / f"{seed}", tmp_path / f"twin-{seed}"
        monkeypatch.setenv("SUNTO_HOME", str(killed))
        done = changes_before_the_kill(seed, chance.uniform(0.002, 0.03))
        seen = state()
        monkeypatch.setenv("SUNTO_HOME", str(twin))
        series = steps(seed)
        for _ in range(done):
            attempt(next(series))
        allowed = [state()]
        attempt(next(series))
        allowed.append(state())
        assert seen in allowed, f"seed {seed}, after {done} changes"
        shutil.rmtree(killed, ignore_errors=True)
        shutil.rmtree(twin, ignore_errors=True)


def changes_before_the_kill(seed: int, seconds: float) -> int:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        for change in steps(seed):
            attempt(change)
            os.write(writing, b".")
    os.close(writing)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    with os.fdopen(reading, "rb") as pipe:
        return len(pipe.read())
