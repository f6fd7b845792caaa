"""A finished message as one widget: drawn once per width, selectable, copyable.

A live `Markdown` of an ordinary answer is about 46 widgets, each of which is laid out again with every change on the
screen; a conversation of those crawls. This is one, and keeps its lines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from assistant.safe_text import printable

Kind = Literal["question", "answer", "document", "notice", "warning", "error"]

MakeNotes = Callable[[int], list[str]]
"""(columns) → lines of that width or less."""

MAX_TEXT_COLUMNS = 100
"""Longer lines are hard to read: the eye loses the beginning of the next one."""

_NOTE = Style(dim=True)
_FOOTNOTE = Style(dim=True, italic=True)


class FrozenMessage(Widget):
    """`source` is Markdown for answers and notices, plain text for what a person typed."""

    def __init__(
        self, source: str, kind: Kind, *, footnote: str = "", notes: MakeNotes | None = None, queued: bool = False
    ) -> None:
        """`notes` makes what is said between the text and the footnote for a width."""
        super().__init__(classes=f"-{kind}")
        self.source = printable(source)
        self.kind: Kind = kind
        self._footnote = printable(footnote)
        self._notes = notes
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
        strip = self._selected(self._marked(self._strips[y].apply_style(base), y), y)
        return strip.extend_cell_length(width, base).crop(0, width).apply_offsets(0, y)

    def _marked(self, strip: Strip, y: int) -> Strip:  # noqa: ARG002 - for kinds of message that mark something
        return strip

    def _selected(self, strip: Strip, y: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(y) if selection is not None else None
        if span is None:
            return strip
        start, end = span
        length = strip.cell_length
        end = length if end == -1 else min(end, length)
        return painted(strip, start, end, self.screen.get_component_rich_style("screen--selection", partial=True))

    def _draw(self, width: int) -> None:
        look = (width, self.app.theme)
        if look == self._drawn_for:
            return
        self._drawn_for = look
        self._strips = [Strip(line) for line in self._lines(max(1, min(width, MAX_TEXT_COLUMNS)))]

    def _lines(self, width: int) -> list[list[Segment]]:
        # Deferred: Rich's Markdown is not needed for the first screen.
        from tui.rich_markdown import plain_lines

        lines: list[list[Segment]] = []
        if self.kind == "question":
            lines = plain_lines(self.source, width)
        elif self.source.strip():
            lines = self._markdown_lines(self.source, width)
        if self._notes is not None and (notes := printable("\n".join(self._notes(width)))):
            lines += [[], *(list(Segment.apply_style(line, _NOTE)) for line in plain_lines(notes, width))]
        if self._footnote:
            lines += [list(Segment.apply_style(line, _FOOTNOTE)) for line in plain_lines(self._footnote, width)]
        return lines

    def _markdown_lines(self, source: str, width: int) -> list[list[Segment]]:
        from tui.rich_markdown import markdown_lines

        return markdown_lines(source, width, colours=self.app.theme_variables, dark=self.app.current_theme.dark)


def painted(strip: Strip, first: int, behind: int, style: Style) -> Strip:
    """The strip with these columns in another style."""
    middle = Strip(Segment.apply_style(strip.crop(first, behind), post_style=style))
    return Strip.join([strip.crop(0, first), middle, strip.crop(behind, strip.cell_length)])
