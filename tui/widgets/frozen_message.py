"""A finished message as one widget: drawn once per width, selectable, copyable.

A live `Markdown` of an ordinary answer is about 46 widgets, each of which is laid out again with every change on the
screen; a conversation of those crawls. This is one, and keeps its lines.
"""

from __future__ import annotations

from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from assistant.safe_text import printable

Kind = Literal["question", "answer", "document", "notice", "warning", "error"]

MAX_TEXT_COLUMNS = 100
"""Longer lines are hard to read: the eye loses the beginning of the next one."""


class FrozenMessage(Widget):
    """`source` is Markdown for answers and notices, plain text for what a person typed."""

    def __init__(self, source: str, kind: Kind, *, footnote: str = "", queued: bool = False) -> None:
        super().__init__(classes=f"-{kind}")
        self.source = printable(source)
        self.kind: Kind = kind
        self._footnote = printable(footnote)
        self._strips: list[Strip] = []
        self._drawn_for: tuple[int, str] = (-1, "")
        self.set_class(queued, "-queued")

    @property
    def footnote(self) -> str:
        """Said beneath the text, dim: how fast it came, that it was stopped."""
        return self._footnote

    @footnote.setter
    def footnote(self, text: str) -> None:
        self._footnote = printable(text)
        self._drawn_for = (-1, "")
        self.refresh(layout=True)

    @property
    def text(self) -> str:
        """What it shows, as it is laid out now."""
        return "\n".join(strip.text.rstrip() for strip in self._strips)

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002 - Textual's signature
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        self._draw(width)
        return len(self._strips)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        return selection.extract(self.text), "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        self._draw(width)
        base = self.rich_style
        if y >= len(self._strips):
            return Strip.blank(width, base)
        strip = self._selected(self._strips[y].apply_style(base), y)
        return strip.extend_cell_length(width, base).crop(0, width).apply_offsets(0, y)

    def _selected(self, strip: Strip, y: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(y) if selection is not None else None
        if span is None:
            return strip
        start, end = span
        length = strip.cell_length
        end = length if end == -1 else min(end, length)
        style = self.screen.get_component_rich_style("screen--selection", partial=True)
        marked = Strip(Segment.apply_style(strip.crop(start, end), post_style=style))
        return Strip.join([strip.crop(0, start), marked, strip.crop(end, length)])

    def _draw(self, width: int) -> None:
        look = (width, self.app.theme)
        if look == self._drawn_for:
            return
        self._drawn_for = look
        self._strips = [Strip(line) for line in self._lines(max(1, min(width, MAX_TEXT_COLUMNS)))]

    def _lines(self, width: int) -> list[list[Segment]]:
        # Deferred: Rich's Markdown is not needed for the first screen.
        from tui.rich_markdown import markdown_lines, plain_lines

        lines: list[list[Segment]] = []
        if self.kind == "question":
            lines = plain_lines(self.source, width)
        elif self.source.strip():
            lines = markdown_lines(
                self.source, width, colours=self.app.theme_variables, dark=self.app.current_theme.dark
            )
        if self._footnote:
            note = plain_lines(self._footnote, width)
            lines += [list(Segment.apply_style(line, Style(dim=True, italic=True))) for line in note]
        return lines
