"""Plain text files in any usual encoding. One page, unless form feeds part it into more."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Sequence

from assistant.documents.content import looks_like
from assistant.documents.model import Document, Page
from assistant.documents.source import Source
from assistant.errors import NoTextError, UnsupportedDocumentError
from assistant.i18n import _
from assistant.safe_text import printable

# UTF-32's little-endian mark begins with UTF-16's: it has to be asked for first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The five bytes that cp1252 leaves undefined, as the control characters latin-1 makes of them.
_CP1252_GAPS = {byte: chr(byte) for byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def decode_text(data: bytes) -> str:
    """Never fails. By its byte-order mark; else UTF-8; else cp1252, which every Windows editor once wrote."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "latin-1-gaps")


def _fill_gap(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _CP1252_GAPS[error.object[error.start]], error.start + 1


codecs.register_error("latin-1-gaps", _fill_gap)


def read_text(source: Source) -> Document:
    """Raises DocumentError children for a file that is not text or has none."""
    texts = page_texts(source)
    check_text(source, texts)
    source.on_page(len(texts), len(texts))
    pages = tuple(Page(number, str(number), text, "text") for number, text in enumerate(texts, start=1))
    return Document(str(source.path), source.name, source.title, pages)


def page_texts(source: Source) -> list[str]:
    """The clean text of each page of a text file. Raises DocumentError children for one that is not text."""
    data = source.read_bytes(source.limits.text_bytes)
    kind = looks_like(data)
    if kind not in ("text", "html"):  # a web page's source is text, and may be what one wants to read about
        raise UnsupportedDocumentError(
            _("{name} is not a text file, whatever its name says.").format(name=source.name),
            _("It looks like a PDF: give its name the ending .pdf.")
            if kind == "pdf"
            else _("Open it in the program that made it and save it as plain text."),
            path=source.path,
        )
    pieces = decode_text(data).split("\f")
    if len(pieces) > 1 and not pieces[-1].strip():  # a form feed after the last page, too
        pieces.pop()
    return [unicodedata.normalize("NFC", printable(piece)).strip("\n") for piece in pieces]


def check_text(source: Source, texts: Sequence[str]) -> None:
    """Raises NoTextError."""
    if not any(text.strip() for text in texts):
        raise NoTextError(
            _("{name} has no text: only spaces and empty lines.").format(name=source.name),
            _("Check that you saved it after writing."),
            path=source.path,
        )
