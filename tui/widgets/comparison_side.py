"""One side of a comparison: its name, its text as it is written, and what is counted of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from assistant.safe_text import one_line
from tui.widgets.frozen_message import FrozenMessage

if TYPE_CHECKING:
    from tui.widgets.live_answer import LiveAnswer


class ComparisonSide(Vertical):
    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._head = Static(self._line(title), classes="head")
        self.body = VerticalScroll()
        """What the keys scroll, when this side has the focus."""
        self._foot = Static("", classes="foot")
        self._foot.display = False
        self._answer: LiveAnswer | None = None
        self.source = ""
        """What it has written, as Markdown."""

    def compose(self) -> ComposeResult:
        yield self._head
        yield self.body
        yield self._foot

    @property
    def title(self) -> str:
        return self._title

    def entitle(self, title: str) -> None:
        self._title = title
        self._head.update(self._line(title))

    def count(self, line: str) -> None:
        """Say that beneath the text."""
        self._foot.display = True
        self._foot.update(self._line(line))

    async def write(self, text: str) -> None:
        if self._answer is None:
            from tui.widgets.live_answer import LiveAnswer  # deferred, as its Markdown is

            self._answer = LiveAnswer()
            await self.body.mount(self._answer)
        self.source += text
        self._answer.feed(text)

    async def begin_again(self) -> None:
        self.source = ""
        if self._answer is not None:
            await self._answer.reset()

    async def finish(self, text: str = "", footnote: str = "") -> None:
        """No more is written: `text` is all of it, or what was written where it is empty. Nothing when it is done."""
        self.source = text or self.source
        if self._answer is None and (self.body.query(FrozenMessage) or not self.source):
            return
        message = FrozenMessage(self.source, "answer", footnote=footnote)
        if self._answer is not None:
            await self._answer.end()
            await self._answer.remove()
            self._answer = None
        await self.body.mount(message)

    async def fail(self, text: str) -> None:
        """Say as Markdown why there is no more."""
        await self.finish()
        await self.body.mount(FrozenMessage(text, "error"))

    @staticmethod
    def _line(text: str) -> Text:
        return Text(one_line(text), no_wrap=True, overflow="ellipsis")
