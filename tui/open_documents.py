"""The documents of the conversation, as far as they have been read."""

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
    pages_done: int = 0
    pages_total: int = 0
    """0 until the reader has counted them."""

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
        if self.pages_total:
            return _("reading page {done} of {total}").format(done=self.pages_done, total=self.pages_total)
        return _("reading")


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
    def password(self) -> str:
        """The one that goes with a request; a request carries a single one."""
        return next((document.password for document in self if document.password), "")
