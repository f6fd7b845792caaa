"""What the child that reads a PDF says to its parent: one JSON object a line, ASCII, checked on arrival.

    Opened, then a PageRead for each page (a later one for the same page replaces it), then Structure, then Done.
    Refused instead of Opened when no engine opens the file.

The child has read an untrusted file, so the parent believes nothing of its shape.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast, get_args

from assistant.documents.model import WARNINGS, Engine

RefusalCode = Literal["password", "certificate", "damaged", "unopenable", "installation"]
MAX_OUTLINE_ENTRIES = 5_000
MAX_NAME_CHARACTERS = 500
"""Of a title, a label, an author …"""


@dataclass(frozen=True)
class Job:
    """The one line the child gets, on stdin: a password must not be seen in the list of processes."""

    path: str
    password: str = field(default="", repr=False)
    engines: tuple[str, ...] = ("pdfium", "pypdf")
    skip: tuple[int, ...] = ()
    """Indices (from 0) of pages already read well."""
    limits: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Opened:
    pages: int


@dataclass(frozen=True)
class PageRead:
    index: int
    """From 0."""
    text: str
    engine: Engine
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Structure:
    labels: tuple[str, ...]
    """One for each page, or none at all."""
    outline: tuple[tuple[str, int, int], ...]
    """(title, level from 1, page index from 0)."""
    metadata: dict[str, str]


@dataclass(frozen=True)
class Refused:
    code: RefusalCode
    detail: str = ""


@dataclass(frozen=True)
class Done:
    pass


ChildMessage = Opened | PageRead | Structure | Refused | Done
_TYPES = {kind.__name__: kind for kind in (Opened, PageRead, Structure, Refused, Done)}


def encode(message: ChildMessage | Job) -> bytes:
    return json.dumps({"type": type(message).__name__, **asdict(message)}).encode("ascii") + b"\n"


def decode_job(line: bytes) -> Job:
    fields = json.loads(line)
    return Job(fields["path"], fields["password"], tuple(fields["engines"]), tuple(fields["skip"]), fields["limits"])


def decode(line: bytes) -> ChildMessage:
    """Raises ValueError for anything that is not a message of the right shape."""
    try:
        fields: dict[str, Any] = json.loads(line)
        kind = _TYPES[fields.pop("type")]
        return _READERS[kind](fields)
    except (KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ValueError(f"not a message: {line[:80]!r}") from error


def _opened(fields: dict[str, Any]) -> Opened:
    return Opened(_count(fields["pages"]))


def _page_read(fields: dict[str, Any]) -> PageRead:
    engine, warnings = fields["engine"], tuple(fields["warnings"])
    if engine not in get_args(Engine) or not set(warnings) <= set(WARNINGS):
        raise ValueError("not an engine or a warning we know")
    return PageRead(_count(fields["index"]), _text(fields["text"]), cast(Engine, engine), warnings)


def _structure(fields: dict[str, Any]) -> Structure:
    outline = fields["outline"][:MAX_OUTLINE_ENTRIES]
    return Structure(
        tuple(_name(label) for label in fields["labels"]),
        tuple((_name(title), max(1, _count(level)), _count(page)) for title, level, page in outline),
        {_name(key): _name(value) for key, value in fields["metadata"].items()},
    )


def _refused(fields: dict[str, Any]) -> Refused:
    if fields["code"] not in get_args(RefusalCode):
        raise ValueError("not a reason we know")
    return Refused(fields["code"], _name(fields["detail"]))


def _done(fields: dict[str, Any]) -> Done:
    return Done(**fields)


_READERS: dict[type[Any], Any] = {
    Opened: _opened,
    PageRead: _page_read,
    Structure: _structure,
    Refused: _refused,
    Done: _done,
}


def _count(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a count")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _name(value: object) -> str:
    return _text(value)[:MAX_NAME_CHARACTERS]
