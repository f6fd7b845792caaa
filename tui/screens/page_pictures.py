"""The picture of a page beside its text: drawn in a thread, of the page that is looked at and no other."""

from __future__ import annotations

import time
from collections.abc import Callable

from textual import on, work
from textual.app import ComposeResult
from textual.worker import get_current_worker

from assistant.documents.model import Document
from assistant.errors import Stopped, SuntoError
from assistant.i18n import _
from assistant.safe_text import one_line
from tui.open_documents import OpenDocument
from tui.passages import Cited
from tui.pictures.ready import ReadyPicture, make_ready
from tui.pictures.terminal import Terminal
from tui.screens.pages import PagesScreen
from tui.widgets.page_picture import PagePicture

KEPT_PICTURES = 4
"""The last ones; each may be some megabytes."""
REST_SECONDS = 0.15
"""Before a page is drawn: whoever leafs through a book does not look at every page."""

_Wanted = tuple[int, tuple[int, int]]
"""(position, room): which page, for how many pixels."""


class PagePicturesScreen(PagesScreen):
    """Abstract, like its base."""

    def __init__(
        self,
        item: OpenDocument,
        document: Document,
        terminal: Terminal,
        cited: Cited | None = None,
        following: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(item, document, cited, following)
        self.picture = PagePicture(terminal)
        self.picture.display = False
        self.looking = False
        """Whether pages are shown as they look, not as they were read."""
        self._kept: dict[_Wanted, ReadyPicture] = {}

    def views(self) -> ComposeResult:
        yield from super().views()
        yield self.picture

    def action_picture(self) -> None:
        """Show the page as it looks, or its text again."""
        from assistant.documents.pdf.picture import can_be_drawn

        if not self.looking and not can_be_drawn(self.item.path):
            self.notify(_("Only PDFs and images have pages to look at; this is all there is of it."), markup=False)
            return
        self.looking = not self.looking
        if self.looking and self.position < 0:
            self.turn_to(0)
        self.show_page()

    def show_page(self) -> None:
        super().show_page()
        looks = self.looking and self.position >= 0
        here, there = (self.picture, self.text) if looks else (self.text, self.picture)
        had_focus = self.focused is there
        here.display, there.display = True, False
        if had_focus:
            here.focus()
        if looks:
            self.call_after_refresh(self._show_picture)

    @on(PagePicture.Resized)
    def _show_picture(self) -> None:
        """Of the current page; drawn now where it was not just before."""
        wanted = (self.position, self.picture.room)
        if not self.picture.display or self.position < 0:
            return
        if wanted in self._kept:
            self.picture.show(self._kept[wanted])
            return
        self.picture.say(_("Drawing the page") + "…")
        self._draw(wanted, self.cited_words)

    @work(thread=True, exclusive=True, exit_on_error=False, group="picture")
    def _draw(self, wanted: _Wanted, quote: str) -> None:
        from assistant.documents.pdf.picture import draw_page

        worker = get_current_worker()
        time.sleep(REST_SECONDS)
        page = self.document.pages[wanted[0]].number
        try:
            picture = draw_page(
                self.item.path,
                page,
                wanted[1],
                quote=quote,
                password=self.item.password,
                should_stop=lambda: worker.is_cancelled,
            )
            ready = make_ready(picture, self.picture.terminal)
        except Stopped:
            return
        except SuntoError as error:
            self.call_later(self._say_instead, wanted, f"{error.message} {error.hint}")
        else:
            self.call_later(self._drawn, wanted, ready, bool(quote) and not picture.marked)

    def _drawn(self, wanted: _Wanted, picture: ReadyPicture, unmarked: bool) -> None:
        self._kept[wanted] = picture
        for oldest in list(self._kept)[:-KEPT_PICTURES]:
            del self._kept[oldest]
        if self._is_wanted(wanted):
            self.picture.show(picture)
            if unmarked:
                self.notify(_("The passage could not be found on the picture, so nothing is marked."), markup=False)

    def _say_instead(self, wanted: _Wanted, sentence: str) -> None:
        if self._is_wanted(wanted):
            self.picture.say(one_line(sentence))

    def _is_wanted(self, wanted: _Wanted) -> bool:
        return self.picture.display and wanted == (self.position, self.picture.room)
