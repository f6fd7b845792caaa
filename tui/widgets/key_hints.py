"""The keys worth knowing, at the foot. Each can be clicked. Where there is little room, the way out stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui.actions import actions, key_label


class Hint(NamedTuple):
    key: str
    """As it is drawn: `^O`."""
    label: str
    action: str
    """What a click does, as a binding names it."""


GAP = "   "


class KeyHints(Static):
    def __init__(self, hints: Sequence[Hint] | None = None) -> None:
        """Without hints, those of the table of actions."""
        super().__init__()
        self._hints = hints

    def show(self, hints: Sequence[Hint]) -> None:
        """Others from now on."""
        self._hints = hints
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        hints = _of_actions() if self._hints is None else self._hints
        drawn = _fitting([_drawn(hint) for hint in hints], self.size.width)
        self.update(Content(GAP).join(drawn), layout=False)


def _of_actions() -> list[Hint]:
    return [
        Hint(key_label(action.key), action.label, f"screen.run('{action.name}')")
        for action in actions()
        if action.label
    ]


def _fitting(drawn: list[Content], columns: int) -> list[Content]:
    """As many as there is room for, and the last one, which leads out."""
    while len(drawn) > 1 and sum(one.cell_length for one in drawn) + len(GAP) * (len(drawn) - 1) > columns:
        drawn = [*drawn[:-2], drawn[-1]]
    return drawn


def _drawn(hint: Hint) -> Content:
    click = Style.from_meta({"@click": hint.action})
    return Content.assemble((hint.key, "bold"), " ", hint.label).stylize(click)
