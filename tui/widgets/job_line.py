"""What the model process is doing right now, in one line that never moves anything else."""

from __future__ import annotations

import time
from collections import deque

from rich.text import Text
from textual.widgets import Static

from assistant.i18n import _
from assistant.protocol import Progress, TrainStep
from tui.progress_line import Estimate, describe
from tui.words import time_left

SPARKS = "▁▂▃▄▅▆▇█"
SPARK_COLUMNS = 16


class JobLine(Static):
    def __init__(self, text: str) -> None:
        super().__init__(Text(text), markup=False)
        self._estimate = Estimate()
        self._losses: deque[float] = deque(maxlen=SPARK_COLUMNS)

    def show(self, progress: Progress) -> None:
        left = self._estimate.seconds_left(progress, time.monotonic())
        self.say(describe(progress, left, max(self.size.width, 20)))

    def show_training(self, step: TrainStep) -> None:
        self._losses.append(step.loss)
        self.say(training_line(step, sparkline(self._losses), max(self.size.width, 20)))

    def say(self, line: str) -> None:
        # layout=False: the line keeps its one row, so nothing has to be laid out again.
        self.update(Text(line, no_wrap=True, overflow="ellipsis"), layout=False)


def training_line(step: TrainStep, curve: str, columns: int) -> str:
    """`Step 12 of 60 · loss 2.134 ▇▅▃ · learning rate 0.0001 · about 3 min left`; the end is dropped to fit."""
    line = _("Step {step} of {total}").format(step=step.step, total=step.total_steps)
    for part in (
        _("loss {loss:.3f}").format(loss=step.loss) + (f" {curve}" if columns >= 60 else ""),
        time_left(step.seconds_left) if step.seconds_left >= 1 else "",
        _("learning rate {rate:.2g}").format(rate=step.learning_rate),
    ):
        if part and len(line) + 3 + len(part) <= columns:
            line += " · " + part
    return line


def sparkline(values: deque[float]) -> str:
    """Each value as a bar between the lowest and the highest of them."""
    finite = [value for value in values if value == value and abs(value) != float("inf")]
    if len(finite) < 2:
        return ""
    low, high = min(finite), max(finite)
    scale = (len(SPARKS) - 1) / (high - low) if high > low else 0
    return "".join(SPARKS[round((value - low) * scale)] for value in finite)
