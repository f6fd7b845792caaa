"""Run a helper program, hear its lines as they come, and be able to stop it at once.

Documents are read by another kind of child, with limits on memory and time: see `assistant.documents.pdf.reader`.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import sysconfig
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

from assistant.errors import Stopped
from assistant.generation import ShouldStop
from assistant.safe_text import printable

_POLL_SECONDS = 0.1
_TALK_LINES = 40


@dataclass(frozen=True)
class ChildEnd:
    returncode: int
    """Negative when a signal ended it."""
    talk: tuple[str, ...]
    """The last lines of its stderr, harmless for a terminal."""


def run_child(
    arguments: Sequence[str],
    *,
    on_line: Callable[[str], object],
    should_stop: ShouldStop,
    environment: Mapping[str, str] | None = None,
) -> ChildEnd:
    """Start the program, give each line of its stdout to `on_line`, and wait for its end.

    Its stdin is a pipe that closes when this process ends, however it ends: a child that watches it cannot be
    orphaned. Raises Stopped, with the child killed, when asked to stop; whatever `on_line` raises kills it too.
    """
    child = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONUTF8": "1", **(environment or {})},
    )
    assert child.stdout is not None
    assert child.stderr is not None
    lines: queue.Queue[str | None] = queue.Queue()
    talk: deque[str] = deque(maxlen=_TALK_LINES)
    readers = (
        threading.Thread(target=_pump, args=(child.stdout, lines.put), daemon=True),
        threading.Thread(target=_drain, args=(child.stderr, lambda line: talk.append(printable(line))), daemon=True),
    )
    for reader in readers:
        reader.start()
    try:
        _listen(lines, on_line, should_stop)
        returncode = child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        for reader in readers:
            reader.join(timeout=5)
        for stream in (child.stdin, child.stdout, child.stderr):
            if stream is not None:
                stream.close()
    return ChildEnd(returncode, tuple(talk))


def run_module(
    module: str,
    *arguments: str,
    on_line: Callable[[str], object],
    should_stop: ShouldStop,
    environment: Mapping[str, str] | None = None,
) -> ChildEnd:
    """Run one of our own modules in a child with this same Python. See `run_child`.

    `-P` keeps a student's own `logging.py` in the current folder from being imported in the place of Python's.
    """
    return run_child(
        [sys.executable, "-P", "-m", module, *arguments],
        on_line=on_line,
        should_stop=should_stop,
        environment={**_source_tree(), **(environment or {})},
    )


def leave_with_the_parent() -> None:
    """In such a child: from now on it ends when its parent does, which holds the other end of its stdin."""
    threading.Thread(target=_wait_for_the_parent, daemon=True).start()


def _wait_for_the_parent() -> NoReturn:
    while os.read(0, 1 << 16):  # not `sys.stdin`: Python aborts at its end where a thread holds the lock of that
        pass
    os._exit(1)


def _source_tree() -> dict[str, str]:
    """The way to this package when it is run from its source tree, not installed."""
    home = Path(__file__).resolve().parents[1]
    if home in (Path(sysconfig.get_path(kind)).resolve() for kind in ("purelib", "platlib")):
        return {}
    return {"PYTHONPATH": os.pathsep.join([str(home), *filter(None, [os.environ.get("PYTHONPATH")])])}


def _listen(lines: queue.Queue[str | None], on_line: Callable[[str], object], should_stop: ShouldStop) -> None:
    """Until the child closes its stdout."""
    while True:
        if should_stop():
            raise Stopped
        try:
            line = lines.get(timeout=_POLL_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        on_line(line)


def _pump(stream: IO[str], put: Callable[[str | None], object]) -> None:
    _drain(stream, put)
    put(None)


def _drain(stream: IO[str], put: Callable[[str], object]) -> None:
    for line in stream:
        put(line.rstrip("\r\n"))
