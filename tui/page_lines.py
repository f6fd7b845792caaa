"""A page's text in lines of a width, as places in that text: what is drawn, marked and copied is the text itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

Span = tuple[int, int]

# Characters of one column each; a line of these is cut by counting, any other is measured letter by letter.
_NARROW = re.compile("[\t\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0377\u0384-\u0482\u2010-\u2027\u2030-\u203a\u20ac]*")


def wrapped(text: str, columns: int) -> list[Span]:
    """(start, end) of each line of the text when it is `columns` wide, without line feeds; at least one line."""
    spans: list[Span] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if len(line) <= columns and _NARROW.fullmatch(line):
            spans.append((start, end))
        else:
            spans.extend(_folded(text, start, end, max(2, columns)))
        start = end + 1
    return spans


def _folded(text: str, start: int, end: int, columns: int) -> Iterator[Span]:
    narrow = _NARROW.fullmatch(text, start, end) is not None
    while start < end:
        stop = min(end, start + columns) if narrow else _fitting(text, start, end, columns)
        if stop < end and not text[stop].isspace():
            space = max(text.rfind(" ", start, stop), text.rfind("\t", start, stop))
            stop = space if space > start else stop
        yield start, stop
        start = stop
        while start < end and text[start] in " \t":  # the space at which a line was cut is in neither
            start += 1


def _fitting(text: str, start: int, end: int, columns: int) -> int:
    """Where the text from `start` on has filled the columns; at least one character further."""
    width, place = 0, start
    while place < end:
        width += 1 if text[place] == "\t" else cell_len(text[place])
        if width > columns and place > start:
            break
        place += 1
    return place
