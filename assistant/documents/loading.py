"""A path → a `Document`, by the reader for what the file is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.documents.child.limits import LIMITS, Limits
from assistant.documents.content import TAIL_BYTES, Kind, looks_like
from assistant.documents.formats.reader import format_reader
from assistant.documents.kinds import is_really, not_readable, read_as_text
from assistant.documents.model import UNREADABLE, Document, Page
from assistant.documents.ocr.image_header import PICTURES
from assistant.documents.ocr.images import read_image
from assistant.documents.ocr.options import Recognition
from assistant.documents.pdf.reader import read_pdf
from assistant.documents.source import OnPage, Source, ignore_pages
from assistant.documents.text import read_text
from assistant.errors import DocumentError
from assistant.generation import ShouldStop, never_stop
from assistant.language import detect_language, main_language

READER_VERSION = 2
"""Goes up whenever the same file may give another text: part of every cache key."""

Reader = Callable[[Source], Document]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": format_reader("markdown"),
    ".markdown": format_reader("markdown"),
    ".pdf": read_pdf,
    ".docx": format_reader("docx"),
    ".pptx": format_reader("pptx"),
    ".odt": format_reader("odt"),
    ".epub": format_reader("epub"),
    ".html": format_reader("html"),
    ".htm": format_reader("html"),
    ".ipynb": format_reader("ipynb"),
    ".rst": format_reader("rst"),
    ".tex": format_reader("tex"),
    ".csv": format_reader("csv"),
    ".tsv": format_reader("csv"),
    **dict.fromkeys(PICTURES, read_image),
}
"""By suffix, in lower case: all that Sunto reads."""

_SUFFIXES: dict[Kind, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "docx": (".docx", ".docm", ".dotx", ".dotm"),
    "pptx": (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx"),
    "odt": (".odt", ".ott"),
    "epub": (".epub",),
    "html": (".html", ".htm", ".xhtml"),
    "ipynb": (".ipynb",),
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg"),
    "tiff": (".tiff", ".tif"),
    "gif": (".gif",),
    "bmp": (".bmp",),
    "webp": (".webp",),
}
"""The endings that fit what a file holds, its usual one first."""
_ZIPPED = (".docx", ".pptx", ".odt", ".epub")
_TEXT = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".ipynb", ".rst", ".tex", ".csv", ".tsv")
"""Endings of files that are text: only the name can say of what kind. One may want to read about a web page's source,
so its text in a .txt or .md file is not taken for the page."""


def load_document(
    path: str | Path,
    *,
    password: str = "",
    on_page: OnPage = ignore_pages,
    should_stop: ShouldStop = never_stop,
    limits: Limits = LIMITS,
    recognition: Recognition | None = None,
) -> Document:
    """Read a document; works from any thread.

    `on_page(done, total)` is called in the caller's thread. Raises the children of DocumentError, each with what
    happened and what to do, and Stopped when `should_stop()` turns true.
    """
    whole = _expanded(Path(path)).absolute()
    source = Source(whole, password, on_page, should_stop, limits, recognition or Recognition())
    source.check()
    reader, notice = _choose(source)
    sha256 = source.sha256()
    document = reader(source)
    pages = tuple(_finished(page) for page in document.pages)
    language = main_language((page.language, len(page.text)) for page in pages)
    if not language:  # slides may each be too short to tell
        language = detect_language("\n".join(page.text for page in pages))
    warnings = (notice, *document.warnings) if notice else document.warnings
    return replace(document, pages=pages, sha256=sha256, language=language, warnings=warnings)


def _finished(page: Page) -> Page:
    """With its language; and no page without text is left without a reason."""
    if page.text.strip():
        return replace(page, language=detect_language(page.text))
    reasons = page.warnings if set(page.warnings) & set(UNREADABLE) else (*page.warnings, "empty")
    return replace(page, engine="none", warnings=reasons)


def _choose(source: Source) -> tuple[Reader, str]:
    """The reader for what the file holds, and a sentence where that is not what its name says.

    Raises UnsupportedDocumentError and EncryptedDocumentError for what no reader takes.
    """
    head = source.head()
    kind, suffix = looks_like(head, _tail(source)), source.path.suffix.lower()
    if suffix == ".pdf" and (kind in ("text", "html") or b"%PDF-" in head):
        return read_pdf, ""  # junk in front of a PDF is no harm; a page in its place is a failed download: it says so
    if suffix in _TEXT and kind in ("text", "html", "ipynb"):
        return READERS[suffix], ""
    if kind == "text":
        return read_text, read_as_text(source, suffix, known=suffix in READERS)
    if kind == "zip" and suffix in _ZIPPED:  # too broken to show what is in it: the reader says so
        return READERS[suffix], ""
    fitting = _SUFFIXES.get(kind, ())
    reader = next((READERS[name] for name in fitting if name in READERS), None)
    if reader is None:
        raise _refused(source, kind)
    return reader, "" if suffix in fitting else is_really(source, kind)


def _refused(source: Source, kind: Kind) -> DocumentError:
    return not_readable(source, kind, ", ".join(READERS))


def _tail(source: Source) -> bytes:
    with source.translated(), source.path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - TAIL_BYTES))
        return file.read(TAIL_BYTES)


def _expanded(path: Path) -> Path:
    """With `~` replaced; `~nobody` is then simply a name that is not found."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
