"""A path → a `Document`, by the reader for its suffix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from assistant.documents.child.limits import LIMITS, Limits
from assistant.documents.markdown import read_markdown
from assistant.documents.model import UNREADABLE, Document, Page
from assistant.documents.pdf.reader import read_pdf
from assistant.documents.source import OnPage, Source, ignore_pages
from assistant.documents.text import read_text
from assistant.errors import UnsupportedDocumentError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.language import detect_language

READER_VERSION = 2
"""Goes up whenever the same file may give another text: part of every cache key."""

READERS: dict[str, Callable[[Source], Document]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".pdf": read_pdf,
}
"""By suffix, in lower case."""


def load_document(
    path: str | Path,
    *,
    password: str = "",
    on_page: OnPage = ignore_pages,
    should_stop: ShouldStop = never_stop,
    limits: Limits = LIMITS,
) -> Document:
    """Read a document; works from any thread.

    `on_page(done, total)` is called in the caller's thread. Raises the children of DocumentError, each with what
    happened and what to do, and Stopped when `should_stop()` turns true.
    """
    source = Source(_expanded(Path(path)).absolute(), password, on_page, should_stop, limits)
    source.check()
    reader = READERS.get(source.path.suffix.lower())
    if reader is None:
        raise UnsupportedDocumentError(
            _("{name} is not a kind of document Sunto reads.").format(name=source.name),
            _("Sunto reads {suffixes}: save or export it as one of these.").format(suffixes=", ".join(READERS)),
            path=source.path,
        )
    sha256 = source.sha256()
    document = reader(source)
    pages = tuple(_finished(page) for page in document.pages)
    language = detect_language("\n".join(page.text for page in pages))
    return replace(document, pages=pages, sha256=sha256, language=language)


def _finished(page: Page) -> Page:
    """With its language; and no page without text is left without a reason."""
    if page.text.strip():
        return replace(page, language=detect_language(page.text))
    reasons = page.warnings if set(page.warnings) & set(UNREADABLE) else (*page.warnings, "empty")
    return replace(page, engine="none", warnings=reasons)


def _expanded(path: Path) -> Path:
    """With `~` replaced; `~nobody` is then simply a name that is not found."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
