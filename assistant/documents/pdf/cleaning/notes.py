"""Footnotes: smaller type at the foot of a column, from a mark on. They are put behind the body of their page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from assistant.documents.pdf.cleaning.page_lines import PageLines

_SMALLER = 0.93
"""Times the size of the body's type."""
_HIGHEST = 400
"""Thousandths of the page's height: what begins above is no footnote."""
_UP = 20
"""So much higher than the line before stands the first line of another column."""
_TEXT_FOLLOWS = r"(?=[^\W\d_]|[«“\"'(\[‘])"
_MARK = re.compile(rf"(?:\[?\d{{1,3}}[\])]?|[*†‡§¶]{{1,3}}|[a-z]\))\s?{_TEXT_FOLLOWS}")
_NUMBER_MARK = re.compile(rf"(\d{{1,3}})\s?{_TEXT_FOLLOWS}")
_LONELY_MARK = re.compile(r"\d{1,3}|[*†‡§¶]{1,3}")
NOTE_BEGINS = re.compile(r"(?:\[\d{1,3}\]|[*†‡§¶]{1,3}|[a-z]\))\s?\S")
"""A note's first line, when its mark is written as here."""


def put_notes_last(pages: Sequence[PageLines], body: int) -> None:
    """`body` is the size of the body's type; without it nothing is known to be a note."""
    if not body:
        return
    goes_on = False
    """Whether the last note of the page before may run on."""
    for page in pages:
        if page.facts:
            goes_on = _put_last(page, _SMALLER * body, goes_on)


def _put_last(page: PageLines, most: float, goes_on: bool) -> bool:
    noted = [index for start, end in _blocks(page, most, goes_on) for index in range(start, end)]
    if not noted:
        return False
    gone = set(noted)
    order = [index for index in range(len(page.lines)) if index not in gone]
    page.keep(order + noted)
    page.notes_from = len(order)
    _attach_lonely_marks(page)
    _write_marks(page)
    return page.lines[-1][-1:] not in ".!?»”)"


def _blocks(page: PageLines, most: float, goes_on: bool) -> Iterator[tuple[int, int]]:
    """From line to line, the second not included; each ends its page or its column."""
    start = -1
    before = 0
    before_small = False
    for index, line in enumerate(page.lines):
        if not line:
            continue
        size, _, top = page.facts[index]
        small = 0 < size <= most
        next_column = top < before - _UP
        if start >= 0 and (next_column or not small):
            if next_column:
                yield start, index
            start = -1
        # Small type that is already under way without a mark is a program or a table.
        begins = small and top > _HIGHEST and (next_column or not before_small)
        if start < 0 and begins and (goes_on or _begins_note(line)):
            start = index
        before, before_small = top, small
    if start >= 0:
        yield start, len(page.lines)


def _begins_note(line: str) -> bool:
    return _MARK.match(line) is not None or _LONELY_MARK.fullmatch(line) is not None


def _attach_lonely_marks(page: PageLines) -> None:
    """A mark in type so small that it became a line of its own goes before the first line of its note."""
    lines = page.lines
    filled = [index for index in range(page.notes_from, len(lines)) if lines[index]]
    for index, following in pairwise(filled):
        if _LONELY_MARK.fullmatch(lines[index]):
            lines[following] = f"{lines[index]} {lines[following]}"
            lines[index] = ""


def _write_marks(page: PageLines) -> None:
    """`1Text` becomes `[1] Text`, and so does the mark in the body, where only one thing can be that mark."""
    lines = page.lines
    for index in range(page.notes_from, len(lines)):
        mark = _NUMBER_MARK.match(lines[index])
        if mark is None:
            continue
        number = mark[1]
        lines[index] = f"[{number}] {lines[index][mark.end() :]}"
        glued = re.compile(rf"(?:(?<=[^\W\d_A-Z])|(?<=[^\W\d_][.,;:”»)])){number}(?![\w.,])")
        places = [(place, found) for place in page.body for found in glued.finditer(lines[place])]
        if len(places) == 1:
            place, found = places[0]
            lines[place] = f"{lines[place][: found.start()]}[{number}]{lines[place][found.end() :]}"
