"""An adapter's files in a .zip. Nothing is unpacked: the few members that are needed are read through, by name.

No name inside the archive ever becomes a name on the disk. Before `zipfile` reads the list of members its size is
checked, before a member is read its size and how far it expands.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from adapters.importing.reader import Reader
from adapters.importing.trouble import not_found, shown, shown_path, too_large, unreadable
from assistant.errors import AdapterCorruptError, AdapterError
from assistant.i18n import _

_MAX_LIST_BYTES = 8 << 20
_MAX_RATIO = 200
"""Deflate packs weights to nine tenths, and a half-empty file to about half; only an attack, or nothing, to 1/200."""
_RATIO_FROM_BYTES = 1 << 20
_END = b"PK\x05\x06"
_ZIP64_END = b"PK\x06\x07"
_END_FIELDS = struct.Struct("<4s4H2LH")
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x1
_OUTWARD = re.compile(r"(?:^|/)\.\.(?:/|$)|^/|^[A-Za-z]:")

_BROKEN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OverflowError,
)
"""What `zipfile` raises for archives that are cut off, garbled or made to confuse it."""


class Archive:
    """Its members by the names `adapter_config.json`, `folder/adapter_config.json`: at most one folder deep."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._check_list(file)
        except OSError as error:
            raise unreadable(path, error) from error
        self._members = self._read_list()

    def names(self, *, deeper: bool = False) -> Mapping[str, int]:
        """Name → size in bytes unpacked; `deeper`: of the folders at the top as well."""
        return {name: info.file_size for name, info in self._members.items() if name.count("/") <= deeper}

    def read(self, name: str, limit: int) -> bytes:
        """The whole of a small member. Raises AdapterError where it has more than `limit` bytes."""
        if name in self._members and self._members[name].file_size > limit:
            raise too_large(name)
        with self.open(name) as file:
            return file.read(limit)

    @contextmanager
    def open(self, name: str) -> Generator[Reader]:
        info = self._members.get(name)
        if info is None:
            raise not_found(self.path, _("{name} is missing").format(name=shown(name)))
        self._check_member(name, info)
        with ExitStack() as files:
            with self._errors():
                archive = files.enter_context(zipfile.ZipFile(self.path))
                member = files.enter_context(archive.open(info))
            yield Reader(member, self._errors)

    def _check_list(self, file: BinaryIO) -> None:
        """`zipfile` holds the whole list of members in memory: how long it is must be known before."""
        size = file.seek(0, 2)
        file.seek(max(0, size - _LONGEST_COMMENT - _END_FIELDS.size))
        tail = file.read()
        if _ZIP64_END in tail:  # only for archives beyond 4 GB or 65,535 members
            raise self._too_much()
        place = tail.find(_END)
        while place >= 0 and place + _END_FIELDS.size <= len(tail):
            if _END_FIELDS.unpack_from(tail, place)[5] > _MAX_LIST_BYTES:
                raise self._too_much()
            place = tail.find(_END, place + 1)

    def _read_list(self) -> dict[str, zipfile.ZipInfo]:
        with self._errors(), zipfile.ZipFile(self.path) as archive:
            infos = archive.infolist()
        members: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            name = info.filename.replace("\\", "/")  # as some programs on Windows write them
            if _OUTWARD.search(name):
                raise AdapterError(
                    _("{path} holds a name that leads out of its folder: {name}.").format(
                        path=shown_path(self.path), name=shown(name)
                    ),
                    _("Do not trust this file; ask for the adapter from somebody you know."),
                )
            if info.is_dir():
                continue
            if name in members:
                raise self._broken(_("{name} is in it twice").format(name=shown(name)))
            members[name] = info
        return members

    def _check_member(self, name: str, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & _ENCRYPTED:
            raise AdapterError(
                _("{path} is locked with a password.").format(path=shown_path(self.path)),
                _("Unpack it with the program that made it, and import the folder."),
            )
        if stat.S_ISLNK(info.external_attr >> 16):
            raise self._broken(_("{name} is a link").format(name=shown(name)))
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise AdapterError(
                _("{path} is packed in a way that Sunto does not read.").format(path=shown_path(self.path)),
                _("Unpack it with the program that made it, and import the folder."),
            )
        if info.file_size > _RATIO_FROM_BYTES and info.file_size > _MAX_RATIO * max(1, info.compress_size):
            raise self._broken(_("{name} would grow beyond all measure").format(name=shown(name)))

    @contextmanager
    def _errors(self) -> Generator[None]:
        try:
            yield
        except _BROKEN as error:
            raise self._broken(shown(error)) from error
        except OSError as error:
            raise unreadable(self.path, error) from error

    def _broken(self, reason: str) -> AdapterCorruptError:
        return AdapterCorruptError(
            _("The archive {path} is damaged: {reason}.").format(path=shown_path(self.path), reason=reason.rstrip(".")),
            _("Copy it again from where it came from, or unpack it and import the folder."),
        )

    def _too_much(self) -> AdapterError:
        return AdapterError(
            _("{path} holds too much for an adapter's archive.").format(path=shown_path(self.path)),
            _("Unpack it, and import the folder in which adapter_config.json lies."),
        )
