"""The file itself, before anybody reads it as a document: is it there, may we, how large, what does it hold."""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import itertools
import stat
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from assistant.documents.child.limits import LIMITS, Limits
from assistant.documents.content import HEAD_BYTES
from assistant.documents.ocr.options import Recognition
from assistant.errors import (
    DocumentAccessError,
    DocumentLimitError,
    DocumentNotFoundError,
    NoTextError,
    UnsupportedDocumentError,
)
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.safe_text import printable

_FOLDER_ENTRIES_LOOKED_AT = 5_000


class OnPage(Protocol):
    def __call__(self, done: int, total: int, /) -> None: ...


def ignore_pages(_done: int, _total: int, /) -> None:
    """For callers that do not show progress."""


@dataclass(frozen=True)
class Source:
    """A file to read, and how; what every reader is given."""

    path: Path
    password: str = field(default="", repr=False)
    on_page: OnPage = ignore_pages
    should_stop: ShouldStop = never_stop
    limits: Limits = LIMITS
    recognition: Recognition = field(default_factory=Recognition)

    @property
    def name(self) -> str:
        """For sentences a person reads; the file's real name may hold anything."""
        return _on_one_line(self.path.name) or self.path.stem

    @property
    def title(self) -> str:
        """The title of a document that does not say its own."""
        return _on_one_line(self.path.stem)

    def check(self) -> None:
        """Raises the children of DocumentError that need no look inside: not there, not a file, empty, too large …"""
        with self.translated():
            status = self.path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise self._is_a_folder()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe or a device may never end
            raise UnsupportedDocumentError(
                _("{name} is not a file but a device or a pipe.").format(name=self.name),
                _("Save what it gives to a file and open that."),
                path=self.path,
            )
        if status.st_size == 0:
            raise NoTextError(
                _("{name} is empty: it has no bytes at all.").format(name=self.name),
                _("Save or download it again; a copy may have been cut off."),
                path=self.path,
            )
        self.check_size(status.st_size, self.limits.file_bytes)

    def check_size(self, size_bytes: int, most_bytes: int) -> None:
        """Raises DocumentLimitError."""
        if size_bytes > most_bytes:
            raise DocumentLimitError(
                _("{name} is {size} MB, more than the {most} MB Sunto reads.").format(
                    name=self.name, size=size_bytes >> 20, most=most_bytes >> 20
                ),
                _("Split it and open the parts you need."),
                path=self.path,
            )

    def head(self) -> bytes:
        with self.translated(), self.path.open("rb") as file:
            return file.read(HEAD_BYTES)

    def read_bytes(self, most_bytes: int) -> bytes:
        """All of it. Raises DocumentLimitError when that is more than `most_bytes`, even if the file is growing."""
        with self.translated(), self.path.open("rb") as file:
            data = file.read(most_bytes + 1)
            size_bytes = max(len(data), self.path.stat().st_size)
        self.check_size(size_bytes, most_bytes)
        return data

    def sha256(self) -> str:
        with self.translated():
            return file_sha256(self.path)

    @contextlib.contextmanager
    def translated(self) -> Generator[None]:
        """Turn what the system says of a file into what a person can act on."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            raise self.not_found() from error
        except ValueError as error:  # a name with a null character, which no file can have
            raise self.not_found() from error
        except IsADirectoryError as error:
            raise self._is_a_folder() from error
        except PermissionError as error:
            raise DocumentAccessError(
                _("You are not allowed to read {name}.").format(name=self.name),
                _("Change its permissions, close other programs that have it open, or copy it to a folder of yours."),
                path=self.path,
            ) from error
        except OSError as error:
            raise DocumentAccessError(
                _("{name} cannot be read: {reason}.").format(name=self.name, reason=error.strerror or error),
                _("Check the disk or the network it is on, then try again."),
                path=self.path,
            ) from error

    def not_found(self) -> DocumentNotFoundError:
        near = _nearest_name(self.path)
        return DocumentNotFoundError(
            _("There is no file {path}.").format(path=printable(str(self.path))),
            _("Did you mean {name}?").format(name=printable(near))
            if near
            else _("Check the name and the folder; a path with spaces needs quotes around it."),
            path=self.path,
        )

    def _is_a_folder(self) -> DocumentNotFoundError:
        return DocumentNotFoundError(
            _("{path} is a folder, not a document.").format(path=printable(str(self.path))),
            _("Name the file in it that you want to read."),
            path=self.path,
        )


def _on_one_line(name: str) -> str:
    """A file's name as it can stand in a sentence: on some systems it may hold line ends."""
    return " ".join(printable(name).splitlines())


def file_sha256(path: str | Path) -> str:
    """Of the file's bytes, as hexadecimal digits. Raises OSError."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nearest_name(path: Path) -> str:
    """The name in the same folder that looks most like the one asked for; "" when none does."""
    try:
        names = [entry.name for entry in itertools.islice(path.parent.iterdir(), _FOLDER_ENTRIES_LOOKED_AT)]
    except (OSError, ValueError):
        return ""
    by_folded = {name.casefold(): name for name in names if name != path.name}  # a link to nowhere bears the name
    near = difflib.get_close_matches(path.name.casefold(), by_folded, n=1)
    return by_folded[near[0]] if near else ""
