"""How pages that are images are to be read: whether, with what, who hears of it, and where results are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

Mode = Literal["auto", "off"]


class RecognisedPages(Protocol):
    """Where recognised pages are kept, so that a stop or a crash loses only those in progress."""

    def recognised_page(self, key: str, /) -> str | None: ...

    def keep_recognised_page(self, key: str, value: str, sha256: str, /) -> None:
        """Kept for good when this returns. `sha256` is the document's: the page is to be deleted with it."""
        ...


def _ignore(_done: int, _total: int, /) -> None:
    """Nobody asked to be told how far it is."""


@dataclass(frozen=True)
class Recognition:
    mode: Mode = "auto"
    """`off` leaves images unread."""
    program: str = "auto"
    """Path of tesseract; `auto` looks for it."""
    on_page: Callable[[int, int], None] = _ignore
    """(done, total), called in the reader's thread."""
    kept: RecognisedPages | None = None
