"""The open documents: title, pages, language, what could not be read, the chapters and which are chosen.

Documents are read here, each in a thread of its own: nothing on this side ever waits for the model.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from assistant.errors import EncryptedDocumentError, LockedDocumentError, Stopped, SuntoError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.safe_text import one_line
from tui.open_documents import OpenDocument, OpenDocuments

if TYPE_CHECKING:
    from assistant.documents.model import Document

MAX_CHAPTERS = 12
PROGRESS_SECONDS = 0.1
"""Between two drawings of how far the reader is; a layout each."""

ReadDocument = Callable[[Path, str, Callable[[str, int, int], None], ShouldStop], "Document"]
"""(path, password, on_progress(stage, done, total), should_stop)"""


class DocumentCard(Static, can_focus=True):
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("enter", "show_pages", show=False),
        Binding("c", "choose_chapters", show=False),
    ]

    class PagesWanted(Message):
        def __init__(self, document: OpenDocument) -> None:
            super().__init__()
            self.document = document

    class ChaptersWanted(Message):
        def __init__(self, document: OpenDocument) -> None:
            super().__init__()
            self.document = document

    def __init__(self, document: OpenDocument) -> None:
        super().__init__(markup=False)
        self.document = document
        self.refresh_card()

    def refresh_card(self) -> None:
        self.update(self._card())

    def on_click(self) -> None:
        self.action_show_pages()

    def action_show_pages(self) -> None:
        self.post_message(self.PagesWanted(self.document))

    def action_choose_chapters(self) -> None:
        self.post_message(self.ChaptersWanted(self.document))

    def _card(self) -> Text:
        open_document = self.document
        card = Text()
        card.append(one_line(open_document.title), "bold")
        if open_document.title != open_document.name:
            card.append(f"\n{one_line(open_document.name)}", "dim")
        if (document := open_document.document) is None:
            card.append(f"\n◌ {open_document.reading}…", "italic")
        else:
            card.append(f"\n{open_document.facts}")
            if chosen := open_document.chosen:
                card.append(f"\n▸ {one_line(chosen)}", "bold")
            for warning in document.warnings:
                card.append(f"\n⚠ {one_line(warning)}")
            self._add_chapters(card, document)
        return card

    def _add_chapters(self, card: Text, document: Document) -> None:
        from assistant.documents.chapters import chapters_of  # deferred: no document, no reader

        chapters = chapters_of(document)
        if len(chapters) < 2:
            return
        card.append("\n")
        for chapter in chapters[:MAX_CHAPTERS]:
            indent = "  " * (chapter.depth - 1)
            card.append(f"\n{indent}{one_line(chapter.title)}", "dim")
            card.append(f"  {one_line(document.pages[chapter.first - 1].label)}", "dim italic")
        if len(chapters) > MAX_CHAPTERS:
            card.append("\n…", "dim")


class DocumentPanel(VerticalScroll, can_focus=False):
    class Read(Message):
        def __init__(self, document: OpenDocument) -> None:
            super().__init__()
            self.document = document

    class NotRead(Message):
        def __init__(self, document: OpenDocument, error: SuntoError) -> None:
            super().__init__()
            self.document = document
            self.error = error

    class PasswordNeeded(Message):
        def __init__(self, document: OpenDocument, refused: SuntoError | None) -> None:
            """It stays unread until it is opened anew with a password, or closed.

            `refused` is what came of the password that was given; None where none was.
            """
            super().__init__()
            self.document = document
            self.refused = refused

    class Reading(Message):
        """A reader has come further, or there is one less."""

    def __init__(self, read: ReadDocument) -> None:
        super().__init__()
        self.documents = OpenDocuments()
        self._read = read

    def on_mount(self) -> None:
        self.border_title = _("Documents")
        self.mount(
            Static(
                _("None is open. Type /open and a path, or drop a file on this window."), markup=False, classes="hint"
            )
        )

    def open(self, path: Path, password: str = "") -> None:
        """Begin to read a file. `Read`, `NotRead` or `PasswordNeeded` follows, and `Reading` on the way."""
        if self.documents.by_path(path) is not None:
            self.close(path)
        document = OpenDocument(path, password)
        self.documents.append(document)
        self.mount(DocumentCard(document))
        self._toggle_hint()
        self.post_message(self.Reading())
        self._read_in_thread(document)

    def close(self, path: Path) -> None:
        for card in self.query(DocumentCard):
            if card.document.path == path:
                self.documents.remove(card.document)
                card.remove()
        self._toggle_hint()
        self.post_message(self.Reading())

    def close_all(self) -> None:
        for document in list(self.documents):
            self.close(document.path)

    @work(thread=True, exit_on_error=False, group="documents")
    def _read_in_thread(self, document: OpenDocument) -> None:
        worker = get_current_worker()
        drawn = 0.0

        def on_progress(stage: str, done: int, total: int) -> None:
            nonlocal drawn
            document.stage, document.pages_done, document.pages_total = stage, done, total
            if (now := time.monotonic()) - drawn >= PROGRESS_SECONDS:
                drawn = now
                self.call_later(self._show_progress, document)

        def gone() -> bool:
            return worker.is_cancelled or document not in self.documents

        try:
            document.document = self._read(document.path, document.password, on_progress, gone)
        except LockedDocumentError as error:
            self._give_up(document, error)
        except EncryptedDocumentError as error:
            self.call_later(self._ask_password, document, error)
        except Stopped:
            return
        except SuntoError as error:
            self._give_up(document, error)
        except Exception as error:  # a mistake of ours must end as a sentence, not as “reading…” for ever
            self._give_up(
                document, SuntoError(_("“{name}” cannot be read: {reason}.").format(name=document.name, reason=error))
            )
        else:
            self.post_message(self.Read(document))
            self.call_later(self._show_progress, document)

    def _give_up(self, document: OpenDocument, error: SuntoError) -> None:
        self.call_later(self._drop, document, error)

    def _drop(self, document: OpenDocument, error: SuntoError) -> None:
        if document in self.documents:
            self.close(document.path)
            self.post_message(self.NotRead(document, error))

    def _ask_password(self, document: OpenDocument, error: SuntoError) -> None:
        if document in self.documents:
            self.post_message(self.PasswordNeeded(document, error if document.password else None))

    def _show_progress(self, document: OpenDocument) -> None:
        self.refresh_card(document)
        self.post_message(self.Reading())

    def refresh_card(self, document: OpenDocument) -> None:
        for card in self.query(DocumentCard):
            if card.document is document:
                card.refresh_card()

    def _toggle_hint(self) -> None:
        self.set_class(bool(self.documents), "-some-open")
