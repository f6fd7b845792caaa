"""Making data sets inside a job: notes are read through the library, and a person hears how far it has come."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.dataset.example import TIERS
from adapters.dataset_writing import written
from adapters.relay import Emit, Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import ConfigError, EncryptedDocumentError
from assistant.generation import ShouldStop
from assistant.i18n import LANGUAGES, _, plural
from assistant.protocol import Event

if TYPE_CHECKING:
    from adapters.dataset.build import BuildOptions, Built
    from adapters.dataset.example import Example
    from adapters.dataset.making import Made
    from adapters.dataset.store import Dataset
    from assistant.documents.model import Document

Making = protocol.BuildDataset | protocol.CheckDataset


def dataset_of(data: str, job: str, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Dataset]:
    """What a training is to learn from: `adapters.dataset.resolve.resolve`, with documents read through the library."""
    from adapters.dataset.resolve import resolve

    def work(emit: Emit) -> Dataset:
        reading = _Reading(session, "", Reporter(job, emit), should_stop)
        return resolve(data, reading.read, reading.on_progress, should_stop)

    dataset = yield from relay(work)
    yield from changed_notice(job, dataset)
    return dataset


def changed_notice(job: str, dataset: Dataset) -> Generator[Event, None, None]:
    """One, where the notes are other ones now than those the data set was made of."""
    from adapters.dataset.resolve import has_changed

    if has_changed(dataset):
        yield protocol.Notice(
            job=job,
            level="warning",
            message=_("The notes have changed since the examples of “{name}” were made of them.").format(
                name=dataset.name
            ),
            hint=_(
                "To have new examples, too, build it again with the same command and --overwrite; your review stays."
            ),
        )


def make(
    paths: Sequence[Path], options: BuildOptions, request: Making, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Made]:
    """Examples in their splits; says what was left out. Raises DatasetError, Stopped; with tier C, ModelError."""
    from adapters.dataset.build import build
    from adapters.dataset.making import made, stamp_of

    stamp = stamp_of(paths, options)
    contents: dict[str, str] = {}

    def work(emit: Emit) -> Built:
        password = request.password if isinstance(request, protocol.BuildDataset) else ""
        reading = _Reading(session, password, Reporter(request.job, emit), should_stop, contents)
        return build(paths, options, read=reading.read, on_progress=reading.on_progress, should_stop=should_stop)

    built = yield from relay(work)
    yield from _notices(request.job, built)
    by_model: list[Example] = []
    if built.sources and isinstance(request, protocol.BuildDataset):
        by_model = yield from written(built.sources, contents, request, session, should_stop)
    return made(paths, options, stamp, built, by_model)


def _notices(job: str, built: Built) -> Generator[Event, None, None]:
    """How much was left out; which it was is in the result."""
    if built.broken:
        rows = plural("{count} row cannot be used", "{count} rows cannot be used", len(built.broken))
        yield _left_out(job, rows)
    if built.skipped:
        files = plural("{count} file was passed over", "{count} files were passed over", len(built.skipped))
        yield _left_out(job, files)


def _left_out(job: str, what: str) -> protocol.Notice:
    message = _("{what}; the rest is used.").format(what=what)
    return protocol.Notice(job=job, level="warning", message=message)


def build_options(request: protocol.BuildDataset) -> BuildOptions:
    """Raises ConfigError."""
    from adapters.dataset.build import BuildOptions

    tiers = "".join(tier for tier in TIERS if tier in request.tiers.upper())
    if not tiers or set(request.tiers.upper()) - set(TIERS):
        raise ConfigError(
            _("Examples cannot be made of “{tiers}”.").format(tiers=request.tiers),
            _("Use the letters A (written by people), B (taken from documents) and C (written by the model)."),
        )
    if request.language not in ("", *LANGUAGES):
        raise ConfigError(
            _("Examples cannot be chosen by the language “{language}”.").format(language=request.language),
            _("Choose it or en, or leave it out for all."),
        )
    return BuildOptions(tiers=tiers, columns=dict(request.columns) or None, language=request.language)


class _Reading:
    """Reads documents through the library, and tells how far the files have come."""

    def __init__(
        self,
        session: Session,
        password: str,
        reporter: Reporter,
        should_stop: ShouldStop,
        contents: dict[str, str] | None = None,
    ) -> None:
        """`contents` gets the SHA-256 of each document by its name in the data set."""
        self._session = session
        self._password = password
        self._reporter = reporter
        self._should_stop = should_stop
        self._contents: dict[str, str] = {} if contents is None else contents
        self._done, self._total, self._name = 0.0, 0.0, ""

    def on_progress(self, done: int, total: int, name: str = "") -> None:
        self._done, self._total, self._name = done, total, name
        self._reporter.progress("build", done, total, "files", name)

    def read(self, path: Path) -> Document:
        """Raises DocumentError, Stopped. The password is tried where one is needed."""
        try:
            document = self._open(path, "")
        except EncryptedDocumentError:
            if not self._password:
                raise
            document = self._open(path, self._password)
        self._contents.setdefault(self._name, document.sha256)  # its summaries are read after it
        return document

    def _open(self, path: Path, password: str) -> Document:
        from assistant.documents.ocr.options import Recognition

        def on_page(done: int, pages: int) -> None:
            share = min(done / pages, 0.99) if pages else 0.0
            detail = path.name if pages < 2 else f"{path.name} ({done}/{pages})"
            self._reporter.progress("build", self._done + share, self._total, "files", detail)

        settings = self._session.settings
        return self._session.library.open_document(
            path,
            password=password,
            on_page=on_page,
            should_stop=self._should_stop,
            recognition=Recognition(settings.ocr, settings.tesseract, on_page),
        )
