"""The curve of a training: the surprise on its own examples and on documents kept aside, step by step."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from adapters.evaluation.html.marks import Scale, is_drawable
from adapters.evaluation.html.markup import Html, element, join
from assistant.i18n import _
from assistant.units import format_number

_MAX_POINTS = 400
_TICKS = 4
_FINE = 0.02
_MIDDLE_FROM = 10
"""Steps: with fewer, the middle is no step."""

Point = tuple[float, float]


def curve(run: Mapping[str, Any]) -> Html:
    """Empty where less than two points were recorded."""
    trained, held_out = _thinned(_points(run.get("curve"))), _points(run.get("held_out"))
    points = [*trained, *held_out]
    if max(len(trained), len(held_out)) < 2:
        return Html()
    steps = Scale(0, max(step for step, _loss in points))
    low, high = min(loss for _step, loss in points), max(loss for _step, loss in points)
    margin = 0.06 * (high - low or 1.0)
    low, high = max(0.0, low - margin), high + margin
    drawing = _drawing(trained, held_out, run.get("kept_step"), steps, Scale(low, high), _alt(held_out or trained))
    digits = 3 if high - low < _FINE * _TICKS else 2
    ticks = [format_number(low + (high - low) * number / _TICKS, digits) for number in range(_TICKS + 1)]
    last = max(step for step, _loss in points)
    return join(
        element("h3", _("The curve of the training")),
        element(
            "p",
            _(
                "The surprise (loss) step by step. On its examples it falls as the adapter learns them; what counts is "
                "how it falls on documents that it is not trained on. Where that line rises again, the adapter begins "
                "to learn by heart."
            ),
            class_="soft",
        ),
        element("div", _spans("ticks-y", ticks), drawing, _spans("ticks-x", _steps(last)), class_="curve"),
        _legend(trained, held_out, run.get("kept_step")),
    )


def _drawing(
    trained: Sequence[Point], held_out: Sequence[Point], kept: Any, steps: Scale, losses: Scale, alt: str
) -> Html:
    """Lines are stretched with the drawing, dots and the width of lines are not."""
    grid = [
        element(
            "line", x1="0", x2="100%", y1=f"{100 * number / _TICKS:g}%", y2=f"{100 * number / _TICKS:g}%", class_="grid"
        )
        for number in range(_TICKS + 1)
    ]
    lines = element(
        "svg",
        *(
            element("path", d=_path(points, steps, losses), class_=name, vector_effect="non-scaling-stroke")
            for points, name in ((trained, "trained"), (held_out, "held-out"))
            if points
        ),
        viewBox="0 0 100 100",
        preserveAspectRatio="none",
    )
    dots = [
        element("circle", cx=f"{steps(step):.2f}%", cy=f"{100 - losses(loss):.2f}%", r="3.5") for step, loss in held_out
    ]
    return element("svg", element("title", alt), *grid, *_kept_line(kept, steps), lines, *dots, role="img")


def _kept_line(kept: Any, steps: Scale) -> list[Html]:
    if not isinstance(kept, int | float) or kept <= 0:
        return []
    x = f"{steps(kept):.2f}%"
    return [element("line", x1=x, x2=x, y1="0", y2="100%", class_="kept")]


def _path(points: Sequence[Point], steps: Scale, losses: Scale) -> str:
    return "M" + "L".join(f"{steps(step):.2f} {100 - losses(loss):.2f}" for step, loss in points)


def _legend(trained: Sequence[Point], held_out: Sequence[Point], kept: Any) -> Html:
    entries = ((trained, "bar-base", _("on its examples")), (held_out, "bar-adapter", _("on unseen documents")))
    items = [
        element("li", element("svg", element("rect", y="25%", width="100%", height="50%", class_=fill)), words)
        for points, fill, words in entries
        if points
    ]
    if isinstance(kept, int | float) and kept > 0:
        line = element("line", x1="0", x2="100%", y1="50%", y2="50%", class_="kept")
        items.append(element("li", element("svg", line), _("the step that was kept: {step}").format(step=f"{kept:g}")))
    return element("ul", *items, class_="legend")


def _alt(points: Sequence[Point]) -> str:
    (first, before), (last, after) = points[0], points[-1]
    return _("The curve of the surprise (loss): {before} at step {first}, {after} at step {last}.").format(
        before=format_number(before, 3), first=f"{first:g}", after=format_number(after, 3), last=f"{last:g}"
    )


def _spans(name: str, labels: Sequence[str]) -> Html:
    return element("div", *(element("span", label) for label in labels), class_=name, aria_hidden="true")


def _steps(last: float) -> list[str]:
    middle = [f"{last / 2:.0f}"] if last >= _MIDDLE_FROM else []
    return [_("step {step}").format(step=0), *middle, f"{last:g}"]


def _points(rows: Any) -> list[Point]:
    """What can be drawn of [[step, loss]]: a training that lost its way may have recorded anything."""
    pairs = cast("list[Any]", rows) if isinstance(rows, list) else []
    return [(float(step), float(loss)) for step, loss in pairs if is_drawable(step) and is_drawable(loss) and loss >= 0]


def _thinned(points: list[Point]) -> list[Point]:
    """At most `_MAX_POINTS`: each the mean of as many neighbours."""
    size = math.ceil(len(points) / _MAX_POINTS)
    if size <= 1:
        return points
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return [
        (sum(step for step, _loss in group) / len(group), sum(loss for _step, loss in group) / len(group))
        for group in groups
    ]
