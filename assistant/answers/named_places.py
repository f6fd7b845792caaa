"""The pages and chapters that a question names: "list the organelles on page 3", "riassumi il capitolo 2".

What is named and is not there is left to the question: the whole text is read then, and the answer says what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from assistant.answers.routes import LOOKED_AT_CHARACTERS
from assistant.documents.chapters import chapters_of
from assistant.documents.model import Document

_JOINT = r"\s{0,2}(?:-|–|,|\bto\b|\band\b|\ba\b|\be\b)\s{0,2}"
_PAGES = re.compile(
    rf"\b(?:pages?|pagin[ae]|pagg?\.|pp?\.)\s{{0,2}}(\d{{1,5}}(?:{_JOINT}\d{{1,5}}){{0,9}})\b", re.IGNORECASE
)
_CHAPTERS = re.compile(
    rf"\b(?:chapters?|capitol[oi]|cap\.|sections?|sezion[ei]|paragraf[oi])\s{{0,2}}"
    rf"(\d{{1,3}}(?:\.\d{{1,3}})?(?:{_JOINT}\d{{1,3}}(?:\.\d{{1,3}})?){{0,9}})(?![\d.]*\d)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)(?:\s*(?:-|–|\bto\b|\ba\b)\s*(\d+))?")


def named_pages(
    question: str, documents: Sequence[Document], chosen: Mapping[str, Sequence[int]]
) -> dict[str, Sequence[int]]:
    """The page numbers to read of each document, by its path; those of `chosen` where the question names none.

    With several documents those that have no such page or chapter are left out, by a page that is nowhere.
    """
    asked = question[:LOOKED_AT_CHARACTERS]
    named = {document.path: sorted(_numbers(asked, document)) for document in documents}
    wanted = {path: _within(numbers, chosen.get(path, ())) for path, numbers in named.items()}
    if not any(wanted.values()):
        return dict(chosen)
    return {path: numbers or (NOWHERE,) for path, numbers in wanted.items()}


NOWHERE = 0
"""No page has this number."""


def _within(numbers: Sequence[int], chosen: Sequence[int]) -> Sequence[int]:
    return [number for number in numbers if not chosen or number in chosen]


def _numbers(asked: str, document: Document) -> Iterator[int]:
    for match in _PAGES.finditer(asked):
        yield from _pages_of(match[1], document)
    for match in _CHAPTERS.finditer(asked):
        wanted = {name for first, last in _ranges(match[1]) for name in _between(first, last)}
        for chapter in chapters_of(document):
            if chapter.number in wanted:
                yield from range(chapter.first, chapter.last + 1)


def _pages_of(text: str, document: Document) -> Iterator[int]:
    """Numbers as they are printed on the pages, where they are; else as the file counts."""
    by_label = {page.label: page.number for page in document.pages}
    for first, last in _ranges(text):
        start = by_label.get(first, int(float(first)))
        stop = by_label.get(last, int(float(last)))
        yield from (page.number for page in document.pages if start <= page.number <= stop)


def _ranges(text: str) -> Iterator[tuple[str, str]]:
    for match in _RANGE.finditer(text):
        yield match[1], match[2] or match[1]


def _between(first: str, last: str) -> Iterator[str]:
    if first == last or not (first.isdigit() and last.isdigit()):
        yield from (first, last)
    else:
        yield from (str(number) for number in range(int(first), min(int(last), int(first) + 99) + 1))
