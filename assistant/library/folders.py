"""Which files a person means by naming files and folders: what could be documents, in a stable order."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assistant.config import data_dir
from assistant.documents.ocr.image_header import PICTURES, read_image_header
from assistant.documents.source import Source
from assistant.errors import DocumentError

_JUNK = frozenset({"thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "__pycache__", "node_modules", "lost+found"})
"""What systems and programs leave in folders, in lower case."""

_SMALLEST_PAGE_PIXELS = 450_000
"""A sheet of A4 at 72 dpi has 500,000; nobody could read less."""


@dataclass
class Found:
    files: list[Path] = field(default_factory=list[Path])
    """Absolute, each once; whether they can be read is for their readers to say."""
    ignored: Counter[str] = field(default_factory=Counter[str])
    """By suffix in lower case: files in folders that no reader takes, and small pictures."""
    closed: list[DocumentError] = field(default_factory=list[DocumentError])
    """Folders that could not be looked into."""
    outside: list[Path] = field(default_factory=list[Path])
    """Links that lead out of the folder they were found below, where those are not followed."""


def find_files(paths: Iterable[str | Path], suffixes: Collection[str], *, stay_inside: bool = False) -> Found:
    """The files named, and those below the folders named that have one of the suffixes.

    Hidden files, junk, pictures too small to be a page and Sunto's own data are passed over, unless named themselves.
    Links are followed, each folder once, so a loop of links ends; `stay_inside` leaves out those that lead elsewhere.
    """
    found = Found()
    seen: set[Path] = set()
    entered: set[tuple[int, int] | str] = set()
    for path in paths:
        whole = absolute(path)
        for file in _walk(whole, found, entered, stay_inside=stay_inside) if _is_folder(whole) else [whole]:
            if file in seen:
                continue
            seen.add(file)
            if file == whole or (file.suffix.lower() in suffixes and not _is_no_page(file)):
                found.files.append(file)
            else:
                found.ignored[file.suffix.lower()] += 1
    return found


def _walk(folder: Path, found: Found, entered: set[tuple[int, int] | str], *, stay_inside: bool) -> Iterator[Path]:
    """Every file below, folder by folder: first the files in it by name, then the folders in it by name."""
    waiting = [folder]
    own, inside = data_dir(), folder.resolve()
    while waiting:
        current = waiting.pop()
        try:
            with Source(current).translated():
                identity = _identity(current)
                if identity in entered or current == own:
                    continue
                entered.add(identity)
                entries = sorted(os.scandir(current), key=lambda entry: (entry.name.casefold(), entry.name))
        except DocumentError as error:
            found.closed.append(error)
            continue
        wanted = [entry for entry in entries if not _is_passed_over(entry)]
        if stay_inside:
            leaving = [entry for entry in wanted if entry.is_symlink() and not _is_below(Path(entry.path), inside)]
            found.outside += [Path(entry.path) for entry in leaving]
            wanted = [entry for entry in wanted if entry not in leaving]
        folders = [Path(entry.path) for entry in wanted if _is_folder(Path(entry.path))]
        waiting += reversed(folders)
        below = set(folders)
        yield from (path for entry in wanted if (path := Path(entry.path)) not in below)


def _is_below(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder)
    except (OSError, RuntimeError):  # a link to itself leads nowhere; its reader says so
        return True


def _identity(folder: Path) -> tuple[int, int] | str:
    """The same for a folder and every link to it."""
    status = folder.stat()
    return (status.st_dev, status.st_ino) if status.st_ino else str(folder.resolve())


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # a name no file can have, a loop of links: the reader says what it is
        return False


def _is_passed_over(entry: os.DirEntry[str]) -> bool:
    name = entry.name.casefold()
    return name.startswith((".", "~$")) or name in _JUNK or _is_hidden_on_windows(entry)


def _is_no_page(file: Path) -> bool:
    """The icons and buttons beside a web page: recognising their text would take hours and give nothing."""
    if file.suffix.lower() not in PICTURES:
        return False
    try:
        with file.open("rb") as opened:
            header = read_image_header(opened)
    except OSError:  # its reader says why
        return False
    return header is not None and header.pixels < _SMALLEST_PAGE_PIXELS


def _is_hidden_on_windows(entry: os.DirEntry[str]) -> bool:
    try:
        attributes = getattr(entry.stat(follow_symlinks=False), "st_file_attributes", 0)
    except OSError:
        return False
    return bool(attributes & stat.FILE_ATTRIBUTE_HIDDEN)


def absolute(path: str | Path) -> Path:
    path = Path(path)
    try:
        return path.expanduser().absolute()
    except RuntimeError:  # `~nobody` is simply a name that is not found
        return path.absolute()
