"""The pages of a document, one line each: label, and a mark where something is to be known of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from textual.binding import Binding
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.i18n import _
from assistant.safe_text import printable
from tui.words import page_reason

if TYPE_CHECKING:
    from assistant.documents.model import Page

FIRST_ENGINES = ("pdfium", "text", "markdown", "docx", "pptx", "odt", "epub", "html", "ipynb", "rst", "tex", "csv")


class PageList(OptionList):
    """Its first line is the overview; the pages follow."""

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("pagedown,space", "screen.read_on(1)", show=False),
        Binding("pageup", "screen.read_on(-1)", show=False),
        Binding("enter", "screen.focus_text", show=False),
    ]

    def __init__(self, pages: Sequence[Page], chosen: Collection[int]) -> None:
        """`chosen` are the numbers of the pages that are read; the others are drawn dim."""
        super().__init__(markup=False)
        self._pages = pages
        self.fill(chosen)

    def fill(self, chosen: Collection[int]) -> None:
        """Draw every line anew, and stay where we were."""
        place = self.highlighted
        self.clear_options()
        self.add_option(Option(_("Overview")))
        self.add_options([Option(_line(page, page.number in chosen)) for page in self._pages])
        self.highlighted = place


def _line(page: Page, is_chosen: bool) -> Content:
    """`⚠ 41 · 1`: mark, label, and number in the file where that is another."""
    label = " ".join(printable(page.label).split())
    line = Content.assemble(f"{_mark(page)} ", (label, "bold" if page.warnings else ""))
    if label != str(page.number):
        line = Content.assemble(line, (f" · {page.number}", "dim"))
    if page.engine == "none" and page.warnings:
        line = Content.assemble(line, (f" {page_reason(page.warnings[0])}", "dim"))
    return line if is_chosen else line.stylize("dim")


def _mark(page: Page) -> str:
    if page.engine == "none":
        return "✖"
    if page.warnings:
        return "⚠"
    return " " if page.engine in FIRST_ENGINES and not page.reason else "≈"
