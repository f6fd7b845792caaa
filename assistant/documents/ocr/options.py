"""How pages that are images are to be read: whether, with what, who hears of it, and where results are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol


class RecognisedPages(Protocol):
    """Where recognised pages are kept, so that a stop or a crash loses only those in progress: the library."""

    def unit(self, key: str) -> str | None: ...

    def put_unit(self, key: str, value: str, documents: Iterable[str] = ()) -> None:
        """Kept for good when this returns. `documents` are the SHA-256 of the files it is to be deleted with."""
        ...


def _ignore(_done: int, _total: int, /) -> None:
    """Nobody asked to be told how far it is."""


@dataclass(frozen=True)
class Recognition:
    mode: str = "auto"
    """The setting `ocr`: `off` leaves images unread."""
    program: str = "auto"
    """Path of tesseract; `auto` looks for it."""
    on_page: Callable[[int, int], None] = _ignore
    """(done, total), called in the reader's thread."""
    kept: RecognisedPages | None = None
