"""Which files are notes, which are summaries of which notes, and which are tables of examples."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from adapters.dataset.example import Task
from adapters.dataset.formats import ROW_SUFFIXES
from adapters.dataset.notes.names import FOLDERS, folded, sidecar
from assistant.documents import READERS
from assistant.errors import DatasetError
from assistant.i18n import _, plural
from assistant.library.folders import absolute, find_files
from assistant.safe_text import one_line

Skipped = tuple[str, str]
"""(file, reason), both for people."""

_ABOUT_FILES = re.compile(r"(?:readme|licen[sc]e|changelog|contributing|copying)\b.*", re.IGNORECASE)
"""What comes with folders and is no note."""


def with_name(name: str, reason: str) -> str:
    """Both in one line; most reasons begin with the file they are about."""
    return reason if reason.startswith(name) else f"{name}: {reason}"


@dataclass(frozen=True)
class SummaryFile:
    path: Path
    name: str
    task: Task
    origin: str
    """sidecar or folder"""
    doubts: tuple[str, ...] = ()


@dataclass
class Note:
    path: Path
    name: str
    """Its place in the data set: relative to the folder that was named, with `/`."""
    summaries: list[SummaryFile] = field(default_factory=list[SummaryFile])


@dataclass
class Files:
    notes: list[Note] = field(default_factory=list[Note])
    rows: list[tuple[Path, str, bool]] = field(default_factory=list[tuple[Path, str, bool]])
    """(path, name, whether it was named itself): what fails then is an error, not a file passed over."""
    skipped: list[Skipped] = field(default_factory=list[Skipped])


def find(paths: Sequence[Path]) -> Files:
    """Raises DatasetError where a path is not there. Nothing is opened."""
    roots = [absolute(path) for path in paths]
    for root in roots:
        if not root.exists():
            raise DatasetError(
                _("There is no file or folder {path}.").format(path=one_line(str(root))),
                _("Check the name; a path with spaces needs quotes around it."),
                path=root,
            )
    found = find_files(roots, {*READERS, *ROW_SUFFIXES}, stay_inside=True)
    names = _Names(roots)
    files = Files()
    documents: list[Path] = []
    for path in found.files:
        named = path in roots
        if path.suffix.lower() in ROW_SUFFIXES:
            files.rows.append((path, names.of(path), named))
        elif _ABOUT_FILES.fullmatch(path.name) and not named:
            files.skipped.append((names.of(path), _("it is about files, not a note")))
        else:
            documents.append(path)
    _pair(documents, roots, names, files)
    files.skipped += [(names.of(Path(error.path)), error.message) for error in found.closed]
    files.skipped += [(names.of(path), _("a link that leads out of the folder")) for path in found.outside]
    files.skipped += list(_ignored(found.ignored.items()))
    return files


def _ignored(counted: Iterable[tuple[str, int]]) -> Iterator[Skipped]:
    for suffix, count in sorted(counted):
        what = plural("{count} file that Sunto does not read", "{count} files that Sunto does not read", count)
        yield f"*{suffix}" if suffix else "*", what


class _Names:
    """Short names that tell files apart, also those of the same name in different folders."""

    def __init__(self, roots: Sequence[Path]) -> None:
        folders = [str(root if root.is_dir() else root.parent) for root in roots]
        try:
            self._base = Path(os.path.commonpath(folders))
        except ValueError:  # on different drives
            self._base = None

    def of(self, path: Path) -> str:
        inside = self._base is not None and path.is_relative_to(self._base)
        shown = path.relative_to(self._base) if inside and self._base else path
        return one_line(PurePath(shown).as_posix())


# --- which summary belongs to which note ------------------------------------------------------------------------


def _pair(documents: Sequence[Path], roots: Sequence[Path], names: _Names, files: Files) -> None:
    """Part the documents into notes and summaries of them; a summary without a note is named."""
    in_folder = {path: found for path in documents if (found := _in_summary_folder(path, roots))}
    beside = {path: found for path in documents if path not in in_folder and (found := sidecar(path.stem))}
    notes = [path for path in documents if path not in in_folder and not (path in beside and beside[path].certain)]
    index = _Index(notes)
    pairs: list[tuple[Path, list[Path], Task, str]] = []
    for path, said in beside.items():
        meant = [note for note in index.beside(path.parent, said.stem) if note != path]
        if not said.stem:
            meant = [note for note in notes if note.parent == path.parent and note not in beside]
            meant = meant if len(meant) == 1 else []
        if meant or said.certain:
            pairs.append((path, meant, said.task, "sidecar"))
    taken = {path for path, _meant, _task, _origin in pairs}
    for path, (task, below) in in_folder.items():
        pairs.append((path, index.mirrored(path, below), task, "folder"))
    files.notes = [Note(path, names.of(path)) for path in notes if path not in taken]
    by_path = {note.path: note for note in files.notes}
    for path, meant, task, origin in pairs:
        _give(path, [by_path[note] for note in meant if note in by_path], task, origin, names, files)


def _give(path: Path, meant: Sequence[Note], task: Task, origin: str, names: _Names, files: Files) -> None:
    if not meant:
        files.skipped.append((names.of(path), _("it is called a summary, but there is no document of that name")))
        return
    doubts = ()
    if len(meant) > 1:
        others = ", ".join(note.name for note in meant)
        doubts = (_("several documents have its name: {names}; the first was taken").format(names=others),)
    meant[0].summaries.append(SummaryFile(path, names.of(path), task, origin, doubts))


def _in_summary_folder(path: Path, roots: Sequence[Path]) -> tuple[Task, Path] | None:
    """For a file below a folder called "riassunti": what it teaches, and that folder.

    Not where that folder was named itself: what is in it are then the notes.
    """
    for folder in path.parents:
        if folder in roots:
            return None
        if task := FOLDERS.get(folded(folder.name)):
            return (task, folder) if any(folder.is_relative_to(root) for root in roots) else None
    return None


class _Index:
    """Notes by folder and stem, as names are compared."""

    def __init__(self, notes: Iterable[Path]) -> None:
        self._beside: dict[tuple[str, str], list[Path]] = {}
        self._anywhere: dict[str, list[Path]] = {}
        for note in notes:
            for stem in dict.fromkeys((folded(note.stem), folded(note.name))):
                self._beside.setdefault((str(note.parent), stem), []).append(note)
                self._anywhere.setdefault(stem, []).append(note)

    def beside(self, folder: Path, stem: str) -> list[Path]:
        return self._beside.get((str(folder), folded(stem)), [])

    def mirrored(self, summary: Path, below: Path) -> list[Path]:
        """The notes that a file in a folder of summaries is about.

        In the folder above it, at the same place; else the only one of that name below that folder.
        """
        found = sidecar(summary.stem)
        above = below.parent
        mirror = above / summary.relative_to(below).parent
        for stem in dict.fromkeys((summary.stem, found.stem if found and found.stem else summary.stem)):
            if meant := self.beside(mirror, stem) or self.beside(above, stem):
                return meant
            anywhere = [note for note in self._anywhere.get(folded(stem), []) if note.is_relative_to(above)]
            if len(anywhere) == 1:
                return anywhere
        return []
