"""Plain text files in any usual encoding. One page, unless form feeds part it into more."""

from __future__ import annotations

import unicodedata

from assistant.documents.encodings import decode_text
from assistant.documents.model import Document, Page
from assistant.documents.reflow import join_wrapped_lines
from assistant.documents.source import Source
from assistant.errors import NoTextError
from assistant.i18n import _
from assistant.safe_text import printable


def read_text(source: Source) -> Document:
    """Raises DocumentError children for a file that has no text or too much of it."""
    text = decode_text(source.read_bytes(source.limits.text_bytes))
    texts = [join_wrapped_lines(unicodedata.normalize("NFC", printable(piece))) for piece in part_pages(text)]
    if not any(text.strip() for text in texts):
        raise NoTextError(
            _("{name} has no text: only spaces and empty lines.").format(name=source.name),
            _("Check that you saved it after writing."),
            path=source.path,
        )
    source.on_page(len(texts), len(texts))
    pages = tuple(Page(number, str(number), text, "text") for number, text in enumerate(texts, start=1))
    return Document(str(source.path), source.name, source.title, pages)


def part_pages(text: str) -> list[str]:
    """At form feeds."""
    pieces = text.split("\f")
    if len(pieces) > 1 and not pieces[-1].strip():  # a form feed after the last page, too
        pieces.pop()
    return pieces
