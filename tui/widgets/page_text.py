"""The text of one page exactly as it was read: wrapped, searchable, selectable, however long it is."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Resize
from textual.geometry import Offset, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from assistant.safe_text import printable
from tui.page_lines import Span, wrapped

MAX_TEXT_COLUMNS = 100
"""Longer lines are hard to read."""
HIT = Style(reverse=True)
CURRENT_HIT = Style(reverse=True, bold=True, underline=True)
PASSAGE = Style(reverse=True, bold=True)


class PageText(ScrollView, can_focus=True):
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("pagedown,space", "screen.read_on(1)", show=False),
        Binding("pageup", "screen.read_on(-1)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self._lines: list[Span] = [(0, 0)]
        self._columns = 0
        self._hits: Sequence[Span] = ()
        self._current: Span | None = None
        self._passage: Span | None = None

    def show(
        self, text: str, hits: Sequence[Span] = (), current: Span | None = None, passage: Span | None = None
    ) -> None:
        """Show this text from its beginning, or from the current hit on, else from the passage; hits are in order."""
        if (shown := printable(text)) != self.text:
            self.text, self._columns = shown, 0
            self.screen.clear_selection()
            self._wrap()
            self.scroll_to(y=0, animate=False, immediate=True)
        self._hits, self._current, self._passage = hits, current, passage
        if (seen := current or passage) is not None:
            self.call_after_refresh(self._scroll_to_place, seen[0])  # once it is known how far one can scroll
        self.refresh()

    @property
    def at_end(self) -> bool:
        return self.scroll_y >= self.max_scroll_y

    @property
    def at_start(self) -> bool:
        return self.scroll_y <= 0

    def on_resize(self, _event: Resize) -> None:
        top = self._lines[min(self.scroll_offset.y, len(self._lines) - 1)][0]
        if self._wrap():
            self._scroll_to_place(top, margin=0)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The text itself, not the lines that it was cut into here."""
        start = 0 if selection.start is None else self._place(selection.start)
        end = len(self.text) if selection.end is None else self._place(selection.end)
        return self.text[start:end], "\n"

    def selection_updated(self, selection: Selection | None) -> None:  # noqa: ARG002 - Textual's signature
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self.rich_style
        number = self.scroll_offset.y + y
        if number >= len(self._lines):
            return Strip.blank(width, base)
        start, end = self._lines[number]
        line = self.text[start:end].replace("\t", " ")
        strip = Strip(self._segments(line, start, self._selected(number, len(line)), base))
        return strip.extend_cell_length(width, base).crop(0, width).apply_offsets(0, number)

    def _segments(self, line: str, start: int, selected: Span | None, base: Style) -> list[Segment]:
        """The line in pieces of one style each."""
        marks = [(hit[0] - start, hit[1] - start, HIT) for hit in self._hits_in(start, start + len(line))]
        if self._passage is not None:
            marks.append((self._passage[0] - start, self._passage[1] - start, PASSAGE))
        if self._current is not None:
            marks.append((self._current[0] - start, self._current[1] - start, CURRENT_HIT))
        if selected is not None:
            style = self.screen.get_component_rich_style("screen--selection", partial=True)
            marks.append((*selected, style))
        cuts = sorted({0, len(line), *(min(max(cut, 0), len(line)) for mark in marks for cut in mark[:2])})
        segments: list[Segment] = []
        for first, last in itertools.pairwise(cuts):
            style = base
            for begin, stop, mark in marks:
                if begin <= first and last <= stop:
                    style += mark
            segments.append(Segment(line[first:last], style))
        return segments

    def _hits_in(self, start: int, end: int) -> Sequence[Span]:
        first = bisect_right(self._hits, start, key=lambda hit: hit[1])
        last = bisect_right(self._hits, end, key=lambda hit: hit[0])
        return self._hits[first:last]

    def _selected(self, number: int, length: int) -> Span | None:
        selection = self.text_selection
        span = selection.get_span(number) if selection is not None else None
        if span is None:
            return None
        return span[0], length if span[1] == -1 else min(span[1], length)

    def _wrap(self) -> bool:
        """Cut the text into lines anew where the width has changed; True when it has."""
        columns = max(1, min(self.scrollable_content_region.width or self.size.width, MAX_TEXT_COLUMNS))
        if columns == self._columns:
            return False
        self._columns = columns
        self._lines = wrapped(self.text, columns)
        self.virtual_size = Size(columns, len(self._lines))
        return True

    def _place(self, offset: Offset) -> int:
        """Character of the text at a column and line."""
        start, end = self._lines[min(max(offset.y, 0), len(self._lines) - 1)]
        return min(start + offset.x, end)

    def _scroll_to_place(self, place: int, *, margin: int = 3) -> None:
        line = max(0, bisect_right(self._lines, place, key=lambda span: span[0]) - 1)
        top, rows = self.scroll_offset.y, max(1, self.size.height)
        if margin == 0 or not top <= line < top + rows:
            self.scroll_to(y=max(0, line - margin), animate=False, immediate=True)
