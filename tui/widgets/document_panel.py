"""The open documents: title, pages, language, what could not be read, and the chapters.

Documents are read here, each in a thread of its own: nothing on this side ever waits for the model.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from assistant.errors import EncryptedDocumentError, Stopped, SuntoError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.safe_text import printable
from tui.open_documents import OpenDocument, OpenDocuments

if TYPE_CHECKING:
    from assistant.documents.model import Document

MAX_CHAPTERS = 12

ReadDocument = Callable[[Path, str, Callable[[int, int], None], ShouldStop], "Document"]


class DocumentCard(Static):
    def __init__(self, document: OpenDocument) -> None:
        super().__init__(markup=False)
        self.document = document
        self.refresh_card()

    def refresh_card(self) -> None:
        self.update(self._card())

    def _card(self) -> Text:
        open_document = self.document
        card = Text()
        card.append(_one_line(open_document.title), "bold")
        if open_document.title != open_document.name:
            card.append(f"\n{_one_line(open_document.name)}", "dim")
        if (document := open_document.document) is None:
            card.append(f"\n◌ {open_document.reading}…", "italic")
        else:
            card.append(f"\n{open_document.facts}")
            for warning in document.warnings:
                card.append(f"\n⚠ {_one_line(warning)}")
            self._add_chapters(card, document)
        return card

    def _add_chapters(self, card: Text, document: Document) -> None:
        chapters = [section for section in document.sections if section.level <= 2]
        if len(chapters) < 2:
            return
        card.append("\n")
        for section in chapters[:MAX_CHAPTERS]:
            indent = "  " * (section.level - 1)
            label = document.pages[section.page - 1].label if section.page <= len(document.pages) else ""
            card.append(f"\n{indent}{_one_line(section.title)}", "dim")
            card.append(f"  {label}", "dim italic")
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
        def __init__(self, path: Path, *, tried: bool) -> None:
            super().__init__()
            self.path = path
            self.tried = tried

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
        """Begin to read a file. `Read`, `NotRead` or `PasswordNeeded` follows."""
        if self.documents.by_path(path) is not None:
            self.close(path)
        document = OpenDocument(path, password)
        self.documents.append(document)
        self.mount(DocumentCard(document))
        self._toggle_hint()
        self._read_in_thread(document)

    def close(self, path: Path) -> None:
        for card in self.query(DocumentCard):
            if card.document.path == path:
                self.documents.remove(card.document)
                card.remove()
        self._toggle_hint()

    def close_all(self) -> None:
        for document in list(self.documents):
            self.close(document.path)

    @work(thread=True, exit_on_error=False, group="documents")
    def _read_in_thread(self, document: OpenDocument) -> None:
        worker = get_current_worker()

        def on_page(done: int, total: int) -> None:
            document.pages_done, document.pages_total = done, total
            self.call_later(self._refresh_card, document)

        def gone() -> bool:
            return worker.is_cancelled or document not in self.documents

        try:
            document.document = self._read(document.path, document.password, on_page, gone)
        except EncryptedDocumentError:
            self.call_later(self._ask_password, document)
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
            self.call_later(self._refresh_card, document)

    def _give_up(self, document: OpenDocument, error: SuntoError) -> None:
        self.call_later(self._drop, document, error)

    def _drop(self, document: OpenDocument, error: SuntoError) -> None:
        if document in self.documents:
            self.close(document.path)
            self.post_message(self.NotRead(document, error))

    def _ask_password(self, document: OpenDocument) -> None:
        if document in self.documents:
            self.close(document.path)
            self.post_message(self.PasswordNeeded(document.path, tried=bool(document.password)))

    def _refresh_card(self, document: OpenDocument) -> None:
        for card in self.query(DocumentCard):
            if card.document is document:
                card.refresh_card()

    def _toggle_hint(self) -> None:
        self.set_class(bool(self.documents), "-some-open")


def _one_line(text: str) -> str:
    return " ".join(printable(text).split())
