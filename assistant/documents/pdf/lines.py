"""The lines of a PDF page: what stands on each, where, and in which type. Runs in the child, on pdfium's characters."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from assistant.documents.child.messages import LineFacts
from assistant.documents.pdf.glyphs import Font, Glyphs

HYPHEN = "\ufffe"
"""pdfium's mark for the hyphen of a word broken at a line's end. What follows is the rest of the word."""
PAPER_LINE = re.compile(f"(?:[^\r\n{HYPHEN}]|\r(?!\n))+{HYPHEN}?")
_SPACES = " \t\u00a0"
"""Not the controls that Python takes for spaces: they may be ligatures of TeX."""
_BASELINES_TRIED = 4
"""Characters at the end of a line: a footnote mark there stands higher than the line."""
_LEVEL = 0.5
"""Points by which the baselines of a line's characters may differ."""


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of text on one baseline. Lengths in points; x from the left, y from the top."""

    text: str
    """Stripped; its last character is `HYPHEN` where a word is broken."""
    start: int
    """Its first character in the page's text; -1 when made of several pieces."""
    left: float
    right: float
    baseline: float
    size: float
    """Of its type."""
    bold: bool = False
    fixed: bool = False
    """Its type is of fixed pitch."""
    turned: bool = False
    """It does not run the way most of the page does."""
    table: int = 0
    """Which table of the page it is a row of, from 1."""

    @property
    def broken(self) -> bool:
        return self.text[-1] == HYPHEN

    def facts(self, page_height: float) -> LineFacts:
        top = max(0.0, self.baseline - self.size) / page_height
        return LineFacts(min(round(10 * self.size), 100_000), int(self.bold), min(round(1000 * top), 1000))


def lines_of(glyphs: Glyphs) -> list[Line]:
    """pdfium's lines in its order. Turns `glyphs` the way most of the text runs."""
    spans = [
        (match.start() + len(piece) - len(piece.lstrip(_SPACES)), piece.strip(_SPACES))
        for match in PAPER_LINE.finditer(glyphs.text)
        if (piece := match[0]).strip().strip(HYPHEN)
    ]
    types = [glyphs.type_of(start) for start, _ in spans]
    ways = Counter[int]()
    for (_, text), (_, quarters) in zip(spans, types, strict=True):
        ways[quarters] += len(text)
    way = max(ways, key=lambda quarters: (ways[quarters], -quarters), default=0)
    glyphs.turn(way)
    return [
        _line(glyphs, start, text, size, quarters != way)
        for (start, text), (size, quarters) in zip(spans, types, strict=True)
    ]


def _line(glyphs: Glyphs, start: int, text: str, size: float, turned: bool) -> Line:
    end = start + len(text) - (text[-1] == HYPHEN)
    left, baseline = glyphs.origin(start)
    last = glyphs.box(end - 1)
    lowest = _end_baseline(glyphs, start, end, baseline)
    bold, fixed = _fonts(glyphs, start, text)
    return Line(text, start, left, max(left, last.right), lowest, size, bold, fixed, turned)


def _end_baseline(glyphs: Glyphs, start: int, end: int, baseline: float) -> float:
    """The lower one of both ends; looks further back where the last one stands higher, as a footnote mark does."""
    for back in range(1, min(_BASELINES_TRIED, end - start) + 1):
        last = glyphs.origin(end - back)[1]
        if last >= baseline - _LEVEL:
            return max(baseline, last)
    return baseline


def _fonts(glyphs: Glyphs, start: int, text: str) -> tuple[bool, bool]:
    """Is most of the line bold, is most of it of fixed pitch? The third sample only decides between two."""
    first, second = _font(glyphs, start, text, 0), _font(glyphs, start, text, 2)
    if first == second:
        return first.bold, first.fixed
    third = _font(glyphs, start, text, 1)
    bold, fixed = (first.bold + second.bold + third.bold, first.fixed + second.fixed + third.fixed)
    return bold > 1, fixed > 1


def _font(glyphs: Glyphs, start: int, text: str, third: int) -> Font:
    """Of a character in the middle of this third of the line."""
    at = (2 * third + 1) * len(text) // 6
    while at and text[at].isspace():
        at -= 1
    return glyphs.font(start + at)
