"""A document page by page, exactly as it was read: what a model will see of it, and what is wrong with it.

Everything here is of the document that the app has read already, so it opens at once and goes on while the model
answers. One widget shows the current page, another lists them all; neither grows with the number of pages.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import Screen
from textual.widgets import Static

from assistant.documents import parse_pages
from assistant.documents.chapters import choose_chapters, pages_of
from assistant.documents.model import Document, Page
from assistant.i18n import _
from assistant.safe_text import one_line, printable
from tui.document_overview import overview, short_facts
from tui.document_words import engine_reason, page_advice, page_name, page_warning, read_how
from tui.open_documents import OpenDocument
from tui.page_search import Hit, PageSearch, find_page
from tui.widgets.find_bar import FindBar
from tui.widgets.key_hints import Hint, KeyHints
from tui.widgets.line_list import LineList
from tui.widgets.page_list import PageList
from tui.widgets.page_text import PageText


def document_keys() -> list[tuple[Hint, str]]:
    """The keys of this screen, each with a sentence for help; a label is empty where there is no room at the foot."""
    return [
        (Hint("↑ ↓", "", "screen.turn(1)"), _("Another page. ← and → do the same from anywhere.")),
        (Hint("PgDn", "", "screen.read_on(1)"), _("Read on, over the end of the page.")),
        (Hint("/", _("Search"), "screen.search"), _("Search the document. Enter and n go to the next place, N back.")),
        (
            Hint("g", _("Go to"), "screen.go_to"),
            _("Go to a page, by what is printed on it; #12 is the file's 12th."),
        ),
        (Hint("w", _("Warnings"), "screen.next_warning"), _("Go to the next page with a warning.")),
        (Hint("c", _("Chapters"), "screen.chapters"), _("Choose the chapters to read.")),
        (Hint("y", _("Copy"), "screen.copy_page"), _("Copy the page.")),
        (Hint("Esc", _("Back"), "screen.leave"), _("Go back to the conversation.")),
    ]


class DocumentScreen(Screen[None]):
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (56, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual's class variable
    BINDINGS = [  # noqa: RUF012
        Binding("escape,q", "leave", show=False),
        Binding("left,p", "turn(-1)", show=False),
        Binding("right", "turn(1)", show=False),
        Binding("slash,ctrl+f", "search", show=False),
        Binding("n,f3", "next_hit(1)", show=False),
        Binding("N,shift+f3", "next_hit(-1)", show=False),
        Binding("g", "go_to", show=False),
        Binding("w", "next_warning", show=False),
        Binding("c,f4", "chapters", show=False),
        Binding("y", "copy_page", show=False),
        Binding("f1,question_mark", "help", show=False),
    ]

    def __init__(self, item: OpenDocument, document: Document, on_choice: Callable[[], None]) -> None:
        """`on_choice` is called when other chapters or pages were chosen of it."""
        super().__init__()
        self._item = item
        self._document = document
        self._on_choice = on_choice
        self._search = PageSearch(document.pages)
        self._words = ""
        """What was searched the last time."""
        self._hits: list[Hit] = []
        self._hit = -1
        """Position of the current hit; -1 while none was gone to."""
        self._position = -1
        """Position of the page on the screen; -1 is the overview."""
        self._list = PageList(document.pages, self._chosen_pages())
        self._page_head = Static(markup=False, id="page-head")
        self._text = PageText()
        self._find = FindBar()

    def compose(self) -> ComposeResult:
        yield Static(self._head(), markup=False, id="document-head")
        with Horizontal(id="pages"):
            yield self._list
            with Vertical():
                yield self._page_head
                yield self._text
        yield self._find
        yield KeyHints([hint for hint, _sentence in document_keys() if hint.label])

    def on_mount(self) -> None:
        self._list.focus()
        self._show()

    def _head(self) -> Text:
        head = Text(no_wrap=True, overflow="ellipsis")
        head.append(one_line(self._document.title), "bold")
        if self._document.title != self._document.name:
            head.append(f"  {one_line(self._document.name)}", "dim")
        head.append(f"\n{short_facts(self._document)}")
        if self._item.chosen:
            head.append(f"\n▸ {one_line(self._item.chosen)}", "bold")
        return head

    # --- pages ------------------------------------------------------------------------------------------------

    @on(LineList.Highlighted)
    def _highlighted(self, event: LineList.Highlighted) -> None:
        self._position = event.position - 1
        self._show()

    def action_turn(self, step: int) -> None:
        self._turn_to(self._position + step)

    def action_read_on(self, step: int) -> None:
        """A screenful on or back; at the end of the page, the next one."""
        if self._text.at_end if step > 0 else self._text.at_start:
            self._turn_to(self._position + step)
        else:
            self._text.scroll_relative(y=step * max(1, self._text.size.height - 1), animate=False)

    def action_focus_text(self) -> None:
        self._text.focus()

    def action_next_warning(self) -> None:
        pages = self._document.pages
        order = [*range(self._position + 1, len(pages)), *range(self._position + 1)]
        found = next((position for position in order if pages[position].warnings), None)
        if found is None:
            self.notify(_("No page has a warning."), markup=False)
        else:
            self._turn_to(found)

    def _turn_to(self, position: int) -> None:
        if -1 <= position < len(self._document.pages):
            self._list.highlighted = position + 1

    def _show(self) -> None:
        """Draw the current page, or the overview."""
        if self._position < 0:
            self._page_head.display = False
            self._text.show(overview(self._item, self._document))
            return
        page = self._document.pages[self._position]
        self._page_head.display = True
        self._page_head.update(self._page_facts(page))
        hits = [(hit.start, hit.end) for hit in self._hits if hit.page == self._position]
        here = self._hits[self._hit] if self._hit >= 0 else None
        current = (here.start, here.end) if here is not None and here.page == self._position else None
        self._text.show(page.text, hits, current)

    def _page_facts(self, page: Page) -> Text:
        """Where it is, what is wrong and what to do; then what matters less, for there may be little room."""
        facts = Text(overflow="fold")
        facts.append(one_line(page_name(page.number, page.label)), "bold")
        facts.append(f" · {read_how(page.engine, '', page.language)}")
        for code in page.warnings:
            facts.append(f"\n⚠ {page_warning(code)}")
            if advice := page_advice(code, self._document.recognised_with):
                facts.append(f" → {advice}", "dim")
        less = [part for part in (page.reason and engine_reason(page.reason), one_line(page.head)) if part]
        if less:
            facts.append("\n" + " · ".join(less), "dim")
        return facts

    # --- finding ----------------------------------------------------------------------------------------------

    def action_search(self) -> None:
        self._find.ask("search", _("Words to find in the document"))

    def action_go_to(self) -> None:
        self._find.ask("page", _("Page: what is printed on it, or #12 for the file's 12th"))

    @on(FindBar.Asked)
    def _asked(self, event: FindBar.Asked) -> None:
        if event.kind == "search":
            if event.text == self._words and self._hits:
                self.action_next_hit(1)
            else:
                self._look_for(event.text)
            return
        position = find_page(self._document.pages, event.text)
        if position is None:
            self._find.say(_("There is no page “{page}”.").format(page=printable(event.text)))
        else:
            self._find.close()
            self._list.focus()
            self._turn_to(position)

    @on(FindBar.Again)
    def _again(self, event: FindBar.Again) -> None:
        self.action_next_hit(event.step)

    @on(FindBar.Left)
    def _left(self) -> None:
        self._list.focus()

    @work(thread=True, exclusive=True, exit_on_error=False, group="search")
    def _look_for(self, words: str) -> None:
        hits = self._search.find(words)
        self.app.call_from_thread(self._found, words, hits)

    def _found(self, words: str, hits: list[Hit]) -> None:
        self._words, self._hits, self._hit = words, hits, -1
        if not hits:
            self._find.say(_("“{words}” is not in this document.").format(words=printable(words)))
            self._show()
            return
        # The first one from here on; the step below goes to it.
        before = [number for number, hit in enumerate(hits) if hit.page < self._position]
        self._hit = before[-1] if before else -1
        self.action_next_hit(1)

    def action_next_hit(self, step: int) -> None:
        """Go to the next place found, or the one before; round and round."""
        if not self._hits:
            self.action_search()
            return
        self._hit = (self._hit + step) % len(self._hits) if self._hit >= 0 or step > 0 else len(self._hits) - 1
        self._find.say_of_search(_("{number} of {count}").format(number=self._hit + 1, count=len(self._hits)))
        page = self._hits[self._hit].page
        if page == self._position:
            self._show()
        else:
            self._turn_to(page)

    # --- what else can be done ----------------------------------------------------------------------------------

    def action_copy_page(self) -> None:
        self.app.copy_to_clipboard(self._text.text)
        if self._position < 0:
            self.notify(_("The overview is copied."), markup=False)
        else:
            page = self._document.pages[self._position]
            self.notify(_("Copied: {page}").format(page=page_name(page.number, page.label)), markup=False)

    def action_chapters(self) -> None:
        from tui.screens.chapters import ChaptersScreen

        self.app.push_screen(ChaptersScreen(self._item, self._document), self._chosen)

    def action_leave(self) -> None:
        """One thing at a time: the line beneath, then the view."""
        if self._find.display:
            self._find.close()
        else:
            self.dismiss()

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(document=True))

    def action_run(self, name: str) -> None:
        """A key of the app that is not one of this screen: only help means something here."""
        if name == "help":
            self.action_help()

    def _chosen(self, is_new: bool | None) -> None:
        if not is_new:
            return
        self._on_choice()
        self.query_one("#document-head", Static).update(self._head())
        self._list.change_chosen(self._chosen_pages())
        self._show()

    def _chosen_pages(self) -> set[int]:
        """Numbers of the pages that are read."""
        if self._item.chapters:
            return pages_of(choose_chapters(self._document, self._item.chapters))
        return set(parse_pages(self._item.pages, len(self._document.pages)))
