"""What a question is asked of: documents, and the pages of them that may be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.documents.model import Document, Page
from assistant.errors import NoTextError
from assistant.i18n import _

MOST_TOKEN_CHARACTERS = 8
"""No text has longer tokens on average; one longer than so many characters for each token need not be counted."""


@dataclass(frozen=True)
class Source:
    documents: Sequence[Document]
    chosen: Mapping[str, Sequence[int]]
    """Page numbers by path; none are all."""

    def check(self) -> None:
        """Raises NoTextError where nothing is there to be read."""
        if not self.pages:
            raise NoTextError(
                _("There is no text to read on these pages."),
                _("Choose other pages; scanned ones need text recognition (OCR) first."),
                path=self.documents[0].path,
            )

    @cached_property
    def pages(self) -> frozenset[tuple[str, int]]:
        return frozenset((document.path, page.number) for document in self.documents for page in self.of(document))

    def of(self, document: Document) -> list[Page]:
        """Its pages that may be read and have text."""
        wanted = self.chosen.get(document.path, ())
        return [page for page in document.readable_pages if not wanted or page.number in wanted]

    @cached_property
    def text(self) -> str:
        """All of it, each document under its title where there are several."""
        several = len(self.documents) > 1
        parts = [
            part
            for document in self.documents
            if (pages := self.of(document))
            for part in ([f"# {document.title}"] if several else []) + [page.text.strip() for page in pages]
        ]
        return "\n\n".join(parts)
