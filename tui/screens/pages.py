"""Turning the pages of a document, and the passage on one of them that an answer cites.

Everything here is of the document that has been read already, so it opens at once and goes on while the model
answers. One widget shows the current page, another lists them all; neither grows with the number of pages.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from assistant.documents import parse_pages
from assistant.documents.chapters import choose_chapters, pages_of
from assistant.documents.model import Document, Page
from assistant.i18n import _
from assistant.safe_text import one_line
from tui.document_overview import overview, short_facts
from tui.document_words import engine_reason, page_advice, page_name, page_warning, read_how
from tui.open_documents import OpenDocument
from tui.page_lines import Span
from tui.passages import Cited, passage_words
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList
from tui.widgets.page_text import PageText


class PagesScreen(Screen[None]):
    """Abstract: what is marked on a page besides the passage, and the keys, `tui.screens.document` knows."""

    def __init__(
        self,
        item: OpenDocument,
        document: Document,
        cited: Cited | None = None,
        following: Callable[[], None] | None = None,
    ) -> None:
        """With `cited` it begins there; `following` then shows the next place of the same claim."""
        super().__init__()
        self.item = item
        self.document = document
        self._cited = cited
        self._following = following
        self.position = -1
        """Position of the page on the screen; -1 is the overview."""
        self.list = PageList(document.pages, self._chosen_pages())
        self.text = PageText()
        self._page_head = Static(markup=False, id="page-head")

    def compose_pages(self) -> ComposeResult:
        """The document's name, its pages, and the one that is looked at."""
        yield Static(self._head(), markup=False, id="document-head")
        with Horizontal(id="pages"):
            yield self.list
            with Vertical():
                yield self._page_head
                yield from self.views()

    def views(self) -> ComposeResult:
        """Of the current page."""
        yield self.text

    def on_mount(self) -> None:
        if self._cited is None:
            self.list.focus()
            self.show_page()
        else:
            self.text.focus()
            self.turn_to(self._cited.passage.page)

    def marked(self, position: int) -> tuple[list[Span], Span | None]:
        """What is marked on that page, and the one of these to be seen now."""
        raise NotImplementedError

    # --- turning ------------------------------------------------------------------------------------------------

    @on(LineList.Highlighted)
    def _highlighted(self, event: LineList.Highlighted) -> None:
        self.position = event.position - 1
        self.show_page()

    def turn_to(self, position: int) -> None:
        if -1 <= position < len(self.document.pages):
            self.list.highlighted = position + 1

    def action_turn(self, step: int) -> None:
        self.turn_to(self.position + step)

    def action_read_on(self, step: int) -> None:
        """A screenful on or back; at the end of the page, the next one."""
        if self.text.at_end if step > 0 else self.text.at_start:
            self.turn_to(self.position + step)
        else:
            self.text.scroll_relative(y=step * max(1, self.text.size.height - 1), animate=False)

    def action_focus_text(self) -> None:
        self.text.focus()

    def action_next_warning(self) -> None:
        pages = self.document.pages
        order = [*range(self.position + 1, len(pages)), *range(self.position + 1)]
        found = next((position for position in order if pages[position].warnings), None)
        if found is None:
            self.notify(_("No page has a warning."), markup=False)
        else:
            self.turn_to(found)

    def action_next_place(self) -> None:
        """Where else the same claim is to be found."""
        if self._following is not None:
            self.dismiss()
            self._following()

    # --- drawing ------------------------------------------------------------------------------------------------

    def show_page(self) -> None:
        """Draw the current page, or the overview."""
        if self.position < 0:
            self._page_head.display = False
            self.text.show(overview(self.item, self.document))
            return
        page = self.document.pages[self.position]
        self._page_head.display = True
        self._page_head.update(self._page_facts(page))
        spans, current = self.marked(self.position)
        self.text.show(page.text, spans, current, self._passage_here)

    def show_choice(self) -> None:
        """Other pages or chapters were chosen."""
        self.query_one("#document-head", Static).update(self._head())
        self.list.change_chosen(self._chosen_pages())
        self.show_page()

    @property
    def cited_words(self) -> str:
        """The words on the current page that an answer cites; empty where there are none."""
        span = self._passage_here
        return self.document.pages[self.position].text[slice(*span)] if span is not None else ""

    @property
    def _passage_here(self) -> Span | None:
        """Characters of the current page that an answer cites."""
        if self._cited is None or self._cited.passage.page != self.position or self._cited.passage.found == "gone":
            return None
        return self._cited.passage.start, self._cited.passage.end

    def _head(self) -> Text:
        head = Text(no_wrap=True, overflow="ellipsis")
        head.append(one_line(self.document.title), "bold")
        if self.document.title != self.document.name:
            head.append(f"  {one_line(self.document.name)}", "dim")
        head.append(f"\n{short_facts(self.document)}")
        if self.item.chosen:
            head.append(f"\n▸ {one_line(self.item.chosen)}", "bold")
        return head

    def _page_facts(self, page: Page) -> Text:
        """Where it is, what is wrong and what to do; then what matters less, for there may be little room."""
        facts = Text(overflow="fold")
        facts.append(one_line(page_name(page.number, page.label)), "bold")
        facts.append(f" · {read_how(page.engine, '', page.language)}")
        if self._cited is not None and self._cited.passage.page == self.position:
            for line, style in passage_words(self._cited, self._following is not None):
                facts.append(f"\n{line}", style)
        for code in page.warnings:
            facts.append(f"\n⚠ {page_warning(code)}")
            if advice := page_advice(code, self.document.recognised_with):
                facts.append(f" → {advice}", "dim")
        less = [part for part in (page.reason and engine_reason(page.reason), one_line(page.head)) if part]
        if less:
            facts.append("\n" + " · ".join(less), "dim")
        return facts

    def _chosen_pages(self) -> set[int]:
        """Numbers of the pages that are read."""
        if self.item.chapters:
            return pages_of(choose_chapters(self.document, self.item.chapters))
        return set(parse_pages(self.item.pages, len(self.document.pages)))
