"""Folders, documents and tables → examples."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from adapters.dataset.example import Example
from adapters.dataset.notes.files import Files, Note, Skipped, find, with_name
from adapters.dataset.notes.note import NoteExamples, Source, examples_of
from assistant.documents.model import Document
from assistant.errors import DatasetError, LibraryError, Stopped
from assistant.failure import failed_event
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _, plural

__all__ = ["BrokenRow", "BuildOptions", "Built", "OnFile", "Read", "Skipped", "Source", "build", "ignore_files"]

logger = logging.getLogger(__name__)

FEW_DOCUMENTS = 5
"""With fewer, one held out would be a fifth of all and more: chapters are parted instead."""
_NAMED = 3
"""Reasons in an error."""

Read = Callable[[Path], Document]
"""Opens a document. Raises DocumentError, Stopped."""


class OnFile(Protocol):
    def __call__(self, done: int, total: int, name: str, /) -> None: ...


def ignore_files(_done: int, _total: int, _name: str, /) -> None:
    """For callers that do not show progress."""


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    tiers: str = "AB"
    """Of A, B and C. C only gathers the sources that the base model may write of (`Built.sources`)."""
    columns: Mapping[str, str] | None = None
    """What a table's columns are called: text, target or task → the name."""
    language: str = ""
    """Only examples in it: it or en. Empty for all."""


@dataclass(frozen=True)
class BrokenRow:
    file: str
    line: int
    reason: str


@dataclass(frozen=True)
class Built:
    examples: tuple[Example, ...]
    """Not parted yet (`adapters.dataset.splits`)."""
    read: tuple[str, ...]
    """Files that examples were looked for in."""
    skipped: tuple[Skipped, ...]
    broken: tuple[BrokenRow, ...]
    sources: tuple[Source, ...] = ()
    """Texts that nobody summarized, for tier C (`adapters.dataset.candidates`)."""


def build(
    paths: Sequence[Path],
    options: BuildOptions | None = None,
    *,
    read: Read,
    on_progress: OnFile = ignore_files,
    should_stop: ShouldStop = never_stop,
) -> Built:
    """All examples that files and folders hold: those of documents in the order of their names, then those of tables.

    A file that cannot be used is passed over and named, unless it is a table that was named itself. Raises
    DatasetError where nothing is there, nothing can be read, or no example comes of it; Stopped.
    """
    options = options or BuildOptions()
    files = find(paths)
    building = _Building(options, read, should_stop)
    total = len(files.rows) + len(files.notes)
    for done, (path, name, named) in enumerate(files.rows):
        on_progress(done, total, name)
        building.add_rows(path, name, named=named)
    by_chapter = len(files.notes) < FEW_DOCUMENTS and not building.rows
    for done, note in enumerate(files.notes, start=len(files.rows)):
        on_progress(done, total, note.name)
        building.add_note(note, by_chapter=by_chapter)
    on_progress(total, total, "")
    return building.built(files, paths)


@dataclass
class _Building:
    options: BuildOptions
    open: Read
    should_stop: ShouldStop
    notes: list[NoteExamples] = field(default_factory=list[NoteExamples])
    rows: list[Example] = field(default_factory=list[Example])
    read: list[str] = field(default_factory=list[str])
    tables: list[str] = field(default_factory=list[str])
    skipped: list[Skipped] = field(default_factory=list[Skipped])
    broken: list[BrokenRow] = field(default_factory=list[BrokenRow])

    def add_note(self, note: Note, *, by_chapter: bool) -> None:
        document = self._document(note.path, note.name)
        if document is None:
            self.skipped += [(file.name, _("its document could not be read")) for file in note.summaries]
            return
        summaries = [
            (file, summary) for file in note.summaries if (summary := self._document(file.path, file.name)) is not None
        ]
        found = examples_of(document, note, summaries, self.options.tiers, by_chapter=by_chapter)
        self.notes.append(found)
        self.skipped += found.skipped

    def add_rows(self, path: Path, name: str, *, named: bool) -> None:
        from adapters.dataset.formats import read_rows

        if self.should_stop():
            raise Stopped
        try:
            rows = read_rows(path, self.options.columns, name)
        except DatasetError:
            if named:
                raise
            self.skipped.append((name, _("it is no table of examples")))
            return
        self.rows += rows.examples
        self.tables.append(name)
        self.broken += [BrokenRow(name, line, reason) for line, reason in rows.broken]

    def built(self, files: Files, paths: Sequence[Path]) -> Built:
        """Raises DatasetError."""
        skipped = [*self.skipped, *files.skipped]
        examples = [example for note in self.notes for example in note.examples]
        wanted = [example for example in [*examples, *self.rows] if self._is_wanted(example)]
        sources = [source for note in self.notes for source in note.sources if self._speaks(source.language)]
        if "C" not in self.options.tiers:
            sources = []
        built = Built(
            tuple({example.id: example for example in wanted}.values()),
            (*self.read, *self.tables),
            tuple(skipped),
            tuple(self.broken),
            tuple(sources),
        )
        if not (built.examples or built.sources):
            raise _nothing(paths, built)
        return built

    def _is_wanted(self, example: Example) -> bool:
        return example.tier in self.options.tiers and self._speaks(example.language)

    def _speaks(self, language: str) -> bool:
        return not self.options.language or language == self.options.language

    def _document(self, path: Path, name: str) -> Document | None:
        """None, and named as passed over, where it cannot be read."""
        if self.should_stop():
            raise Stopped
        try:
            document = self.open(path)
        except (Stopped, LibraryError):  # the library's own trouble is not the file's
            raise
        except Exception as error:  # whatever a strange file does to its reader, the others are read all the same
            logger.debug("not read: %s", path, exc_info=True)
            self.skipped.append((name, failed_event("", error).message))
            return None
        if not document.readable_pages:
            self.skipped.append((name, _("it has no text")))
            return None
        self.read.append(name)
        return document


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _nothing(paths: Sequence[Path], built: Built) -> DatasetError:
    where = ", ".join(str(path) for path in paths)
    reasons = " ".join(_sentence(with_name(*skipped)) for skipped in built.skipped[:_NAMED])
    if not built.read:
        message = _("Nothing in {path} can be read as notes.").format(path=where)
    else:
        read = plural("{count} file was read", "{count} files were read", len(built.read))
        message = _("No example came of {path}: {read}.").format(path=where, read=read)
    return DatasetError(
        f"{message} {reasons}" if reasons else message,
        _("Put notes (.md, .txt, .pdf, .docx …) there, best with your own summary beside each: lesson.summary.md."),
        path=paths[0] if paths else "",
    )
