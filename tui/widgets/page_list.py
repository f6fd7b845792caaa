"""The pages of a document, one line each: label, and a mark where something is to be known of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.binding import Binding

from assistant.i18n import _
from assistant.safe_text import one_line
from tui.widgets.line_list import LineList
from tui.words import page_reason

if TYPE_CHECKING:
    from assistant.documents.model import Page

FIRST_ENGINES = ("pdfium", "text", "markdown", "docx", "pptx", "odt", "epub", "html", "ipynb", "rst", "tex", "csv")


class PageList(LineList):
    """Its first line is the overview; the pages follow."""

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("pagedown,space", "screen.read_on(1)", show=False),
        Binding("pageup", "screen.read_on(-1)", show=False),
        Binding("enter", "screen.focus_text", show=False),
    ]

    def __init__(self, pages: Sequence[Page], chosen: Collection[int]) -> None:
        """`chosen` are the numbers of the pages that are read; the others are drawn dim."""
        super().__init__(1 + len(pages), self._text_of)
        self._pages = pages
        self._chosen = chosen

    def change_chosen(self, chosen: Collection[int]) -> None:
        self._chosen = chosen
        self.refresh()

    def _text_of(self, position: int, _columns: int) -> Text:
        if position == 0:
            return Text(_("Overview"))
        page = self._pages[position - 1]
        return _drawn(page, page.number in self._chosen)


def _drawn(page: Page, is_chosen: bool) -> Text:
    """`⚠ 41 · 1`: mark, label, and number in the file where that is another."""
    label = one_line(page.label)
    line = Text(f"{_mark(page)} ", style="" if is_chosen else "dim")
    line.append(label, "bold" if page.warnings else "")
    if label != str(page.number):
        line.append(f" · {page.number}", "dim")
    if page.engine == "none" and page.warnings:
        line.append(f" {page_reason(page.warnings[0])}", "dim")
    return line


def _mark(page: Page) -> str:
    if page.engine == "none":
        return "✖"
    if page.warnings:
        return "⚠"
    return " " if page.engine in FIRST_ENGINES and not page.reason else "≈"
