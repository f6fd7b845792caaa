"""What the readers of PDF pages have in common. Imported by the child only: their libraries meet hostile files here.

pdfium is fast and reads words best; pypdf is pure Python, refuses bombs and repairs more. Each is imported when it
is first needed, pypdf for few files at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from assistant.documents.child.messages import LineFacts, RefusalCode, Structure
from assistant.documents.model import Engine

LITTLE_TEXT = 200
"""Characters. Looking for images costs something, and only matters where there is less text than this."""

_T = TypeVar("_T")


def or_else(read: Callable[[], _T], default: _T) -> _T:
    """For what is a help and no condition: the text is there without it."""
    try:
        return read()
    except Exception:  # damaged files make both libraries raise whatever comes up
        return default


class CannotOpen(Exception):  # noqa: N818 - an answer, not a fault of ours
    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.detail = detail


@dataclass(frozen=True)
class PageText:
    """What an engine found on a page, before anybody judges it."""

    text: str
    engine: Engine
    lines: tuple[LineFacts, ...] = ()
    """One for each line of `text` that is not blank, or none at all."""
    reason: str = ""
    """Why the order is not the one of drawing, or the spaces are not pdfium's: a code of `model.REASONS`."""
    image_cover: float = 0.0
    """Share of the page's area under images, 0 to 1; only looked at where there is little text."""
    formula_share: float = 0.0
    """Of the characters, roughly, that are in a mathematical font or are signs of mathematics."""
    wordless: bool = False
    """The page draws no text at all: no other engine will find any."""


class PdfEngine(Protocol):
    name: Engine
    page_count: int

    def read_page(self, index: int) -> PageText:
        """Index from 0. May raise anything."""
        ...

    def structure(self) -> Structure:
        """Labels, outline and metadata; a part that cannot be read is left empty."""
        ...
