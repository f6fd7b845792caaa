"""A document page by page, exactly as it was read: what a model will see of it, and what is wrong with it.

How its pages are turned and drawn is in `tui.screens.pages`; here are the keys, and what is searched and chosen.
"""

from __future__ import annotations

from collections.abc import Callable

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding

from assistant.documents.model import Document
from assistant.i18n import _
from assistant.safe_text import printable
from tui.document_words import page_name
from tui.open_documents import OpenDocument
from tui.page_lines import Span
from tui.page_search import Hit, PageSearch, find_page
from tui.passages import Cited
from tui.pictures.terminal import Terminal
from tui.screens.page_pictures import PagePicturesScreen
from tui.widgets.find_bar import FindBar
from tui.widgets.key_hints import Hint, KeyHints


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
        (
            Hint("Enter", "", "screen.next_place"),
            _("Where an answer led here: the next place of the same point, if it has several."),
        ),
        (Hint("v", _("Look"), "screen.picture"), _("Look at the page as it is printed, and back to its text.")),
        (Hint("y", _("Copy"), "screen.copy_page"), _("Copy the page.")),
        (Hint("Esc", _("Back"), "screen.leave"), _("Go back to the conversation.")),
    ]


class DocumentScreen(PagePicturesScreen):
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
        Binding("v", "picture", show=False),
        Binding("enter", "next_place", show=False),
        Binding("f1,question_mark", "help", show=False),
    ]

    def __init__(
        self,
        item: OpenDocument,
        document: Document,
        on_choice: Callable[[], None] | None,
        terminal: Terminal,
        cited: Cited | None = None,
        following: Callable[[], None] | None = None,
    ) -> None:
        """`on_choice` is called when other chapters or pages were chosen of it; None where nothing reads it.

        The others are as for `PagesScreen`.
        """
        super().__init__(item, document, terminal, cited, following)
        self._on_choice = on_choice
        self._search = PageSearch(document.pages)
        self._words = ""
        """What was searched the last time."""
        self._hits: list[Hit] = []
        self._hit = -1
        """Position of the current hit; -1 while none was gone to."""
        self._find = FindBar()

    def compose(self) -> ComposeResult:
        yield from self.compose_pages()
        yield self._find
        yield KeyHints([hint for hint, _sentence in document_keys() if hint.label])

    # --- finding ----------------------------------------------------------------------------------------------

    def marked(self, position: int) -> tuple[list[Span], Span | None]:
        """What was found on that page, and the place that was gone to."""
        here = self._hits[self._hit] if self._hit >= 0 else None
        current = (here.start, here.end) if here is not None and here.page == position else None
        return [(hit.start, hit.end) for hit in self._hits if hit.page == position], current

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
        position = find_page(self.document.pages, event.text)
        if position is None:
            self._find.say(_("There is no page “{page}”.").format(page=printable(event.text)))
        else:
            self._find.close()
            self.list.focus()
            self.turn_to(position)

    @on(FindBar.Again)
    def _again(self, event: FindBar.Again) -> None:
        self.action_next_hit(event.step)

    @on(FindBar.Left)
    def _left(self) -> None:
        self.list.focus()

    @work(thread=True, exclusive=True, exit_on_error=False, group="search")
    def _look_for(self, words: str) -> None:
        hits = self._search.find(words)
        self.app.call_from_thread(self._found, words, hits)

    def _found(self, words: str, hits: list[Hit]) -> None:
        self._words, self._hits, self._hit = words, hits, -1
        if not hits:
            self._find.say(_("“{words}” is not in this document.").format(words=printable(words)))
            self.show_page()
            return
        # The first one from here on; the step below goes to it.
        before = [number for number, hit in enumerate(hits) if hit.page < self.position]
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
        if page == self.position:
            self.show_page()
        else:
            self.turn_to(page)

    # --- what else can be done ----------------------------------------------------------------------------------

    def action_copy_page(self) -> None:
        self.app.copy_to_clipboard(self.text.text)
        if self.position < 0:
            self.notify(_("The overview is copied."), markup=False)
        else:
            page = self.document.pages[self.position]
            self.notify(_("Copied: {page}").format(page=page_name(page.number, page.label)), markup=False)

    def action_chapters(self) -> None:
        if self._on_choice is None:
            self.notify(_("This document is not open: /open it to choose what is read of it."), markup=False)
            return
        from tui.screens.chapters import ChaptersScreen

        self.app.push_screen(ChaptersScreen(self.item, self.document), self._chosen)

    def _chosen(self, is_new: bool | None) -> None:
        if is_new and self._on_choice is not None:
            self._on_choice()
            self.show_choice()

    def action_leave(self) -> None:
        """One thing at a time: the line beneath, then the picture, then the view."""
        if self._find.display:
            self._find.close()
        elif self.looking:
            self.action_picture()
        else:
            self.dismiss()

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        about = _(
            "This is the text as a model reads it, page by page. ✖ marks a page without text, ⚠ one with a "
            "warning, ≈ one that another way than the usual had to be found for."
        )
        self.app.push_screen(HelpScreen(about, document_keys()))

    def action_run(self, name: str) -> None:
        """A key of the app that is not one of this screen: only help means something here."""
        if name == "help":
            self.action_help()
