"""Two texts side by side on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from assistant.safe_text import printable

GAP = " │ "
MIN_COLUMNS = 100
"""On a narrower terminal two columns are too narrow to read."""

_HEAD = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])?\s*")
"""The white space and the bullet of a line: what follows is wrapped beneath what stands behind them."""


def side_by_side(left: str, right: str, columns: int) -> list[str]:
    """The lines of both, no wider than `columns` together. Marks stay behind their sentences."""
    width = (columns - len(GAP)) // 2
    pairs = zip_longest(wrapped(left, width), wrapped(right, width), fillvalue="")
    return [f"{one}{' ' * (width - _cells(one))}{GAP}{two}".rstrip() for one, two in pairs]


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a text in at most `width` cells, four at least; broken at spaces where there are any."""
    return [piece for line in printable(text).split("\n") for piece in _wrapped_line(line.expandtabs(4), width)]


def _wrapped_line(line: str, width: int) -> Iterator[str]:
    head = _HEAD.match(line)
    indent = " " * min(len(head[0]) if head else 0, width // 2)
    current = ""
    for word in re.findall(r"\s*\S+", line):
        for piece in _pieces(word, max(width - len(indent), 2)):
            if current.strip() and _cells(current) + _cells(piece) > width:
                yield current.rstrip()
                current = indent + piece.lstrip()
            else:
                current += piece
    yield current.rstrip()


def _pieces(word: str, width: int) -> Iterator[str]:
    """The word, with its white space, in pieces that fit a line."""
    from rich.cells import chop_cells

    if _cells(word) <= width:
        yield word
        return
    space = word[: len(word) - len(word.lstrip())]
    for number, piece in enumerate(chop_cells(word.strip(), width)):
        yield space[:width] + piece if number == 0 and len(space) + _cells(piece) <= width else piece


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
