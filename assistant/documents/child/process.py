"""Run the child that reads a document, watch it, and pass on what it says.

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
from collections.abc import Callable
from pathlib import Path
from typing import IO, Literal

from assistant.documents.child.limits import Breach, Limits, Watchdog
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, Refused, decode, encode
from assistant.errors import DocumentAccessError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _

Ending = Breach | Literal["done", "crashed"]

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


def run_child(job: Job, limits: Limits, on_message: Callable[[ChildMessage], None], should_stop: ShouldStop) -> Ending:
    """Read with one child and say how it ended; every message goes to `on_message`, in this thread.

    Raises Stopped when `should_stop()` turns true. The child is gone when this returns or raises.
    """
    process = _start()
    assert process.stdin is not None
    assert process.stdout is not None
    lines: queue.Queue[bytes | None] = queue.Queue(_QUEUED_LINES)
    pump = threading.Thread(
        target=_pump, args=(process.stdout, lines, _longest_line(limits)), daemon=True, name="document-lines"
    )
    pump.start()
    ending: Ending = "crashed"
    try:
        _send(process.stdin, job)
        ending = _listen(lines, Watchdog(process.pid, limits), on_message, should_stop)
    finally:
        _kill(process)
        while pump.is_alive():  # it may wait for room in the queue
            with contextlib.suppress(queue.Empty):
                lines.get_nowait()
            pump.join(0.01)
        process.wait()
        process.stdout.close()
        _close(process.stdin)
    return _cause_of_death(process.returncode) if ending == "crashed" else ending


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


def _listen(
    lines: queue.Queue[bytes | None],
    watchdog: Watchdog,
    on_message: Callable[[ChildMessage], None],
    should_stop: ShouldStop,
) -> Ending:
    while True:
        if should_stop():
            raise Stopped
        if breach := watchdog.breach():
            return breach
        try:
            line = lines.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            continue
        try:
            message = decode(line or b"")
        except ValueError:  # it died, in the middle of a line or between two
            return "crashed"
        watchdog.heard(message.pages if isinstance(message, Opened) else 0)
        on_message(message)
        if isinstance(message, Done | Refused):
            return "done"


def _send(stdin: IO[bytes], job: Job) -> None:
    with contextlib.suppress(OSError):  # the child is dead already, which the end of its output says too
        stdin.write(encode(job))
        stdin.flush()


def _close(stdin: IO[bytes]) -> None:
    with contextlib.suppress(OSError):  # what was left to write went to a dead child
        stdin.close()


def _pump(stdout: IO[bytes], lines: queue.Queue[bytes | None], longest: int) -> None:
    try:
        while line := stdout.readline(longest):
            lines.put(line)
    finally:
        lines.put(None)


def _longest_line(limits: Limits) -> int:
    """Bytes of a page of the greatest length with every character escaped as a surrogate pair, and some change."""
    return 12 * limits.page_characters + 100_000
