"""The answer being written: the only live Markdown on the screen."""

from __future__ import annotations

from textual.widgets import Markdown
from textual.widgets.markdown import MarkdownStream

from assistant.safe_text import printable
from tui.markdown_parser import markdown_parser

FLUSHES_PER_SECOND = 12
"""Often enough to look continuous; each one costs a layout."""


class LiveAnswer(Markdown):
    def __init__(self) -> None:
        super().__init__(parser_factory=markdown_parser, open_links=False)
        self._text = ""
        self._unshown = ""
        self._stream: MarkdownStream | None = None

    @property
    def text(self) -> str:
        """Everything fed since the start, or since the last reset."""
        return self._text

    def on_mount(self) -> None:
        self.set_interval(1 / FLUSHES_PER_SECOND, self._flush)

    def feed(self, text: str) -> None:
        """Add to the answer; shown with the next flush."""
        self._text += text
        self._unshown += text

    async def reset(self) -> None:
        """Forget everything: the answer is written again."""
        self._text = self._unshown = ""
        await self._stop_stream()
        await self.update("")

    async def end(self) -> None:
        """Show the last of it and stop."""
        await self._flush()
        await self._stop_stream()

    async def _flush(self) -> None:
        if not self._unshown or not self.is_attached:
            return
        text, self._unshown = self._unshown, ""
        if self._stream is None:
            self._stream = Markdown.get_stream(self)
        await self._stream.write(printable(text))

    async def _stop_stream(self) -> None:
        if self._stream is not None:
            stream, self._stream = self._stream, None
            await stream.stop()
