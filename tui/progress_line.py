"""Progress on stderr: one line redrawn in place on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from typing import TextIO

from assistant.protocol import Progress
from assistant.safe_text import one_line, printable
from tui.streams import is_utf8
from tui.words import amount, stage_name, time_left

REDRAW_SECONDS = 0.1
SETTLE_SECONDS = 2.0
"""An estimate made from less than this is a guess, and is not shown."""
QUIET_SECONDS = 30.0
"""Without a terminal, a stage that goes on speaks again after this long."""
MIN_BAR_COLUMNS, BAR_COLUMNS = 6, 20


class Estimate:
    """Time left, from the job's own estimate or from the pace since the stage began."""

    def __init__(self) -> None:
        self._stage = ""
        self._began = 0.0
        self._first_done = 0.0

    def seconds_left(self, progress: Progress, now: float) -> float | None:
        """None while there is too little to go by."""
        if progress.stage != self._stage or progress.done < self._first_done:
            self._stage, self._began, self._first_done = progress.stage, now, progress.done
        if progress.seconds_left is not None:
            return progress.seconds_left
        advanced, elapsed = progress.done - self._first_done, now - self._began
        if progress.total <= 0 or advanced <= 0 or elapsed < SETTLE_SECONDS:
            return None
        return elapsed / advanced * max(progress.total - progress.done, 0)


class ProgressLine:
    """One line on a terminal. Redrawn with a carriage return and spaces only, which every console understands."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._estimate = Estimate()
        self._drawn = 0
        self._stage = ""
        self._last = 0.0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        left = self._estimate.seconds_left(progress, now)
        finished = 0 < progress.total <= progress.done
        if progress.stage == self._stage and now - self._last < REDRAW_SECONDS and not finished:
            return
        self._stage, self._last = progress.stage, now
        self._draw(describe(progress, left, columns_of(self._stream), is_utf8(self._stream)))

    def live(self, parts: Sequence[str]) -> None:
        """This line in the place of the one before; the last parts are dropped where there is no room."""
        self._stage = ""
        self._draw(_fitting(parts, columns_of(self._stream)))

    def clear(self) -> None:
        """Leave an empty line with the cursor at its start."""
        if self._drawn:
            self._write("\r" + " " * self._drawn + "\r")
            self._drawn = 0
            self._last = 0.0

    def _draw(self, text: str) -> None:
        self._write("\r" + text + " " * max(0, self._drawn - len(text)))
        self._drawn = len(text)

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError):  # a closed stderr: nobody is watching
            self._stream.write(text)
            self._stream.flush()


class StageLines:
    """Where nobody watches (a log, a pipe): a line when a stage is first met, then one now and again."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._estimate = Estimate()
        self._met: set[str] = set()
        self._last = 0.0

    def show(self, progress: Progress) -> None:
        now = time.monotonic()
        left = self._estimate.seconds_left(progress, now)
        if progress.stage in self._met and now - self._last < QUIET_SECONDS:
            return
        self._met.add(progress.stage)
        self._last = now
        self.live(_parts(progress, left))

    def live(self, parts: Sequence[str]) -> None:
        """A line of its own: whoever reads a log wants all of them."""
        with contextlib.suppress(OSError):
            self._stream.write("  ".join(parts) + "\n")
            self._stream.flush()

    def clear(self) -> None:
        """Nothing is ever redrawn here."""


def describe(progress: Progress, seconds_left: float | None, columns: int, utf8: bool = True) -> str:
    """The line that fits in `columns`: what goes on, a bar, how much, how long; the last parts are dropped first."""
    label, *rest = _parts(progress, seconds_left)
    if progress.total > 0:
        share = min(max(progress.done / progress.total, 0.0), 1.0)
        full, empty = ("█", "░") if utf8 else ("#", "-")
        bar_columns = _bar_columns([label, f"{share:4.0%}", *rest[:2]], columns)
        filled = round(share * bar_columns)
        rest[:0] = [full * filled + empty * (bar_columns - filled), f"{share:4.0%}"]
        if columns < 60:
            del rest[0]
    return _fitting([label, *rest], columns)


def _bar_columns(beside: Sequence[str], columns: int) -> int:
    """Fewer where the time left would have no room else."""
    room = columns - sum(len(part) + 2 for part in beside)
    return min(BAR_COLUMNS, max(room, MIN_BAR_COLUMNS))


def _fitting(parts: Sequence[str], columns: int) -> str:
    """As many of the parts as there is room for, from the first one on."""
    line, *rest = parts
    for part in rest:
        if len(line) + 2 + len(part) > columns:
            break
        line += "  " + part
    return line[:columns]


def _parts(progress: Progress, seconds_left: float | None) -> list[str]:
    """Stage, amount, time left and detail, in the order of their worth; empty ones left out."""
    detail = one_line(progress.detail)
    parts = [
        printable(stage_name(progress.stage)),
        amount(progress.done, progress.total, progress.unit),
        time_left(seconds_left) if seconds_left and seconds_left >= 1 else "",
        detail,
    ]
    return [part for part in parts if part]


def columns_of(stream: TextIO) -> int:
    """Width of the terminal less one: a full line makes some consoles wrap."""
    try:
        return max(20, os.get_terminal_size(stream.fileno()).columns - 1)
    except (OSError, ValueError):
        return 79
