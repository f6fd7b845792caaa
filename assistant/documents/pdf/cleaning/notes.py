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
_GLUED_NUMBER = re.compile(r"\d{1,3}(?![\w.,])")
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
    lines, facts = page.lines, page.facts
    filled = [index for index in range(page.notes_from, len(lines)) if lines[index]]
    for index, following in pairwise(filled):
        if _LONELY_MARK.fullmatch(lines[index]) and facts[index].size < facts[following].size:
            lines[following] = f"{lines[index]} {lines[following]}"
            lines[index] = ""


def _write_marks(page: PageLines) -> None:
    """`1Text` becomes `[1] Text`, and so does the mark in the body, where only one thing can be that mark."""
    lines = page.lines
    marks: set[str] = set()
    for index in range(page.notes_from, len(lines)):
        if mark := _NUMBER_MARK.match(lines[index]):
            lines[index] = f"[{mark[1]}] {lines[index][mark.end() :]}"
            marks.add(mark[1])
    found: dict[str, list[tuple[int, int]]] = {mark: [] for mark in marks}
    for index in page.body if marks else ():
        for match in _GLUED_NUMBER.finditer(lines[index]):
            if match[0] in marks and _is_glued(lines[index], match.start()):
                found[match[0]].append((index, match.start()))
    for mark in [mark for mark, places in found.items() if not places]:
        found[mark] = list(_behind_years(page, mark))
    certain = [(*places[0], mark) for mark, places in found.items() if len(places) == 1]
    for index, start, mark in sorted(certain, reverse=True):
        lines[index] = f"{lines[index][:start]}[{mark}]{lines[index][start + len(mark) :]}"


def _behind_years(page: PageLines, mark: str) -> Iterator[tuple[int, int]]:
    """Where "16281" can only be the year 1628 and the mark of a note that is nowhere else."""
    year = re.compile(rf"(?<!\w)(?:1\d|20)\d\d(?={mark}(?![\w.,]))")
    for index in page.body:
        for match in year.finditer(page.lines[index]):
            yield index, match.end()


def _is_glued(line: str, start: int) -> bool:
    """Whether what begins there follows a word, or the mark that ends one, without a space. H2O is no such word."""
    before = line[start - 1 : start]
    if before and before in ".,;:”»)":
        before = line[start - 2 : start - 1]
        return before.isalpha()
    return before.islower()
