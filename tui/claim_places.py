"""Where the claims of a Markdown text end up once it is laid out in lines.

Characters of no width are put around each claim before the layout and taken out of the lines after it: they go where
the words go, whatever the Markdown makes of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment

from tui.claims import AnswerClaim

START, MARK, END = "\u2061", "\u2062", "\u2063"
"""Invisible signs of mathematics, without width: an answer does not need them."""
_BOUNDARY = re.compile(f"[{START}{MARK}{END}]")
_OPENING = re.compile(r"(?:\s|[-*+•–]\s|\d{1,9}[.)]\s|#{1,6}\s|>)*[*_]*")
"""What Markdown wants at the very beginning of a line or a word: nothing may stand before it."""

_QUOTED = "▌ "
"""What Rich draws before each line of a quotation."""


class Run(NamedTuple):
    """A piece of a claim on one line, in columns."""

    line: int
    first: int
    behind: int

    def holds(self, x: int, y: int) -> bool:
        return y == self.line and self.first <= x < self.behind


class Laid(NamedTuple):
    """Where a claim stands: what it says, and the mark behind it."""

    text: list[Run]
    mark: list[Run]

    @property
    def lines(self) -> range:
        """From its first line to its last one; empty where it is not to be seen."""
        numbers = [run.line for run in (*self.text, *self.mark)]
        return range(min(numbers), max(numbers) + 1) if numbers else range(0)


def without_boundaries(text: str) -> str:
    """The text, each character at its place, with none that `with_boundaries` uses."""
    return _BOUNDARY.sub(" ", text)


def with_boundaries(text: str, claims: Sequence[AnswerClaim]) -> str:
    """The text with characters of no width around each claim. The claims are in order and apart."""
    pieces: list[str] = []
    done = 0
    for claim in claims:
        start = _inner_start(text, claim)
        mark = claim.end - len(text[claim.mark : claim.end].lstrip())
        pieces += [text[done:start], START, text[start:mark], MARK, text[mark : claim.end], END]
        done = claim.end
    return "".join((*pieces, text[done:]))


def _inner_start(text: str, claim: AnswerClaim) -> int:
    opening = _OPENING.match(text, claim.start, claim.mark)
    return opening.end() if opening is not None else claim.start


def taken_out(lines: list[list[Segment]], count: int) -> tuple[list[list[Segment]], list[Laid]]:
    """The lines as they are shown, and where each of the `count` claims stands in them.

    Where the layout has swallowed or doubled a boundary, as in a link's address, no claim's place is known.
    """
    tracer = _Tracer()
    shown = [tracer.take(number, line) for number, line in enumerate(lines)]
    if tracer.met != [START, MARK, END] * count:
        return shown, [Laid([], []) for _ in range(count)]
    return shown, tracer.claims


class _Tracer:
    def __init__(self) -> None:
        self.met: list[str] = []
        self.claims: list[Laid] = []
        self._open: list[Run] | None = None
        """The pieces of what is being gone through; None between claims."""

    def take(self, number: int, line: list[Segment]) -> list[Segment]:
        """One line of the layout: noted, and given back without boundaries."""
        shown: list[Segment] = []
        column = 0
        for segment in line:
            position = 0
            for boundary in (*_BOUNDARY.finditer(segment.text), None):
                piece = segment.text[position : boundary.start() if boundary else None]
                self._note(number, column, piece)
                column += cell_len(piece)
                if piece:
                    shown.append(Segment(piece, segment.style, segment.control))
                if boundary is not None:
                    self._cross(boundary.group())
                    position = boundary.end()
        return shown

    def _cross(self, boundary: str) -> None:
        self.met.append(boundary)
        if boundary == START:
            self.claims.append(Laid([], []))
            self._open = self.claims[-1].text
        else:
            self._open = self.claims[-1].mark if boundary == MARK and self.claims else None

    def _note(self, number: int, column: int, piece: str) -> None:
        if self._open is None or not piece.strip() or piece == _QUOTED:
            return
        behind = column + cell_len(piece.rstrip())
        if self._open and self._open[-1].line == number:
            self._open[-1] = self._open[-1]._replace(behind=behind)
        else:
            self._open.append(Run(number, column + cell_len(piece) - cell_len(piece.lstrip()), behind))
