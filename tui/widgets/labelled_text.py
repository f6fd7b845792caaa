"""A text under its name, to be scrolled through; another one can take its place."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from assistant.safe_text import one_line, printable


class LabelledText(Vertical):
    def __init__(self, title: str = "", *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._head = Static(Text(one_line(title)), classes="head")
        self._body = Static(markup=False)
        self.scroll = VerticalScroll(self._body)
        """What the keys scroll, when this text has the focus."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.scroll

    def show(self, title: str, text: str, note: str = "") -> None:
        """From its beginning; what comes from strangers or a model is made harmless. `note` is said beneath it."""
        self._head.update(Text(one_line(title)))
        shown = Text(printable(text).strip() or "–")
        if note:
            shown.append(f"\n\n{printable(note)}", "dim")
        self._body.update(shown)
        self.scroll.scroll_home(animate=False)
