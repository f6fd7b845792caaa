"""The steps of a screen in one line, to be clicked; where there is little room, only the one it is at."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.style import Style
from textual.widgets import Static


class StepBar(Static):
    def __init__(self, steps: Sequence[tuple[str, str]]) -> None:
        """(name, as it is drawn); a click runs the screen's action `step(name)`."""
        super().__init__()
        self._steps = steps
        self._at = steps[0][0]

    def on_resize(self) -> None:
        self._draw()

    def stand_at(self, step: str) -> None:
        self._at = step
        self._draw()

    def _draw(self) -> None:
        drawn = [self._drawn(number, name, label) for number, (name, label) in enumerate(self._steps, start=1)]
        whole = Content(" › ").join(drawn)
        if whole.cell_length > self.size.width:
            position = next(at for at, (name, _label) in enumerate(self._steps) if name == self._at)
            whole = drawn[position] + Content(f" · {position + 1}/{len(self._steps)}")
        self.update(whole, layout=False)

    def _drawn(self, number: int, name: str, label: str) -> Content:
        drawn = Content(f" {number} {label} ").stylize(Style.from_meta({"@click": f"screen.step('{name}')"}))
        return drawn.stylize("bold reverse") if name == self._at else drawn
