"""The curves of a training, drawn anew when they grow or there is another size to draw them in."""

from __future__ import annotations

from rich.console import Group
from rich.text import Text
from textual.widgets import Static

from assistant.i18n import _
from assistant.units import format_number, plain_number
from tui.training.curve import HELD_OUT, Line, draw, smoothed
from tui.training.live import LiveTraining, RateTest

RATE_COLOURS = ("success", "primary", "warning")


class LossChart(Static):
    def __init__(self) -> None:
        super().__init__(markup=False)
        self._lines: list[Line] = []
        self._total = 0

    def on_resize(self) -> None:
        self._draw()

    def show_training(self, live: LiveTraining | None) -> None:
        colours = self.app.theme_variables
        self._lines, self._total = [], 0
        if live is not None:
            self._lines = [
                Line(live.steps.points, colours.get("primary", "")),
                Line(live.held_out.points, colours.get("warning", ""), HELD_OUT),
            ]
            self._total = live.last.total_steps if live.last is not None else 0
        self._draw()

    def show_rates(self, test: RateTest) -> None:
        colours = self.app.theme_variables
        self._lines = [
            Line(smoothed(curve.points), colours.get(colour, ""))
            for curve, colour in zip(test.curves.values(), RATE_COLOURS, strict=False)
        ]
        self._total = test.total
        self._draw()

    def _draw(self) -> None:
        rows = draw(self._lines, self._total, self.size.width, self.size.height)
        # layout=False: its size is the layout's, not the curve's.
        self.update(Group(*rows) if rows else Text(""), layout=False)


def rate_legend(test: RateTest, colours: dict[str, str]) -> Text:
    """Which colour is which learning rate."""
    text = Text()
    for (rate, curve), colour in zip(test.curves.items(), RATE_COLOURS, strict=False):
        points = smoothed(curve.points)
        last = format_number(points[-1][1], 3) if points else "–"
        words = _("learning rate {rate}: {loss}").format(rate=plain_number(rate), loss=last)
        text.append(("   " if text else "") + "━ " + words, colours.get(colour, ""))
    return text
