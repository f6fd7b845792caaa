"""Ctrl-C while a job runs: the first asks it to stop and keeps what there is, the second leaves at once."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Generator

from assistant.errors import ExitCode
from assistant.generation import ShouldStop


@contextlib.contextmanager
def stop_on_interrupt(announce: Callable[[], None]) -> Generator[ShouldStop]:
    """Yield the question "did somebody press Ctrl-C?"; `announce` is called at the first press.

    Elsewhere Python's own handler raises KeyboardInterrupt, which is right for imports, prompts and printing, but
    would tear a job apart in the middle of a step.
    """
    presses = 0

    def pressed(_signal: int, _frame: object) -> None:
        nonlocal presses
        presses += 1
        if presses > 1:
            os._exit(ExitCode.CANCELLED)
        with contextlib.suppress(RuntimeError):  # the press came in the middle of a write to the same stream
            announce()

    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started in the background, not to be interrupted
        yield lambda: False
        return
    previous = signal.signal(signal.SIGINT, pressed)
    try:
        yield lambda: presses > 0
    finally:
        signal.signal(signal.SIGINT, previous)
