"""The documents of the conversation, as far as they have been read, and what was chosen of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.i18n import _, plural
from tui.words import language_name

if TYPE_CHECKING:
    from assistant.documents.model import Document


@dataclass(eq=False)
class OpenDocument:
    path: Path
    password: str = field(default="", repr=False)
    """Kept in memory only."""
    document: Document | None = None
    """None while it is being read."""
    stage: str = "read"
    """What the reader is at: a `Progress.stage`, "read" or "ocr"."""
    pages_done: int = 0
    pages_total: int = 0
    """0 until the reader has counted them."""
    chapters: str = ""
    """The chapters to read of it, as a person writes them; empty is all."""
    pages: str = ""
    """The pages to read of it; empty is all. At most one of the two is chosen."""
    chosen: str = ""
    """Either of them as it is shown: `chapters 2–3, pp. 41–78`; empty where all of it is read."""

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def title(self) -> str:
        return self.document.title if self.document else self.name

    @property
    def facts(self) -> str:
        """`12 pages · English`, and how many of them cannot be read."""
        if self.document is None:
            return ""
        pages, readable = len(self.document.pages), len(self.document.readable_pages)
        parts = [
            plural("{count} page", "{count} pages", pages),
            plural("{count} without text", "{count} without text", pages - readable) if readable < pages else "",
            language_name(self.document.language),
        ]
        return " · ".join(part for part in parts if part)

    @property
    def reading(self) -> str:
        """How far the reader has come."""
        if not self.pages_total:
            return _("reading")
        words = {
            "read": _("reading page {done} of {total}"),
            "ocr": _("recognising image {done} of {total}"),
        }
        return words.get(self.stage, words["read"]).format(done=self.pages_done, total=self.pages_total)

    def choose(self, chapters: str = "", pages: str = "") -> None:
        """Of a document that has been read; nothing at all is the whole of it.

        Raises ConfigError for what is not in it, and changes nothing then.
        """
        from tui.document_words import chosen_words  # deferred: no document, no reader

        self.chosen = chosen_words(self.document, chapters, pages) if self.document is not None else ""
        self.chapters, self.pages = chapters, pages


class OpenDocuments(list[OpenDocument]):
    """In the order they were opened."""

    def by_path(self, path: Path) -> OpenDocument | None:
        return next((document for document in self if document.path == path), None)

    def by_name(self, name: str) -> OpenDocument | None:
        """The one with that file name or title; failing that, the only one that contains the words."""
        wanted = name.casefold()
        for document in self:
            if wanted in (document.name.casefold(), document.title.casefold()):
                return document
        near = [document for document in self if wanted in f"{document.name} {document.title}".casefold()]
        return near[0] if len(near) == 1 else None

    @property
    def being_read(self) -> list[OpenDocument]:
        return [document for document in self if document.document is None]

    @property
    def chosen(self) -> str:
        """What was chosen of them, for the status bar; with the title where several are open."""
        parts = [(document.title, document.chosen) for document in self]
        return "; ".join(f"{title}: {words}" if len(self) > 1 else words for title, words in parts if words)
