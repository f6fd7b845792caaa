"""What reading one untrusted file may cost, and how that is enforced.

The child limits itself (`limit_this_process`), and the system keeps it to that: resource limits on POSIX, a job
object on Windows. macOS ignores the limit on memory and a job may be refused, so the parent watches as well
(`Watchdog`); it is also the only one that notices a child that merely waits.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Limits:
    file_bytes: int = 500 << 20
    text_bytes: int = 64 << 20
    """Of a plain text file, which is read in our own process: a shelf of 100 thick books."""
    memory_bytes: int = 1536 << 20
    """Of the child: its address space on Linux, its resident memory elsewhere."""
    cpu_seconds: int = 120
    silent_seconds: float = 60.0
    """A child that finishes no page for this long is stuck."""
    start_seconds: float = 60.0
    page_seconds: float = 1.0
    """Wall time in all: `start_seconds` + `page_seconds` for each page."""
    recognition_seconds: float = 120.0
    """Wall time for tesseract on one page. That is mostly one to three, but more on a grainy one or a busy machine."""
    pages: int = 20_000
    page_characters: int = 1_000_000
    """Far above the densest printed page; a page with more is an attack or a mistake."""
    document_characters: int = 50_000_000


LIMITS = Limits()

Breach = Literal["memory", "time", "stuck"]


def limit_this_process(limits: Limits) -> None:
    """Ask the system to end this process, and whatever it starts, when it takes more."""
    if sys.platform == "win32":
        from assistant.documents.child import windows_job

        windows_job.limit_this_process(limits.memory_bytes, limits.cpu_seconds)
        return
    import resource  # POSIX only

    for kind, amount in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        # macOS refuses RLIMIT_AS, a container may have set a lower hard limit: the watchdog is still there.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (amount, amount))


class Watchdog:
    """Looks at a child from outside and says when it takes too much."""

    def __init__(self, pid: int, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._pid = pid
        self._limits = limits
        self._clock = clock
        self._started = self._heard = clock()
        self._pages = 0

    def heard(self, pages: int = 0) -> None:
        """The child said something; `pages` is how many the file has, once that is known."""
        self._heard = self._clock()
        self._pages = max(self._pages, pages)

    def breach(self) -> Breach | None:
        """Which limit the child has passed, if any. Cheap enough to ask ten times a second."""
        now = self._clock()
        if now - self._heard > self._limits.silent_seconds:
            return "stuck"
        if now - self._started > self._limits.start_seconds + self._pages * self._limits.page_seconds:
            return "time"
        memory_bytes, cpu_seconds = self._usage()
        if memory_bytes > self._limits.memory_bytes:
            return "memory"
        return "time" if cpu_seconds > self._limits.cpu_seconds else None

    def _usage(self) -> tuple[int, float]:
        import psutil  # deferred: 20 ms that fit into the time the child takes to start

        try:
            processes = [psutil.Process(self._pid)]
            # On Windows python.exe of a virtual environment starts the real one. macOS, which limits nobody's memory,
            # leaves it to us to look after tesseract too.
            if sys.platform != "linux":
                processes += processes[0].children(recursive=True)
            times = [process.cpu_times() for process in processes]
            memory_bytes = sum(process.memory_info().rss for process in processes)
            return memory_bytes, sum(used.user + used.system for used in times)
        except psutil.Error:  # it has just ended
            return 0, 0.0
