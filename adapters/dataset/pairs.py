"""Pairs of a text and its summary, as a JSON Lines file has them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import DatasetError
from assistant.i18n import _

MAX_FILE_BYTES = 256 << 20


@dataclass(frozen=True)
class Pair:
    document: str
    summary: str
    line: int
    """In the file, counted from 1."""


@dataclass(frozen=True)
class PairFile:
    pairs: tuple[Pair, ...]
    broken: tuple[tuple[int, str], ...]
    """Rows left out: line, reason."""
    sha256: str


def read_pairs(path: Path) -> PairFile:
    """Rows `{"document": …, "summary": …}`, one JSON object a line; broken rows are left out and named.

    Raises DatasetError when the file cannot be read or no row is usable.
    """
    data = _read_bytes(path)
    pairs: list[Pair] = []
    broken: list[tuple[int, str]] = []
    for number, line in enumerate(_decode(data, path).splitlines(), start=1):
        if not line.strip():
            continue
        try:
            pairs.append(_pair(line, number))
        except ValueError as error:
            broken.append((number, str(error)))
    if not (pairs or broken):
        raise DatasetError(_("{path} is empty.").format(path=path), _row_hint(), path=path)
    if not pairs:
        line, reason = broken[0]
        raise DatasetError(
            _("No row of {path} can be used: line {line}: {reason}.").format(path=path, line=line, reason=reason),
            _row_hint(),
            path=path,
            line=line,
        )
    return PairFile(tuple(pairs), tuple(broken), hashlib.sha256(data).hexdigest())


def _row_hint() -> str:
    return _('Each line must be a JSON object: {{"document": "the text", "summary": "its summary"}}.').format()


def _read_bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise DatasetError(
                _("{path} is a folder; a file of pairs is needed.").format(path=path),
                _("Give a .jsonl file with one document and its summary per line."),
                path=path,
            )
        if path.stat().st_size > MAX_FILE_BYTES:
            raise DatasetError(
                _("{path} is larger than {limit} MB.").format(path=path, limit=MAX_FILE_BYTES >> 20),
                _("Split it, or keep the best few thousand rows: more teach little."),
                path=path,
            )
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(
            _("{path} cannot be read: {reason}.").format(path=path, reason=error.strerror or error),
            _("Check the name and the folder."),
            path=path,
        ) from error


def _decode(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(
            _("{path} is not text in UTF-8.").format(path=path),
            _("Save it again as UTF-8; JSON Lines files always are."),
            path=path,
        ) from error


def _pair(line: str, number: int) -> Pair:
    """Raises ValueError with the reason in words."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("it is not JSON")) from error
    if not isinstance(row, dict):
        raise ValueError(_("it is not an object"))
    for key in ("document", "summary"):
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(_("“{key}” is missing or empty").format(key=key))
    return Pair(row["document"].strip(), row["summary"].strip(), number)
