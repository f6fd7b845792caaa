"""Bars and intervals drawn with block characters, nothing that a font may lack. Pure.

Shape and place say what colour says, too: an interval that stays to the right of the line in the middle is a gain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MIN_COLUMNS = 5
ZERO, MEAN, SPAN, CROSSED = "│", "●", "━", "┿"
SURE, UNSURE_BELOW, UNSURE_ABOVE = "█", "▓", "░"


@dataclass(frozen=True)
class Span:
    """A mean and its interval; without ends where there are too few documents to say."""

    mean: float
    low: float | None = None
    high: float | None = None

    def turned(self) -> Span:
        """With the other sign, for a metric where lower is better."""
        return Span(-self.mean, _minus(self.high), _minus(self.low))

    @property
    def ends(self) -> tuple[float, float]:
        """The mean alone where there is no interval."""
        low, high = (self.mean if end is None else end for end in (self.low, self.high))
        return min(low, self.mean), max(high, self.mean)

    @property
    def is_finite(self) -> bool:
        return all(map(math.isfinite, (self.mean, *self.ends)))


def gain_bar(gain: Span, columns: int, reach: float = 0.0) -> str:
    """`   │ ━━●━━ `: a difference around the zero in the middle. Better must be above zero.

    From the middle to each end is `reach`, or more where the interval goes further: small changes look small.
    As wide as asked for, less one where that is even. Empty where there is no room, or nothing to draw.
    """
    half = (columns - 1) // 2
    if columns < MIN_COLUMNS or not gain.is_finite:
        return ""
    low, high = gain.ends
    reach = max(abs(low), abs(high), reach) or 1.0

    def place(value: float) -> int:
        return half + round(value / reach * half)

    cells = [" "] * (2 * half + 1)
    for at in range(place(low), place(high) + 1):
        cells[at] = SPAN
    cells[half] = ZERO if cells[half] == " " else CROSSED
    cells[place(gain.mean)] = MEAN
    return "".join(cells)


def value_bar(value: Span, most: float, columns: int) -> str:
    """`█████▓▓░░`: solid as far as the value surely goes, lighter where it may end; `most` fills all columns."""
    if columns < 1 or not value.is_finite or not math.isfinite(most) or most <= 0:
        return ""
    low, high = value.ends
    sure, middle, end = (round(min(max(part, 0.0), most) / most * columns) for part in (low, value.mean, high))
    return SURE * sure + UNSURE_BELOW * (middle - sure) + UNSURE_ABOVE * (end - middle)


def _minus(value: float | None) -> float | None:
    return None if value is None else -value
