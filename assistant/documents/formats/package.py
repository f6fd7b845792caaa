"""The zip archives that office documents and e-books are: members read into memory, never onto the disk, with a bound.

A member is only ever looked up by the name that another member gives, so a name like `../../etc/passwd` leads
nowhere. What a member says of its own size is not believed: reading stops at the bound.
"""

from __future__ import annotations

import errno
import lzma
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from assistant.documents.formats.draft import UnreadableError
from assistant.documents.formats.xml import BadXmlError, Element, attribute, children, parse_xml

MEMBER_BYTES = 128 << 20
"""Of one member: far more than the text of any book; lxml needs about five times as much memory for it."""
ALL_BYTES = 512 << 20
"""Of all members read, together."""
MAX_MEMBERS = 100_000
_ENCRYPTED = 0x1


@dataclass(frozen=True)
class Relationship:
    kind: str
    """The last part of its type: `slide`, `footnotes`, `officeDocument` …"""
    target: str
    """Name of a member; "" for what lies outside."""


_BROKEN_MEMBER = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,  # a place outside the file; the file itself is open
)


class Package:
    def __init__(self, path: Path) -> None:
        """Raises UnreadableError, OSError."""
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, EOFError) as error:
            raise UnreadableError("damaged", str(error)) from error
        except OSError as error:
            if error.errno == errno.EINVAL:  # sent to a place before the beginning of the file
                raise UnreadableError("damaged", str(error)) from error
            raise
        if len(self._zip.filelist) > MAX_MEMBERS:
            raise UnreadableError("too-large", f"{len(self._zip.filelist)} members")
        self._by_folded = {info.filename.replace("\\", "/").lstrip("/").casefold(): info for info in self._zip.filelist}
        self._left_bytes = ALL_BYTES
        self.damaged = False
        """Whether a member that was read is broken XML, of which some may be missing."""

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._by_folded

    @property
    def names(self) -> list[str]:
        return [info.filename for info in self._zip.filelist]

    def read(self, name: str) -> bytes:
        """Raises KeyError for a member that is not there, and UnreadableError."""
        info = self._by_folded[name.casefold()]
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableError("password", name)
        most = min(MEMBER_BYTES, self._left_bytes)
        try:
            with self._zip.open(info) as member:
                data = member.read(most + 1)
        except _BROKEN_MEMBER as error:
            raise UnreadableError("damaged", f"{name}: {error}") from error
        if len(data) > most:
            raise UnreadableError("too-large", name)
        self._left_bytes -= len(data)
        return data

    def xml(self, name: str) -> Element | None:
        """The root of a member; None where it is missing or is no XML."""
        try:
            return self._parsed(name)
        except (KeyError, BadXmlError):
            return None

    def needed_xml(self, name: str) -> Element:
        """The root of a member nothing can be read without. Raises UnreadableError."""
        try:
            return self._parsed(name)
        except (KeyError, BadXmlError) as error:
            raise UnreadableError("damaged", f"{name}: {error}") from error

    def _parsed(self, name: str) -> Element:
        root, whole = parse_xml(self.read(name))
        self.damaged = self.damaged or not whole
        return root

    def relationships(self, part: str = "") -> dict[str, Relationship]:
        """By their ids: what a member of an Office file refers to; of the package itself for ""."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        found: dict[str, Relationship] = {}
        for entry in children(root, "Relationship"):
            outside = attribute(entry, "TargetMode") == "External"
            target = "" if outside else resolve(folder, attribute(entry, "Target"))
            found[attribute(entry, "Id")] = Relationship(attribute(entry, "Type").rpartition("/")[2], target)
        return found

    def related(self, part: str, kind: str) -> str:
        """The first member of a kind that `part` refers to; "" for none."""
        return next((entry.target for entry in self.relationships(part).values() if entry.kind == kind), "")


def resolve(folder: str, target: str) -> str:
    """The name of the member that a reference out of `folder` means; "" for an address elsewhere."""
    target = unquote(target).replace("\\", "/")
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", target):
        return ""
    return posixpath.normpath(posixpath.join(folder, target)).lstrip("/") if target else ""


def core_metadata(package: Package) -> dict[str, str]:
    """Title and author of an Office file."""
    root = package.xml(package.related("", "core-properties") or "docProps/core.xml")
    names = {"title": "title", "creator": "author", "subject": "subject"}
    return {
        names[tag]: text for tag in names for element in children(root, tag) if (text := (element.text or "").strip())
    }
