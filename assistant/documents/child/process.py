"""Run the children that read a document, watch them, and pass on what it says.

Works from any thread, leaves no process and no file behind, whatever happens.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Literal, TypeAlias

from assistant.documents.child.limits import Breach, Limits, Watchdog
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, Refused, decode, encode
from assistant.errors import DocumentAccessError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _

Ending = Breach | Literal["done", "crashed"]
OnMessage = Callable[[ChildMessage], None]
_Lines: TypeAlias = "queue.Queue[tuple[_Child, bytes | None]]"

_LOOK_SECONDS = 0.1
"""How often the watchdog looks and `should_stop` is asked while the child is silent."""
_QUEUED_LINES = 64

# A negative exit code is a signal. pdfium aborts when it gets no memory; on Windows it raises this exception.
_ABORTED = -signal.SIGABRT
_PDFIUM_OUT_OF_MEMORY = 0xE0000008
_OUT_OF_CPU_TIME = -24
"""SIGXCPU, which Windows does not name."""

_PACKAGE_ROOT = Path(__file__).parents[3]

# What an interpreter needs to start and to find its packages. Everything else, tokens and keys among it, stays here.
_ENVIRONMENT = """
    APPDATA COMSPEC DYLD_LIBRARY_PATH HOME HOMEDRIVE HOMEPATH LANG LC_ALL LC_CTYPE LD_LIBRARY_PATH LOCALAPPDATA PATH
    PYTHONHOME PYTHONNOUSERSITE PYTHONPYCACHEPREFIX PYTHONUSERBASE SYSTEMROOT TEMP TMP TMPDIR USERPROFILE WINDIR
""".split()  # noqa: SIM905 - easier to read as text


def run_child(job: Job, limits: Limits, on_message: OnMessage, should_stop: ShouldStop) -> Ending:
    """Read with one child and say how it ended. See `run_children`."""
    return run_children([job], limits, on_message, should_stop)[0]


def run_children(jobs: Sequence[Job], limits: Limits, on_message: OnMessage, should_stop: ShouldStop) -> list[Ending]:
    """A child for each job, all at once, each within these limits; how each of them ended.

    Every message goes to `on_message`, in this thread. Raises Stopped when `should_stop()` turns true, and whatever
    `on_message` raises. The children are gone when this returns or raises.
    """
    lines: _Lines = queue.Queue(_QUEUED_LINES)
    children: list[_Child] = []
    try:
        children.extend(_Child(job, limits, lines) for job in jobs)
        _listen(set(children), lines, on_message, should_stop)
    finally:
        for child in children:
            _kill(child.process)
        for child in children:
            child.clear_away()
    return [child.ending for child in children]


class _Child:
    """A running child; what it says goes to the queue, with who said it."""

    def __init__(self, job: Job, limits: Limits, lines: _Lines) -> None:
        self.process = _start()
        self.watchdog = Watchdog(self.process.pid, limits)
        self.ending: Ending = "crashed"
        self._lines = lines
        self._pump = threading.Thread(
            target=self._pass_on, args=(_longest_line(limits),), daemon=True, name="document-lines"
        )
        self._pump.start()
        _send(self._stdin, job)

    @property
    def _stdin(self) -> IO[bytes]:
        assert self.process.stdin is not None
        return self.process.stdin

    @property
    def _stdout(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def _pass_on(self, longest: int) -> None:
        try:
            while line := self._stdout.readline(longest):
                self._lines.put((self, line))
        finally:
            self._lines.put((self, None))

    def clear_away(self) -> None:
        """After it was killed: wait for its end, and find out what it died of."""
        while self._pump.is_alive():  # it may wait for room in the queue
            with contextlib.suppress(queue.Empty):
                self._lines.get_nowait()
            self._pump.join(0.01)
        self.process.wait()
        self._stdout.close()
        _close(self._stdin)
        if self.ending == "crashed":
            self.ending = _cause_of_death(self.process.returncode)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """The child and whatever it started: on Windows its job ends with it, elsewhere they are its process group."""
    if sys.platform == "win32":
        process.kill()
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):  # macOS: PermissionError for a group of zombies
        os.killpg(process.pid, signal.SIGKILL)  # not yet waited for, so the number is still its own


def _cause_of_death(returncode: int) -> Ending:
    """Which limit a child died of, as far as its exit code says."""
    if returncode in (_ABORTED, _PDFIUM_OUT_OF_MEMORY):
        return "memory"
    return "time" if returncode == _OUT_OF_CPU_TIME else "crashed"


def _start() -> subprocess.Popen[bytes]:
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # Run from a source tree, `assistant` is not installed. -P keeps the current folder, which may be anybody's
    # downloads, off the import path.
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_PACKAGE_ROOT), os.environ.get("PYTHONPATH"))))
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", "assistant.documents.child.main"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C in the terminal is ours to handle
            creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
        )
    except OSError as error:
        raise DocumentAccessError(
            _("The process that reads documents cannot be started: {reason}.").format(reason=error.strerror or error),
            _("Close some other programs and try again."),
        ) from error


def _listen(running: set[_Child], lines: _Lines, on_message: OnMessage, should_stop: ShouldStop) -> None:
    """Until the last of them has ended."""
    next_look = 0.0
    while running:
        if should_stop():
            raise Stopped
        if (now := time.monotonic()) >= next_look:
            next_look = now + _LOOK_SECONDS
            for child in [child for child in running if _is_over_a_limit(child)]:
                running.discard(child)
        try:
            child, line = lines.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        if child in running and _has_ended(child, line, on_message):
            running.discard(child)


def _is_over_a_limit(child: _Child) -> bool:
    breach = child.watchdog.breach()
    if breach is None:
        return False
    child.ending = breach
    _kill(child.process)  # at once: the others go on
    return True


def _has_ended(child: _Child, line: bytes | None, on_message: OnMessage) -> bool:
    try:
        message = decode(line or b"")
    except ValueError:  # it died, in the middle of a line or between two
        return True
    child.watchdog.heard(message.pages if isinstance(message, Opened) else 0)
    on_message(message)
    if isinstance(message, Done | Refused):
        child.ending = "done"
        return True
    return False


def _send(stdin: IO[bytes], job: Job) -> None:
    with contextlib.suppress(OSError):  # the child is dead already, which the end of its output says too
        stdin.write(encode(job))
        stdin.flush()


def _close(stdin: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what was left to write went to a dead child
        stdin.close()


def _longest_line(limits: Limits) -> int:
    """Bytes of a page of the greatest length with every character escaped as a surrogate pair, and some change."""
    return 12 * limits.page_characters + 100_000
