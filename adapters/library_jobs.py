"""What each request about the library does."""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.choosing import NO_ADAPTER
from adapters.registry import get_adapter
from adapters.relay import Emit, Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import DocumentNotFoundError, LibraryError, Stopped
from assistant.failure import failed_event
from assistant.generation import ShouldStop
from assistant.i18n import _, plural
from assistant.protocol import Event

if TYPE_CHECKING:
    from assistant.library import Library, Removal
    from assistant.library.folders import Found

logger = logging.getLogger(__name__)

Result = dict[str, Any]
Job = Generator[Event, None, Result]


def list_library(request: protocol.ListLibrary, session: Session, _should_stop: ShouldStop) -> Job:
    yield from ()
    library = session.library
    subjects = [library.subject(request.subject)] if request.subject else library.subjects()
    return {
        "subjects": [dataclasses.asdict(subject) for subject in subjects],
        "documents": [dataclasses.asdict(record) for record in library.documents(request.subject or None)],
        "disk": dataclasses.asdict(library.disk_use()),
    }


def search_library(request: protocol.SearchLibrary, session: Session, _should_stop: ShouldStop) -> Job:
    yield from ()
    hits = session.library.search(request.text, subject=request.subject or None, limit=request.limit)
    return {"text": request.text, "hits": [dataclasses.asdict(hit) for hit in hits]}


def remove_documents(request: protocol.RemoveDocuments, session: Session, _should_stop: ShouldStop) -> Job:
    yield from ()
    library = session.library
    if request.subject:
        act = library.plan_subject_removal if request.preview else library.remove_subject
        return _removal(act(request.subject))
    numbers = [record.id for record in library.find_documents(request.names)]
    return _removal((library.plan_removal if request.preview else library.remove_documents)(numbers))


def move_documents(request: protocol.MoveDocuments, session: Session, _should_stop: ShouldStop) -> Job:
    """The result has the documents as they were before, so that it can be undone."""
    yield from ()
    subject = _subject_name(request.subject)
    records = session.library.find_documents(request.names)
    session.library.move_documents([record.id for record in records], subject)
    return {"subject": subject, "documents": [dataclasses.asdict(record) for record in records]}


def set_subject_adapter(request: protocol.SetSubjectAdapter, session: Session, _should_stop: ShouldStop) -> Job:
    """The result has the adapter from before, so that it can be undone. Raises AdapterError, ConfigError (subject)."""
    yield from ()
    wanted = request.adapter.strip()
    adapter = "" if wanted.lower() in NO_ADAPTER else get_adapter(wanted).name
    before = session.library.set_subject_adapter(request.subject, adapter)
    return {
        "subject": before.name,
        "adapter": adapter,
        "adapter_before": before.adapter,
        "documents": before.documents,
    }


def clean_library(request: protocol.CleanLibrary, session: Session, _should_stop: ShouldStop) -> Job:
    yield from ()
    library = session.library
    if request.preview:
        return dataclasses.asdict(library.plan_cleaning(days=request.days))
    return dataclasses.asdict(library.clean(days=request.days, missing=request.missing))


def _removal(removal: Removal) -> Result:
    return dataclasses.asdict(removal)


def _subject_name(typed: str) -> str:
    """The name as the library keeps it; "" is none. Raises ConfigError for what cannot be a name."""
    from assistant.library.subjects import checked_name

    return checked_name(typed) if typed else ""


# --- adding -----------------------------------------------------------------------------------------------------


def add_documents(request: protocol.AddDocuments, session: Session, should_stop: ShouldStop) -> Job:
    """A `DocumentRead` for each document that was read. Raises DocumentNotFoundError where there is nothing to read."""
    from assistant.documents import READERS
    from assistant.library.folders import find_files

    started = time.monotonic()
    subject = _subject_name(request.subject)
    library, found = session.library, find_files(request.paths, READERS)
    current = {path: library.current_document(path) for path in found.files}
    known = [number for number in current.values() if number is not None]
    waiting = [path for path, number in current.items() if number is None]
    if subject:
        library.move_documents(known, subject)
    adding = _Adding(request, session, subject, should_stop)
    yield from relay(lambda emit: adding.run(waiting, emit))
    failed = [_failure(error.path, error) for error in found.closed] + adding.failed
    if not (found.files or failed):
        raise _nothing_there(request.paths, found)
    return {
        "subject": subject,
        "added": adding.rows["added"],
        "updated": adding.rows["updated"],
        "known": len(known) + len(adding.rows["known"]),
        "failed": failed,
        "ignored": dict(sorted(found.ignored.items())),
        "seconds": round(time.monotonic() - started, 3),
    }


class _Adding:
    """Reads files one after the other; each is in the library for good before the next is begun."""

    def __init__(self, request: protocol.AddDocuments, session: Session, subject: str, should_stop: ShouldStop) -> None:
        self.rows: dict[str, list[Result]] = {"added": [], "updated": [], "known": []}
        self.failed: list[Result] = []
        self._request = request
        self._session = session
        self._subject = subject
        self._should_stop = should_stop

    def run(self, files: Sequence[Path], emit: Emit) -> None:
        """Raises Stopped, after saying how far it came."""
        reporter = Reporter(self._request.job, emit)
        library = self._session.library
        try:
            for position, path in enumerate(files):
                if self._should_stop():
                    raise Stopped
                self._add(library, path, position, len(files), reporter, emit)
        except Stopped:
            done = sum(map(len, self.rows.values()))
            reporter.notice(
                "info",
                _("{done} of {files} are in the library; the same command goes on from there.").format(
                    done=done, files=plural("{count} file", "{count} files", len(files))
                ),
            )
            raise
        if files:
            reporter.progress("add", len(files), len(files), "files")

    def _add(self, library: Library, path: Path, position: int, total: int, reporter: Reporter, emit: Emit) -> None:
        from assistant.documents.ocr.options import Recognition

        def on_page(done: int, pages: int) -> None:
            share = done / pages if pages else 0.0
            detail = path.name if pages < 2 else f"{path.name} ({done}/{pages})"
            reporter.progress("add", position + min(share, 0.99), total, "files", detail)

        on_page(0, 0)
        settings = self._session.settings
        try:
            added = library.add_document(
                path,
                subject=self._subject,
                password=self._request.password,
                on_page=on_page,
                should_stop=self._should_stop,
                recognition=Recognition(settings.ocr, settings.tesseract, on_page),
            )
        except (Stopped, LibraryError):  # the library's own trouble is not the file's
            raise
        except Exception as error:  # whatever a strange file does to its reader, the others are read all the same
            logger.debug("not added: %s", path, exc_info=True)
            self.failed.append(_failure(str(path), error))
            return
        document = added.document
        if added.outcome != "known":
            emit(
                protocol.DocumentRead(
                    job=self._request.job,
                    path=document.path,
                    title=document.title,
                    pages=len(document.pages),
                    readable_pages=len(document.readable_pages),
                    language=document.language,
                    warnings=document.warnings,
                )
            )
        self.rows[added.outcome].append(
            {
                "document": document.name,
                "path": document.path,
                "title": document.title,
                "pages": len(document.pages),
                "readable_pages": len(document.readable_pages),
                "language": document.language,
            }
        )


def _failure(path: str, error: Exception) -> Result:
    failed = failed_event("", error)
    return {"path": path, "kind": failed.kind, "message": failed.message, "hint": failed.hint}


def _nothing_there(paths: Sequence[str], found: Found) -> DocumentNotFoundError:
    kinds = ", ".join(suffix or _("no ending") for suffix in sorted(found.ignored))
    return DocumentNotFoundError(
        _("There is no document in {paths}.").format(paths=", ".join(paths)),
        _("Files of these kinds are there, which Sunto does not read: {kinds}.").format(kinds=kinds)
        if kinds
        else _("Name a folder with documents in it; hidden files are passed over."),
        path=paths[0],
    )
