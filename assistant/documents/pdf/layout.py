"""The order in which a person reads the pieces of a page, from where they stand. Knows nothing of PDF.

pdfium gives text in the order in which it was drawn, which is the order of reading in nearly every file, and is
kept then. Two kinds of page are found and put right: those drawn row by row across columns, and those drawn in
no order (bottom-up, or the boxes of a slide as they were made).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from assistant.documents.pdf.lines import Line

_NARROWEST_GUTTER = 0.6
"""In ems, as are the next ones: what is left of the gap between two columns after every line has been laid over it."""
_ONE_BLOCK = 1.2
"""Empty height between lines that belong together; a whole blank line parts them."""
_NEXT_LINE = 2.2
"""Distance of baselines within a block."""
_ASCENT, _DESCENT = 0.7, 0.2

FEWEST_SPLIT = 2
"""Lines with a wide gap in them, before columns are looked for on a page that is otherwise in order."""
_FEWEST_ROWS = 5
"""Of two columns before rows that run across both are taken apart: a table has as many gutters."""
_SAME_WIDTH = 0.9
"""Ratio of the widths of two columns, the second of which has only begun when the text ends."""
_PROSE_WORDS = 3.5
_PROSE_LETTERS = 0.7
_FULL_LINES = 0.6
"""Share of lines that reach both sides of their column: running text does, cells of a table do not."""
_COLUMN_SHARE = 0.15
"""Of the width of the page, at least."""

_EDGE = 0.09
"""Share of the page's height at its top and bottom where heads and feet stand."""
_EDGE_LINES = 3
_SET_APART = 1.7
"""Distance of baselines, in ems, between a head and the text."""
_FEWEST_LETTERS = 15
"""In a block whose place tells something: a fraction or a label in a figure is shorter."""
_DISORDERED_LETTERS = 15
_DISORDERED_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line without a wide gap in it."""

    line: Line
    order: int
    """In which it was drawn."""
    source: int
    """Number of the line it is a part of."""

    @property
    def top(self) -> float:
        return self.line.baseline - _ASCENT * self.line.size

    @property
    def bottom(self) -> float:
        return self.line.baseline + _DESCENT * self.line.size


Row = list[Piece]
"""Pieces beside each other, from left to right."""
_Span = tuple[float, float]


@dataclass
class Arrangement:
    rows: list[Row]
    unpicked: bool = False
    """Rows that ran across columns of prose were taken apart."""


def arranged(pieces: Sequence[Piece], width: float) -> Arrangement:
    """The pieces from top to bottom, column by column where there are columns. `width` is the page's."""
    arrangement = Arrangement([])
    _arrange(list(pieces), width, arrangement)
    return arrangement


def _arrange(pieces: list[Piece], width: float, into: Arrangement) -> None:
    bands = _bands(pieces)
    start = 0
    while start < len(bands):
        if len(bands[start]) == 1:
            into.rows.append(bands[start])
            start += 1
            continue
        end, gutters = _region(bands, start)
        columns = _columns([piece for band in bands[start:end] for piece in band], gutters)
        if len(columns) > 1 and _read_by_column(columns, width, into):
            for column in columns:
                _arrange(column, width, into)
            start = end
        else:
            into.rows.extend(_rows_of(bands[start]))
            start += 1


# --- bands and gutters ------------------------------------------------------------------------------------------


def _bands(pieces: list[Piece]) -> list[list[Piece]]:
    """Pieces that overlap in height, from the top down: mostly one line of text, or the lines of two columns."""
    bands: list[list[Piece]] = []
    bottom = float("-inf")
    for piece in sorted(pieces, key=lambda piece: (piece.top, piece.line.left)):
        if piece.top >= bottom:
            bands.append([piece])
            bottom = piece.bottom
        else:
            bands[-1].append(piece)
            bottom = max(bottom, piece.bottom)
    return bands


def _region(bands: Sequence[list[Piece]], start: int) -> tuple[int, list[_Span]]:
    """How far down from this band the same gutters go: the number of the first band below, and the gutters."""
    gutters = _gaps(bands[start])
    end = start + 1
    for above, band in pairwise(bands[start:]):
        em = _em(band)
        distance = min(piece.top for piece in band) - max(piece.bottom for piece in above)
        narrowed = _without(gutters, band, _NARROWEST_GUTTER * em)
        if not narrowed or distance > _ONE_BLOCK * em:
            break
        gutters = narrowed
        end += 1
    return end, gutters


def _gaps(band: list[Piece]) -> list[_Span]:
    gaps: list[_Span] = []
    right = None
    least = _NARROWEST_GUTTER * _em(band)
    for piece in sorted(band, key=lambda piece: piece.line.left):
        if right is not None and piece.line.left - right >= least:
            gaps.append((right, piece.line.left))
        right = piece.line.right if right is None else max(right, piece.line.right)
    return gaps


def _without(gutters: Iterable[_Span], band: list[Piece], least: float) -> list[_Span]:
    """What the band leaves of the gutters, where that is wide enough."""
    left_over = list(gutters)
    for piece in band:
        left, right = piece.line.left, piece.line.right
        cut = ((a, b) for gutter in left_over for a, b in _cut(gutter, left, right))
        left_over = [(a, b) for a, b in cut if b - a >= least]
    return left_over


def _cut(gutter: _Span, left: float, right: float) -> list[_Span]:
    a, b = gutter
    if right <= a or left >= b:
        return [gutter]
    return [(a, min(b, left)), (max(a, right), b)]


def _columns(pieces: list[Piece], gutters: Sequence[_Span]) -> list[list[Piece]]:
    middles = sorted((a + b) / 2 for a, b in gutters)
    columns: list[list[Piece]] = [[] for _ in range(len(middles) + 1)]
    for piece in pieces:
        columns[sum(middle <= piece.line.left for middle in middles)].append(piece)
    return [column for column in columns if column]


def _em(pieces: Sequence[Piece]) -> float:
    return max(1.0, statistics.median_low([piece.line.size for piece in pieces]))


# --- columns or rows --------------------------------------------------------------------------------------------


def _read_by_column(columns: Sequence[list[Piece]], width: float, into: Arrangement) -> bool:
    rows = min(sorted(map(len, columns))[-2:])  # of the two longest: the others may be marginal notes
    if rows < 2:
        return False
    side = {piece.order: number for number, column in enumerate(columns) for piece in column}
    switches = sum(side[a] != side[b] for a, b in pairwise(sorted(side)))
    if switches <= max(len(columns) - 1, rows // 3):
        return True  # it was drawn so
    if rows >= _FEWEST_ROWS:
        prose = all(_is_prose(column, width) for column in columns)
    else:
        prose = len(columns) == 2 and _has_begun(columns[0], columns[1], width)
    if prose:
        into.unpicked = True
        return True
    return False


def _is_prose(column: Sequence[Piece], width: float) -> bool:
    left = min(piece.line.left for piece in column)
    right = max(piece.line.right for piece in column)
    slack = 0.15 * (right - left)
    full = sum(piece.line.left - left <= slack and right - piece.line.right <= slack for piece in column)
    return right - left >= _COLUMN_SHARE * width and full >= _FULL_LINES * len(column) and _has_words(column)


def _has_words(column: Sequence[Piece]) -> bool:
    """As many as running text, and not of digits and signs."""
    text = " ".join(piece.line.text for piece in column)
    visible = len(text) - text.count(" ")
    return len(text.split()) >= _PROSE_WORDS * len(column) and sum(map(str.isalpha, text)) >= _PROSE_LETTERS * visible


def _has_begun(column: Sequence[Piece], other: Sequence[Piece], width: float) -> bool:
    """The text ends in the first lines of the other column, which are as wide as this one but for the last."""
    if len(column) < len(other) + _FEWEST_ROWS or not _is_prose(column, width):
        return False
    left = min(piece.line.left for piece in other)
    widest = max(piece.line.right for piece in column) - min(piece.line.left for piece in column)
    *full, last = sorted(other, key=lambda piece: piece.line.baseline)
    return (
        all(_SAME_WIDTH <= (piece.line.right - left) / widest <= 1 / _SAME_WIDTH for piece in full)
        and last.line.right - left <= widest / _SAME_WIDTH
        and _has_words(full)
    )


def _rows_of(band: list[Piece]) -> list[Row]:
    """A band without columns: one row, where its pieces stand beside each other; else as it was drawn."""
    by_left = sorted(band, key=lambda piece: piece.line.left)
    if all(a.line.right <= b.line.left + 0.5 * b.line.size for a, b in pairwise(by_left)):
        return [by_left]
    return [[piece] for piece in sorted(band, key=lambda piece: piece.order)]


# --- was it drawn in order? -------------------------------------------------------------------------------------


@dataclass
class _Block:
    left: float
    right: float
    top: float
    bottom: float
    letters: int
    edge: bool


def is_disordered(lines: Sequence[Line], height: float) -> bool:
    """Much text was drawn after text that stands below it in the same column. Heads and feet do not count."""
    blocks = [block for block in _blocks(lines, height) if block.letters >= _FEWEST_LETTERS]
    misplaced = sum(
        max((_misplaced(earlier, block) for earlier in blocks[:number]), default=0)
        for number, block in enumerate(blocks)
        if number and block.top < blocks[number - 1].top
    )
    letters = sum(block.letters for block in blocks)
    return misplaced >= max(_DISORDERED_LETTERS, _DISORDERED_SHARE * letters)


def _misplaced(earlier: _Block, block: _Block) -> int:
    """Letters that stand on the wrong side of each other; 0 when the two are in order, or side by side."""
    narrower = min(earlier.right - earlier.left, block.right - block.left)
    beside = min(earlier.right, block.right) - max(earlier.left, block.left) < 0.5 * narrower
    if beside or block.bottom > earlier.top or earlier.edge or block.edge:
        return 0
    return min(earlier.letters, block.letters)


def _blocks(lines: Sequence[Line], height: float) -> list[_Block]:
    """Lines that were drawn one below the other."""
    blocks: list[_Block] = []
    before: Line | None = None
    for line in lines:
        top, bottom = line.baseline - _ASCENT * line.size, line.baseline
        letters = len(line.text)
        if before is not None and _goes_on(before, line):
            block = blocks[-1]
            block.left, block.right = min(block.left, line.left), max(block.right, line.right)
            block.bottom = bottom
            block.letters += letters
            block.edge = block.edge and _at_edge(line, height)
        else:
            blocks.append(_Block(line.left, line.right, top, bottom, letters, _at_edge(line, height)))
        before = line
    return blocks


def _goes_on(before: Line, line: Line) -> bool:
    down = line.baseline - before.baseline
    below = 0 <= down <= _NEXT_LINE * max(before.size, line.size)
    return below and line.left < before.right and before.left < line.right


def _at_edge(line: Line, height: float) -> bool:
    return line.baseline < _EDGE * height or line.baseline > (1 - _EDGE) * height


def edges_in_place(lines: Sequence[Line], height: float) -> list[Line]:
    """The same order but for heads drawn after the text and feet drawn before it: many programs draw them so."""
    upright = sorted((line for line in lines if not line.turned), key=lambda line: round(line.baseline))
    heads = _set_apart(upright, height)
    feet = _set_apart(upright[len(heads) :][::-1], height)[::-1]
    moved = {id(line) for line in (*heads, *feet)}  # two lines may be alike
    rest = [line for line in lines if id(line) not in moved]
    return heads + rest + feet


def _set_apart(lines: Sequence[Line], height: float) -> list[Line]:
    """The first few of these lines, where they are at the edge and empty space parts them from the next one."""
    for number in range(min(_EDGE_LINES, len(lines) - 1), 0, -1):
        edge, inner = lines[number - 1], lines[number]
        if _at_edge(edge, height) and abs(inner.baseline - edge.baseline) > _SET_APART * edge.size:
            return list(lines[:number])
    return []
