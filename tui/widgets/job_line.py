"""What the model process is doing right now, in one line that never moves anything else."""

from __future__ import annotations

import time
from collections.abc import Callable

from rich.text import Text
from textual.widgets import Static

from assistant.i18n import _
from assistant.protocol import Progress
from assistant.safe_text import one_line
from tui.progress_line import Estimate
from tui.words import amount, duration, stage_name

MIN_COLUMNS = 20
MIN_BAR_COLUMNS = 6
MAX_BAR_COLUMNS = 24


class JobLine(Static):
    def __init__(self, text: str) -> None:
        super().__init__(markup=False)
        self._estimate = Estimate()
        self._line: Callable[[int], str] = lambda _columns: text
        """The line for so many columns."""

    def on_resize(self) -> None:
        self._draw()

    def say(self, text: str) -> None:
        self._show(lambda _columns: text)

    def show(self, progress: Progress) -> None:
        left = self._estimate.seconds_left(progress, time.monotonic())
        self._show(lambda columns: progress_text(progress, left, columns))

    def _show(self, line: Callable[[int], str]) -> None:
        self._line = line
        self._draw()

    def _draw(self) -> None:
        line = self._line(max(self.size.width, MIN_COLUMNS))
        # layout=False: the line keeps its one row, so nothing has to be laid out again.
        self.update(Text(line, no_wrap=True, overflow="ellipsis"), layout=False)


def progress_text(progress: Progress, seconds_left: float | None, columns: int) -> str:
    """`Downloading the model ━━━━━───── 50% · 46.0 MB of 92.0 MB · 12 s left`; the bar takes the room there is."""
    label = stage_name(progress.stage)
    share = min(max(progress.done / progress.total, 0.0), 1.0) if progress.total > 0 else None
    line = "" if share is None else f"{share:.0%}"
    for part in (
        amount(progress.done, progress.total, progress.unit),
        _("{time} left").format(time=duration(seconds_left)) if seconds_left and seconds_left >= 1 else "",
        one_line(progress.detail),
    ):
        if part and len(label) + len(line) + len(part) + 4 <= columns:
            line += f" · {part}" if line else part
    room = columns - len(label) - len(line) - 2
    if share is not None and room >= MIN_BAR_COLUMNS:
        width = min(room, MAX_BAR_COLUMNS)
        filled = round(share * width)
        line = "━" * filled + "─" * (width - filled) + " " + line
    return f"{label} {line}" if share is not None or not line else f"{label} · {line}"
