"""Bytes of a file of rows to text: how many, and in which encoding."""

from __future__ import annotations

import stat
from contextlib import suppress
from pathlib import Path

from adapters.registry import reason_of
from assistant.documents.encodings import decode_text
from assistant.errors import DatasetError
from assistant.i18n import _

MAX_FILE_BYTES = 256 << 20
_ZIP = b"PK\x03\x04"
"""What an Excel workbook begins with."""
_LOOKED_AT = 4096
_LINES_LOST = 10
"""A file of which less than one part in so many is zeros was text: a power cut leaves such ends. In JSON their lines
are broken ones; in a table they would pass for words."""


def read_bytes(path: Path) -> bytes:
    """Raises DatasetError for what is not there, not a file, too large, or not readable."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a folder, or a pipe that would be waited for in vain
            raise DatasetError(
                _("{path} is no file; a file of rows is needed.").format(path=path),
                _("Give a .jsonl or .csv file with a text and its summary in each row."),
                path=path,
            )
        if status.st_size > MAX_FILE_BYTES:
            raise _too_large(path)
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise DatasetError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=reason_of(error)),
            _("Check the name and the folder."),
            path=path,
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise _too_large(path)
    return data


def _too_large(path: Path) -> DatasetError:
    return DatasetError(
        _("{path} is larger than {limit} MB.").format(path=path, limit=MAX_FILE_BYTES >> 20),
        _("Split it, or keep the best few thousand rows: more teach little."),
        path=path,
    )


def decoded(data: bytes, path: Path) -> str:
    """UTF-8, UTF-16 or what Windows once wrote, its line ends as line feeds. Raises DatasetError for no text at all."""
    if data.startswith(_ZIP):
        raise DatasetError(
            _("{path} is a workbook or an archive, not a file of rows.").format(path=path),
            _("In a spreadsheet, save it as “CSV UTF-8”."),
            path=path,
        )
    text = _text(data)
    if text.count("\0") > (len(text) // _LINES_LOST if _looks_like_json(data) else 0):
        raise DatasetError(
            _("{path} is not text.").format(path=path),
            _("Give a .jsonl or .csv file with a text and its summary in each row."),
            path=path,
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like_json(data: bytes) -> bool:
    return data[:_LOOKED_AT].lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in (b"{", b"[")


def _text(data: bytes) -> str:
    """JSON as it is, for programs write it. What passed through a spreadsheet may have been misread on its way, and
    “perchÃ©” is turned back (`assistant.documents.encodings`)."""
    if _looks_like_json(data):
        with suppress(UnicodeDecodeError):
            return data.decode("utf-8-sig")
    return decode_text(data)
