"""What is drawn in a row: a bar with its limits, a difference beside zero. Sizes are percents, so it fits any width."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from adapters.evaluation.html.markup import Html, element
from adapters.evaluation.report import Interval

_MIDDLE = "50%"
_LARGEST = 1e6


class Scale:
    """From values to percents of the width."""

    def __init__(self, low: float, high: float) -> None:
        self._low = low
        self._span = (high - low) or 1.0

    def __call__(self, value: float) -> float:
        """Cut at both ends; what is no number is at the beginning."""
        if math.isnan(value):
            return 0.0
        return min(100.0, max(0.0, 100.0 * (value - self._low) / self._span))


def bar_scale(intervals: Iterable[Interval]) -> Scale:
    """From 0, so that a bar twice as long is twice as much, to the largest limit."""
    return Scale(0.0, max([0.0, *_ends(intervals)]))


def difference_scale(intervals: Iterable[Interval], least: float = 0.0) -> Scale:
    """With 0 in the middle and, to both sides, room for the farthest limit, or for `least`."""
    farthest = max([least, *map(abs, _ends(intervals))]) or 1.0
    return Scale(-farthest, farthest)


def _ends(intervals: Iterable[Interval]) -> list[float]:
    found = (value for each in intervals for value in (each["mean"], each["low"], each["high"]))
    return [value for value in found if is_drawable(value)]


def is_drawable(value: float | None) -> TypeGuard[float]:
    """Neither missing nor no number, nor so large that everything else would vanish beside it."""
    return value is not None and abs(value) < _LARGEST


def bar(interval: Interval, scale: Scale, colour: str, alt: str) -> Html:
    """A bar from 0 to the mean, and a whisker from limit to limit."""
    return track(alt, _rectangle(interval["mean"], scale, colour), *whisker(interval, scale))


def share_bar(share: float, scale: Scale, colour: str, alt: str, chance: float) -> Html:
    """A bar from 0 to `share`, and a dashed line at what chance gives."""
    x = f"{scale(chance):.2f}%"
    return track(alt, _rectangle(share, scale, colour), element("line", x1=x, x2=x, y1="0", y2="100%", class_="zero"))


def dot(interval: Interval, scale: Scale, colour: str, alt: str, zones: Sequence[Html] = ()) -> Html:
    """A dot at the mean, a whisker from limit to limit, and a dashed line at 0."""
    zero = f"{scale(0.0):.2f}%"
    return track(
        alt,
        *zones,
        element("line", x1=zero, x2=zero, y1="0", y2="100%", class_="zero"),
        *whisker(interval, scale),
        element("circle", cx=f"{scale(interval['mean']):.2f}%", cy=_MIDDLE, r="5", class_=f"dot {colour}"),
    )


def zone(low: float, high: float, scale: Scale, colour: str) -> Html:
    left, right = scale(low), scale(high)
    return element(
        "rect", x=f"{left:.2f}%", y="0", width=f"{right - left:.2f}%", height="100%", class_=f"zone-{colour}"
    )


def whisker(interval: Interval, scale: Scale) -> list[Html]:
    """Nothing where the limits are not known."""
    low, high = interval["low"], interval["high"]
    if low is None or high is None:
        return []
    left, right = f"{scale(low):.2f}%", f"{scale(high):.2f}%"
    ends = [element("line", x1=x, x2=x, y1="32%", y2="68%", class_="whisker") for x in (left, right)]
    return [element("line", x1=left, x2=right, y1=_MIDDLE, y2=_MIDDLE, class_="whisker"), *ends]


def row(name: str, drawn: Html, value: str, *under: str) -> Html:
    """A name, what is drawn for it, and the number; below the number, smaller, what belongs to it."""
    lines = (element("small", line) for line in under if line)
    return element(
        "div", element("span", name, class_="name"), drawn, element("span", value, *lines, class_="value"), class_="row"
    )


def heading(words: str) -> Html:
    """Above the rows that it explains."""
    return element("div", words, class_="apart")


def _rectangle(value: float, scale: Scale, colour: str) -> Html:
    return element("rect", x="0", y="22%", width=f"{scale(value):.2f}%", height="56%", rx="2", class_=f"bar-{colour}")


def track(alt: str, *children: Html) -> Html:
    return element("svg", element("title", alt), *children, class_="track", role="img")
