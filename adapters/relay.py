"""Turn work that calls back into a generator of events.

Fetching and loading a model report progress by calling a function; a job is a generator. The work runs in a thread
of its own and what it reports comes out of the generator, so that a front end stays in charge of its own loop.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from assistant.protocol import Event, Notice, Progress

T = TypeVar("T")
Emit = Callable[[Event], None]


def relay(work: Callable[[Emit], T]) -> Generator[Event, None, T]:
    """Yield what `work` emits, return what it returns, raise what it raises."""
    outbox: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
    outcome: list[Any] = []
    failure: list[BaseException] = []

    def body() -> None:
        try:
            outcome.append(work(outbox.put))
        except BaseException as error:
            failure.append(error)
        finally:
            outbox.put(None)

    threading.Thread(target=body, name="sunto-relay", daemon=True).start()
    while (event := _next(outbox)) is not None:
        yield event
    if failure:
        raise failure[0]
    return outcome[0]


def _next(outbox: queue.SimpleQueue[Event | None]) -> Event | None:
    while True:
        try:
            # On Windows a wait without an end would keep Ctrl-C from being noticed.
            return outbox.get(timeout=0.2)
        except queue.Empty:
            continue


class Reporter:
    """Emits `Progress` events with an estimate, at most ten a second."""

    INTERVAL_SECONDS = 0.1
    ESTIMATE_AFTER_SECONDS = 2.0
    ESTIMATE_AFTER_SHARE = 0.05
    """Of the whole: a pace measured on less than this once promised 47 minutes for a minute's work."""

    def __init__(self, job: str, emit: Emit) -> None:
        self._job = job
        self._emit = emit
        self._stage = ""
        self._started = 0.0
        self._first = 0.0
        self._last = 0.0

    def progress(self, stage: str, done: float, total: float, unit: str = "", detail: str = "") -> None:
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._started, self._first, self._last = stage, now, done, 0.0
        if now - self._last < self.INTERVAL_SECONDS and done < total:
            return
        self._last = now
        self._emit(
            Progress(
                job=self._job,
                stage=stage,
                done=done,
                total=total,
                unit=unit,
                detail=detail,
                seconds_left=self._seconds_left(done, total, now),
            )
        )

    def skip(self, amount: float) -> None:
        """So much of the stage that has begun was done before it: it says nothing of the pace."""
        self._first += amount

    def notice(self, level: str, message: str, hint: str = "") -> None:
        self._emit(Notice(job=self._job, level=level, message=message, hint=hint))

    def _seconds_left(self, done: float, total: float, now: float) -> float | None:
        """From the pace since the stage began; what was there before (a resumed download) does not count."""
        advanced = done - self._first
        if now - self._started < self.ESTIMATE_AFTER_SECONDS or advanced < self.ESTIMATE_AFTER_SHARE * total:
            return None
        return (now - self._started) * (total - done) / advanced if advanced > 0 else None
