"""What the child that reads a document says to its parent: one JSON object a line, ASCII, checked on arrival.

    Opened, then a PageRead for each page (a later one for the same page replaces it) and Structure, then Done.
    Refused instead of Opened when no engine opens the file. Of a page that is to be drawn: Picture, then Done.

The child has read an untrusted file, so the parent believes nothing of its shape.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast, get_args

from assistant.documents.model import REASONS, WARNINGS, Engine

RefusalCode = Literal["password", "certificate", "protected", "damaged", "too-large", "unopenable", "installation"]
MAX_OUTLINE_ENTRIES = 5_000
MAX_NAME_CHARACTERS = 500
"""Of a title, a label, an author …"""


@dataclass(frozen=True)
class Job:
    """The one line the child gets, on stdin: a password must not be seen in the list of processes."""

    path: str
    reader: str = "pdf"
    """Which of the child's readers takes it: see `child.main`."""
    password: str = field(default="", repr=False)
    engines: tuple[str, ...] = ()
    """For a reader that has several."""
    share: tuple[int, int] = (0, 1)
    """Number and count: the pages of a long book are read by several children at once."""
    skip: tuple[int, ...] = ()
    """Indices (from 0) of pages already read well."""
    limits: Mapping[str, float] = field(default_factory=dict[str, float])
    options: Mapping[str, object] = field(default_factory=dict[str, object])
    """What only this reader needs, in plain JSON."""


@dataclass(frozen=True)
class Opened:
    pages: int


class LineFacts(NamedTuple):
    """How a line of a PDF page looks: the reader side makes headings and footnotes of it, seeing the whole document."""

    size: int
    """Height of its type in tenths of a point; 0 when not known."""
    bold: int
    """1 when most of it is bold."""
    top: int
    """Where it stands on the page, in thousandths of the page's height from the top."""


@dataclass(frozen=True)
class PageRead:
    index: int
    """From 0."""
    text: str
    engine: Engine
    warnings: tuple[str, ...]
    reason: str = ""
    """Why this engine and not the first one: a code of `model.REASONS`; empty for the first."""
    lines: tuple[LineFacts, ...] = ()
    """One for each line of `text` that is not blank, or none at all."""


class OutlineEntry(NamedTuple):
    title: str
    level: int
    """From 1."""
    page: int
    """Index from 0."""
    offset: int = -1
    """Character of the page's text where it starts; -1 when not known: it is looked for by its title."""


@dataclass(frozen=True)
class Structure:
    labels: tuple[str, ...]
    """One for each page, or none at all."""
    outline: tuple[OutlineEntry, ...]
    metadata: dict[str, str]


@dataclass(frozen=True)
class Picture:
    width: int
    height: int
    pixels: str
    """Base64 of red, green and blue of each pixel, row by row."""
    marked: bool
    """Whether what was to be marked was found."""


@dataclass(frozen=True)
class Refused:
    code: RefusalCode
    detail: str = ""


@dataclass(frozen=True)
class Done:
    pass


ChildMessage = Opened | PageRead | Structure | Picture | Refused | Done
_TYPES = {kind.__name__: kind for kind in (Opened, PageRead, Structure, Picture, Refused, Done)}


def encode(message: ChildMessage | Job) -> bytes:
    return json.dumps({"type": type(message).__name__, **vars(message)}).encode("ascii") + b"\n"


def decode_job(line: bytes) -> Job:
    fields = json.loads(line)
    return Job(
        fields["path"],
        fields["reader"],
        fields["password"],
        tuple(fields["engines"]),
        tuple(fields["share"]),
        tuple(fields["skip"]),
        fields["limits"],
        fields["options"],
    )


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
    text, reason = _text(fields["text"]), fields["reason"]
    if reason and reason not in REASONS:
        raise ValueError("not a reason we know")
    lines = tuple(LineFacts(_count(size), _count(bold), _count(top)) for size, bold, top in fields["lines"])
    if lines and len(lines) != sum(1 for line in text.split("\n") if line.strip()):
        raise ValueError("not as many facts as lines")
    return PageRead(_count(fields["index"]), text, cast(Engine, engine), warnings, reason, lines)


def _structure(fields: dict[str, Any]) -> Structure:
    outline = fields["outline"][:MAX_OUTLINE_ENTRIES]
    return Structure(
        tuple(_name(label) for label in fields["labels"]),
        tuple(_outline_entry(*entry) for entry in outline),
        {_name(key): _name(value) for key, value in fields["metadata"].items()},
    )


def _outline_entry(title: object, level: object, page: object, offset: object) -> OutlineEntry:
    where = offset if isinstance(offset, int) and offset >= 0 else -1
    return OutlineEntry(_name(title), max(1, _count(level)), _count(page), where)


def _picture(fields: dict[str, Any]) -> Picture:
    width, height, pixels = _count(fields["width"]), _count(fields["height"]), _text(fields["pixels"])
    if not width * height or len(base64.b64decode(pixels, validate=True)) != 3 * width * height:
        raise ValueError("not as many pixels as it says")
    return Picture(width, height, pixels, fields["marked"] is True)


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
    Picture: _picture,
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
