"""Losses drawn with block characters: two points a cell, one above the other, nothing that a font may lack. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from assistant.units import format_number
from tui.training.live import Point

LABEL_COLUMNS = 7
"""`2.134 ┤`"""
MIN_COLUMNS = LABEL_COLUMNS + 8
MIN_ROWS = 3
HELD_OUT = "◆"
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄"}


@dataclass(frozen=True)
class Line:
    """A line through its points, and only a mark at each where `mark` is one."""

    points: Sequence[Point]
    style: str
    mark: str = ""


def draw(lines: Sequence[Line], total: int, columns: int, rows: int, muted: str = "dim") -> list[Text]:
    """So many rows, of which the last is the axis of steps, from 0 to `total`. Empty where there is no room."""
    values = [loss for line in lines for _step, loss in line.points]
    if columns < MIN_COLUMNS or rows < MIN_ROWS or not values:
        return []
    chart = _Chart(columns - LABEL_COLUMNS, rows - 1, max(total, 1), min(values), max(values))
    for line in lines:
        chart.mark(line) if line.mark else chart.trace(line)
    return [*chart.rows(muted), _axis(total, columns, muted)]


def smoothed(points: Sequence[Point], over: int = 10) -> list[Point]:
    """Each loss as the mean of the last `over`: batches differ more from each other than learning rates do."""
    losses = [loss for _step, loss in points]
    windows = [losses[max(0, at - over + 1) : at + 1] for at in range(len(losses))]
    return [(step, sum(window) / len(window)) for (step, _loss), window in zip(points, windows, strict=True)]


class _Chart:
    def __init__(self, columns: int, rows: int, total: int, low: float, high: float) -> None:
        self._columns, self._rows, self._total = columns, rows, total
        spread = high - low or max(abs(high), 1.0) * 0.1
        self._low, self._high = low - 0.04 * spread, high + 0.04 * spread
        self._dots: dict[tuple[int, int], str] = {}
        """(column, half row from the top) → style"""
        self._marks: dict[tuple[int, int], tuple[str, str]] = {}
        """(column, row) → (character, style)"""

    def trace(self, line: Line) -> None:
        heights = {column: self._half_row(loss) for column, loss in _by_column(line.points, self._column).items()}
        before: tuple[int, int] | None = None
        for column, height in sorted(heights.items()):
            first, start = before or (column, height)
            for between in range(first, column + 1):
                share = (between - first) / max(1, column - first)
                there = round(start + share * (height - start))
                self._rise(between, before[1] if before else there, there, line.style)
                before = between, there

    def _rise(self, column: int, start: int, end: int, style: str) -> None:
        """From just beyond the height of the column before to this one's, so that the line has no gaps."""
        step = 1 if end >= start else -1
        for half in range(start + (step if start != end else 0), end + step, step):
            self._dots[column, half] = style

    def mark(self, line: Line) -> None:
        for step, loss in line.points:
            self._marks[self._column(step), self._half_row(loss) // 2] = line.mark, line.style

    def _column(self, step: float) -> int:
        return min(max(round(step / self._total * (self._columns - 1)), 0), self._columns - 1)

    def _half_row(self, loss: float) -> int:
        share = (self._high - loss) / (self._high - self._low)
        return min(max(round(share * (2 * self._rows - 1)), 0), 2 * self._rows - 1)

    def rows(self, muted: str) -> list[Text]:
        return [self._row(row, muted) for row in range(self._rows)]

    def _row(self, row: int, muted: str) -> Text:
        labelled = {0: self._high, self._rows - 1: self._low, (self._rows - 1) // 2: self._at((self._rows - 1) // 2)}
        label = format_number(labelled[row], 3)[:5] if row in labelled else ""
        text = Text(f"{label:>5} {'┤' if label else '│'}", muted)
        for column in range(self._columns):
            character, style = self._cell(column, row)
            text.append(character, style)
        return text

    def _at(self, row: int) -> float:
        """The loss in the middle of a row."""
        return self._high - (2 * row + 0.5) / max(1, 2 * self._rows - 1) * (self._high - self._low)

    def _cell(self, column: int, row: int) -> tuple[str, str]:
        if marked := self._marks.get((column, row)):
            return marked
        upper, lower = (self._dots.get((column, 2 * row + half)) for half in (0, 1))
        if upper and lower and upper != lower:
            return "▀", f"{upper} on {lower}"
        return _HALVES.get((upper is not None, lower is not None), " "), upper or lower or ""


def _by_column(points: Sequence[Point], column_of: Callable[[float], int]) -> Mapping[int, float]:
    """The mean of what falls into each column."""
    sums: dict[int, tuple[float, int]] = {}
    for step, loss in points:
        column = column_of(step)
        total, count = sums.get(column, (0.0, 0))
        sums[column] = total + loss, count + 1
    return {column: total / count for column, (total, count) in sums.items()}


def _axis(total: int, columns: int, muted: str) -> Text:
    """`0 ──────── 60`"""
    end = f" {total}"
    room = columns - LABEL_COLUMNS - len(end)
    return Text(" " * (LABEL_COLUMNS - 1) + "└" + "─" * max(0, room) + end, muted)
