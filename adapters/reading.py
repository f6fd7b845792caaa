"""The documents of a request, read, and cut down to what was chosen of them."""

from __future__ import annotations

import os
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.relay import Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import ConfigError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event

if TYPE_CHECKING:
    from assistant.documents.model import Document

DocumentJob = protocol.DocumentRequest | protocol.Extract


@dataclass(frozen=True)
class Reading:
    whole: list[Document]
    """As they are in their files."""
    documents: list[Document]
    """With the text of the chosen chapters only, where chapters were chosen."""
    pages: dict[str, tuple[int, ...]]
    """The chosen pages of each by its path; empty is all."""


def read_documents(request: DocumentJob, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Reading]:
    """Read every document of the request, with progress; a `DocumentRead` for each.

    Raises DocumentError, ConfigError for pages or chapters that are not there, Stopped.
    """
    reading = Reading([], [], {})
    for path in request.paths:
        document = yield from relay(
            lambda emit, path=path: _open(path, request, session, Reporter(request.job, emit), should_stop)
        )
        yield protocol.DocumentRead(
            job=request.job,
            path=document.path,
            title=document.title,
            pages=len(document.pages),
            readable_pages=len(document.readable_pages),
            language=document.language,
            warnings=document.warnings,
        )
        chosen, pages = _chosen(document, *_choice(request, path))  # a mistake is heard before a model is fetched
        reading.whole.append(document)
        reading.documents.append(chosen)
        reading.pages[document.path] = pages
    return reading


def _choice(request: DocumentJob, path: str) -> tuple[str, str]:
    """(chapters, pages) as a person wrote them."""
    for chosen_path, chapters, pages in request.chosen:
        if chosen_path == path:
            return chapters, pages
    return request.chapters, request.pages


def _chosen(document: Document, chapters: str, pages: str) -> tuple[Document, tuple[int, ...]]:
    from assistant.documents import parse_pages
    from assistant.documents.chapters import choose_chapters, only_chapters

    if chapters.strip() and pages.strip():
        raise ConfigError(
            _("Chapters and pages cannot both be chosen."), _("Say which chapters or which pages, not both.")
        )
    if chapters.strip():
        return only_chapters(document, choose_chapters(document, chapters))
    labels = [page.label for page in document.pages]
    return document, parse_pages(pages, len(labels), labels) if pages.strip() else ()


def _open(path: str, request: DocumentJob, session: Session, reporter: Reporter, should_stop: ShouldStop) -> Document:
    from assistant.documents.ocr.options import Recognition

    return session.library.open_document(
        path,
        password=_password(request, path),
        on_page=lambda done, total: reporter.progress("read", done, total, "pages", Path(path).name),
        recognition=Recognition(
            session.settings.ocr,
            session.settings.tesseract,
            lambda done, total: reporter.progress("ocr", done, total, "pages", Path(path).name),
        ),
        should_stop=should_stop,
    )


def _password(request: DocumentJob, path: str) -> str:
    return {_full(other): password for other, password in request.passwords}.get(_full(path), request.password)


def _full(path: str) -> str:
    """One spelling for a path and for the one that an error names."""
    return os.path.abspath(os.path.expanduser(path))  # noqa: PTH100, PTH111 - pathlib raises for `~nobody`
