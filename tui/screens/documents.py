"""What the screen with the conversation does with documents: reads them, asks for passwords, shows and chooses."""

from __future__ import annotations

import contextlib

from textual import on
from textual.screen import Screen

from assistant.config import Settings
from assistant.errors import ConfigError, SuntoError
from assistant.i18n import _
from tui.conversation import Conversation
from tui.open_documents import OpenDocument
from tui.pictures.terminal import Terminal
from tui.results import as_text
from tui.widgets.document_panel import DocumentCard, DocumentPanel
from tui.widgets.frozen_message import Kind
from tui.widgets.reading_line import ReadingLine
from tui.widgets.status_bar import StatusBar


class DocumentsScreen(Screen[None]):
    """Abstract: how to say something, and what waits for documents, `tui.screens.chat` knows.

    Textual's metaclass rules out `abc.ABC`, so what it has to supply raises here.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.conversation = Conversation(settings, self.library_trouble)
        self.panel = DocumentPanel(self.conversation.read_document)
        self.reading = ReadingLine()
        self.status = StatusBar()
        self.terminal = Terminal()
        self.reopened: set[str] = set()
        """Paths of documents that came back with the conversation and are not read yet."""
        self._covered = False
        """The panel hides the conversation."""

    async def say(self, text: str, kind: Kind = "notice") -> None:
        """Something from the app itself, as Markdown."""
        raise NotImplementedError

    async def say_error(self, error: SuntoError) -> None:
        raise NotImplementedError

    def library_trouble(self, error: SuntoError) -> None:
        """The conversation cannot be saved."""
        raise NotImplementedError

    async def begin_what_waits(self) -> None:
        """A document may have been read that a question waited for."""
        raise NotImplementedError

    def go_on_typing(self) -> None:
        """Give the focus back to where a person types."""
        raise NotImplementedError

    @property
    def document_at_hand(self) -> OpenDocument:
        """The one whose card has the focus, else the last one. There must be one."""
        return self.focused.document if isinstance(self.focused, DocumentCard) else self.panel.documents[-1]

    @on(DocumentPanel.Read)
    async def _document_read(self, event: DocumentPanel.Read) -> None:
        document = event.document
        path = str(document.path)
        self._take_up_choice(document)
        if path in self.reopened or document not in self.panel.documents:  # closed meanwhile
            self.reopened.discard(path)
            return
        await self.conversation.attach(document.path)
        facts = _("Opened **{title}**").format(title=as_text(document.title)) + f"  \n{document.facts}"
        warnings = document.document.warnings if document.document else ()
        for warning in warnings:
            facts += f"  \n⚠ {as_text(warning)}"
        await self.say(facts, "document")

    def _take_up_choice(self, document: OpenDocument) -> None:
        """What was chosen of it the last time; all of it where the file no longer has that."""
        chapters, pages = self.conversation.choices.get(str(document.path), ("", ""))
        with contextlib.suppress(ConfigError):
            document.choose(chapters, pages)
        self.choice_changed()

    @on(DocumentPanel.NotRead)
    async def _document_not_read(self, event: DocumentPanel.NotRead) -> None:
        self.reopened.discard(str(event.document.path))
        await self.say_error(event.error)

    @on(DocumentPanel.PasswordNeeded)
    async def _password_needed(self, event: DocumentPanel.PasswordNeeded) -> None:
        path = event.document.path
        if str(path) in self.reopened and event.refused is None:
            self.reopened.discard(str(path))
            self.panel.close(path)
            await self.say(
                _("“{name}” is protected by a password: open it again to go on with it.").format(
                    name=as_text(path.name)
                ),
                "warning",
            )
            return
        from tui.screens.password import PasswordScreen

        def answered(password: str | None) -> None:
            if password:
                self.panel.open(path, password)
            else:
                self.panel.close(path)

        refused = f"{event.refused.message} {event.refused.hint}" if event.refused else ""
        self.app.push_screen(PasswordScreen(path.name, refused), answered)

    @on(DocumentPanel.Reading)
    async def _reading_goes_on(self) -> None:
        being_read = self.panel.documents.being_read
        self.reading.show_first(being_read)
        await self.begin_what_waits()

    @on(DocumentCard.PagesWanted)
    def _pages_wanted(self, event: DocumentCard.PagesWanted) -> None:
        self.show_pages(event.document)

    @on(DocumentCard.ChaptersWanted)
    def _chapters_wanted(self, event: DocumentCard.ChaptersWanted) -> None:
        self.show_chapters(event.document)

    def show_pages(self, item: OpenDocument) -> None:
        """The view of a document, once it has been read."""
        if item.document is not None:
            from tui.screens.document import DocumentScreen

            self.app.push_screen(DocumentScreen(item, item.document, self.choice_changed, self.terminal))

    def show_chapters(self, item: OpenDocument) -> None:
        if item.document is not None:
            from tui.screens.chapters import ChaptersScreen

            self.app.push_screen(ChaptersScreen(item, item.document), lambda _is_new: self.choice_changed())

    def choice_changed(self) -> None:
        """Other chapters or pages of an open document are read from now on."""
        for document in self.panel.documents:
            self.panel.refresh_card(document)
            if document.document is not None:
                self.call_later(self.conversation.choose, document.path, document.chapters, document.pages)
        self.status.change(chosen=self.panel.documents.chosen)

    async def stop_reading(self, document: OpenDocument) -> None:
        self.reopened.discard(str(document.path))
        self.panel.close(document.path)
        await self.say(
            _("“{name}” is left closed. Opened again, it is read on from where it was.").format(
                name=as_text(document.name)
            )
        )

    # --- the panel ----------------------------------------------------------------------------------------

    def toggle_panel(self) -> None:
        """On a narrow screen the panel is hidden until asked for, on a wide one shown until sent away."""
        self.toggle_class("-panel-shown" if self.has_class("-narrow") else "-panel-hidden")
        self.call_after_refresh(self._fit_panel)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit_panel)

    def _fit_panel(self) -> None:
        """The panel covers a narrow screen and says how to leave it; what it covers loses the focus to a document."""
        covers = self.has_class("-narrow") and self.has_class("-panel-shown")
        self.panel.border_subtitle = _("F2 closes") if self.has_class("-narrow") else _("F3 pages · F4 chapters")
        if self.focused is None or (self._covered and not covers):
            self.go_on_typing()
        self._covered = covers
