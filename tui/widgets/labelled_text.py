"""A text under its name, to be scrolled through; another one can take its place."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.events import Click
from textual.widgets import Static

from assistant.safe_text import one_line, printable


class LabelledText(Vertical):
    def __init__(self, action: str = "", *, classes: str = "") -> None:
        """A click on the line with its name runs that action, if one is given."""
        super().__init__(classes=classes)
        self._action = action
        self._head = Static(markup=False, classes="head")
        self._body = Static(markup=False)
        self.scroll = VerticalScroll(self._body)
        """What the keys scroll, when this text has the focus."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.scroll

    async def on_click(self, event: Click) -> None:
        if self._action and self._head.region.contains(round(event.screen_x), round(event.screen_y)):
            await self.run_action(self._action)

    def show(self, title: str, text: str) -> None:
        """From its beginning; what comes from strangers or a model is made harmless."""
        self._head.update(Text(one_line(title)))
        self._body.update(Text(printable(text).strip() or "–"))
        self.scroll.scroll_home(animate=False)
