"""A report to walk through: its lines, and the card of the one it stands on, beneath them or beside."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.message import Message
from textual.widgets import Static

from adapters.evaluation.report import Report
from tui.evaluation.rows import Palette, Row, Section
from tui.evaluation.sections import sections
from tui.widgets.line_list import LineList


class ReportView(Container):
    class At(Message):
        """It stands in another part of the report now, or in the same."""

        def __init__(self, section: str) -> None:
            super().__init__()
            self.section = section

    def __init__(self) -> None:
        super().__init__()
        self._sections: list[Section] = []
        self._rows: list[Row] = []
        self.list = LineList(0, lambda position, columns: self._rows[position].line(columns))
        self.list.display = False
        self._card = Static(markup=False)
        self._scroll = VerticalScroll(self._card, classes="card", can_focus=False)

    def compose(self) -> ComposeResult:
        yield self.list
        yield self._scroll

    def on_resize(self) -> None:
        self.redraw()

    def show(self, report: Report, palette: Palette) -> None:
        """It stays where it stood."""
        if not self._rows:
            self.list.display = True
            self.list.focus()
        self._sections = sections(report, palette)
        self._rows = [row for section in self._sections for row in section.rows]
        self.list.recount(len(self._rows))
        self._stand()

    def say(self, text: Text) -> None:
        """In the place of a card, while there is no report."""
        self._card.update(text)

    def redraw(self) -> None:
        """The card for the room that there is now, once that is known."""
        self.call_after_refresh(self._draw_card)

    def go_to(self, section: str) -> None:
        """Its first line, at the top of the list."""
        for one, first in self._with_first_lines():
            if one.name == section:
                self.list.highlighted = first
                self.list.scroll_to(y=first, animate=False)

    def read_on(self, pages: int) -> None:
        """In the card."""
        self._scroll.scroll_relative(y=pages * max(1, self._scroll.size.height - 1), animate=False)

    def _with_first_lines(self) -> list[tuple[Section, int]]:
        first, found = 0, list[tuple[Section, int]]()
        for section in self._sections:
            found.append((section, first))
            first += len(section.rows)
        return found

    @on(LineList.Highlighted)
    def _stand(self) -> None:
        self._scroll.scroll_home(animate=False)
        self._draw_card()
        at = [section.name for section, first in self._with_first_lines() if first <= self.list.highlighted]
        if at:
            self.post_message(self.At(at[-1]))

    def _draw_card(self) -> None:
        if self._rows:
            columns = max(1, self._scroll.scrollable_content_region.width)
            self._card.update(self._rows[self.list.highlighted].card(columns))
