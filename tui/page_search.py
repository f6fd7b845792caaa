"""Finding words and pages in a document, as a person types them: accents, case and line ends do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.documents.model import Page

MAX_HITS = 10_000
"""More are no help to anybody."""


@dataclass(frozen=True)
class Hit:
    page: int
    """Position of the page in the document, from 0."""
    start: int
    end: int
    """Characters of that page's text."""


class PageSearch:
    """Keeps the evened-out text of the pages: the second search is the quicker one."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self._evened: list[str] | None = None

    def find(self, words: str) -> list[Hit]:
        """In reading order; none for empty words. Slow for a long document: for a thread of its own."""
        wanted = " ".join(evened(words).split())
        if not wanted:
            return []
        if self._evened is None:
            self._evened = [evened(page.text) for page in self._pages]
        hits: list[Hit] = []
        for index, text in enumerate(self._evened):
            hits.extend(Hit(index, start, start + len(wanted)) for start in _occurrences(text, wanted))
            if len(hits) >= MAX_HITS:
                break
        return hits[:MAX_HITS]


def evened(text: str) -> str:
    """The text without case and accents, every white space a space; each character stays at its place."""
    return text.translate(_TABLE)


def find_page(pages: Sequence[Page], typed: str) -> int | None:
    """Position of the page called so, from 0: by what is printed on it, else by its number in the file.

    `#12` and `PDF 12` are always the number in the file.
    """
    wanted = typed.strip().casefold().removeprefix("p.").strip()
    in_file = wanted.removeprefix("#").removeprefix("pdf").strip()
    if in_file == wanted:
        for position, page in enumerate(pages):
            if page.label.casefold() == wanted:
                return position
    number = int(in_file) if in_file.isascii() and in_file.isdigit() and len(in_file) < 10 else 0
    return number - 1 if 1 <= number <= len(pages) else None


class _Table(dict[int, str]):
    """For `str.translate`: each character's plain form, made when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        plain = " " if letter.isspace() else unicodedata.normalize("NFKD", letter)[0].lower()
        self[code] = plain if len(plain) == 1 else letter
        return self[code]


_TABLE = _Table({ord("’"): "'", ord("‘"): "'", ord("“"): '"', ord("”"): '"'})


def _occurrences(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + len(wanted))
