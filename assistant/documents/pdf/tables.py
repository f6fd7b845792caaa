"""Gaps within lines, and the tables they make: rows whose cells stand below each other."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from assistant.documents.pdf.glyphs import Box, Glyphs
from assistant.documents.pdf.layout import Piece, Row
from assistant.documents.pdf.lines import HYPHEN, Line

CELL_END = " | "
"""Between the cells of a row, in the text of a page."""

_WIDE_EMS = 0.8
"""A gap in a line that may be more than a space, however stretched."""
_WIDE_INK = 0.9
"""The same in heights of ink, where the size of type is not asked for; rather too little than too much."""
_SURELY_WIDE_INK = 0.75
"""In ems, from ink to ink, which may stand out of the boxes of letters."""
_LONG_LINE = 30
_WIDTH_OF_A_CHARACTER = 0.45
_FIXED_WIDTH = 0.62
"""Of a character on a typewriter, and its spaces from ink to ink."""
_FIXED_INK = 1.3
_STRETCHED = 1.15
_SPARE_EMS = 1.0
_JUSTIFIED = 1.06
"""Spaces of a justified line are all alike, to this factor."""
_FEWEST_ROWS = 3
_COMMON_EMS = 0.5
"""Width that the gaps of all rows of a table share at a boundary of cells, at least."""
_FURTHEST_ROW = 3.5
"""Distance of the baselines of two rows of a table, in ems."""
_MARKER = re.compile(r"(?:[^\w\s]{1,2}|o|\(?(?:\d{1,3}|[ivxIVX]{1,5}|[a-zA-Z])[.):]?|\d{1,2}(?:\.\d{1,3}){1,4}\.?)")
"""Of a list item or a numbered heading: the text behind it is no cell."""
_EQUATION_NUMBER = re.compile(r"\((?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3}){0,2}[a-z]?\)")
_PAGE_NUMBER = re.compile(r"\d{1,4}|[ivxlcIVXLC]{1,7}")

_Span = tuple[float, float]
_WORD = re.compile(f"[^\\s{HYPHEN}]+")


def gaps_between(runs: Sequence[Box]) -> list[Box]:
    """Wide gaps between what was drawn one after the other on one line. Cheap, and rather too many than too few."""
    gaps: list[Box] = []
    for a, b in pairwise(runs):
        low, high = max(a.top, b.top), min(a.bottom, b.bottom)
        a_height, b_height = a.bottom - a.top, b.bottom - b.top
        if high - low < 0.4 * min(a_height, b_height):
            continue
        if b.left - a.right >= _WIDE_INK * max(a_height, b_height):
            gaps.append(Box(a.right, min(a.top, b.top), b.left, max(a.bottom, b.bottom)))
    return gaps


def pieces_of(glyphs: Glyphs, lines: Sequence[Line], gaps: Sequence[Box]) -> list[Piece]:
    """The lines, parted where there are wide gaps in them.

    Looks closely only at lines which have some of `gaps`, or which are wider than their characters explain.
    """
    usual = _usual_width(lines)
    pieces: list[Piece] = []
    for number, line in enumerate(lines):
        suspicious = _is_stretched(line, usual) or any(_is_within(gap, line) for gap in gaps)
        for part in _parts(glyphs, line) if suspicious and not line.turned else [line]:
            pieces.append(Piece(part, len(pieces), number))
    return pieces


def has_stretched(lines: Sequence[Line]) -> bool:
    """Some lines may have gaps that were drawn in one go with their words, as TeX does it."""
    usual = _usual_width(lines)
    return any(_is_stretched(line, usual) for line in lines)


def _usual_width(lines: Sequence[Line]) -> float:
    """Of a character, in ems, on this page."""
    widths = [_width(line) for line in lines if len(line.text) >= _LONG_LINE and not line.turned and not line.fixed]
    return statistics.median(widths) if widths else _WIDTH_OF_A_CHARACTER


def _is_stretched(line: Line, usual: float) -> bool:
    if line.fixed:
        usual = _FIXED_WIDTH
    spare = (line.right - line.left) / line.size - usual * len(line.text) if line.size else 0.0
    return " " in line.text and spare >= _SPARE_EMS and _width(line) >= _STRETCHED * usual


def _width(line: Line) -> float:
    return (line.right - line.left) / (len(line.text) * max(line.size, 1.0))


def _is_within(gap: Box, line: Line) -> bool:
    return (
        gap.top <= line.baseline <= gap.bottom + line.size
        and line.left < gap.left
        and gap.right < line.right
        and gap.right - gap.left >= (_FIXED_INK if line.fixed else _SURELY_WIDE_INK) * line.size
    )


def _parts(glyphs: Glyphs, line: Line) -> list[Line]:
    words = [(word.start(), word.end()) for word in _WORD.finditer(line.text)]
    lefts = [glyphs.box(line.start + start).left for start, _ in words]
    rights = [glyphs.box(line.start + end - 1).right for _, end in words]
    spaces = [left - right for right, left in zip(rights, lefts[1:], strict=False)]
    cuts = [number for number, space in enumerate(spaces, start=1) if space >= _WIDE_EMS * line.size]
    if not cuts:
        return [line]
    bounds = pairwise([0, *cuts, len(words)])
    return [
        _part(
            line,
            words[first][0],
            words[end - 1][1] if end < len(words) else len(line.text),
            lefts[first],
            rights[end - 1],
        )
        for first, end in bounds
    ]


def _part(line: Line, begin: int, end: int, left: float, right: float) -> Line:
    text = line.text[begin:end].rstrip()
    return replace(line, text=text, start=line.start + begin, left=left, right=right)


# --- tables -----------------------------------------------------------------------------------------------------


def lines_of_rows(rows: Sequence[Row]) -> list[Line]:
    """One line for each row, its cells parted where the rows about it make a table with it."""
    lines: list[Line] = []
    table = 0
    start = 0
    while start < len(rows):
        end = _table_end(rows, start)
        if end - start >= _FEWEST_ROWS and _is_table(rows[start:end]):
            table += 1
            lines.extend(_joined(row, CELL_END, table) for row in rows[start:end])
            start = end
        else:
            lines.append(_joined(rows[start], " ", 0))
            start += 1
    return lines


def _joined(row: Row, between: str, table: int) -> Line:
    first = row[0].line
    if len(row) == 1:
        return replace(first, table=table) if table else first
    *cells, last = [piece.line.text for piece in row]
    text = between.join([*(cell.replace(HYPHEN, "-") for cell in cells), last])
    baseline = max(piece.line.baseline for piece in row)
    bold = all(piece.line.bold for piece in row)
    return replace(first, text=text, right=row[-1].line.right, baseline=baseline, bold=bold, table=table)


def _table_end(rows: Sequence[Row], start: int) -> int:
    """Number of the first row that is no row of the table which starts here, as far as gaps and distances tell."""
    end = start
    common: list[_Span] = []
    while end < len(rows) and len(rows[end]) > 1:
        row = rows[end]
        gaps = [(a.line.right, b.line.left) for a, b in pairwise(row)]
        if end > start:
            distance = row[0].line.baseline - rows[end - 1][0].line.baseline
            gaps = _shared(common, gaps, _COMMON_EMS * row[0].line.size)
            if not gaps or not 0 < distance <= _FURTHEST_ROW * row[0].line.size:
                break
        common = gaps
        end += 1
    return end


def _shared(common: Sequence[_Span], gaps: Sequence[_Span], least: float) -> list[_Span]:
    overlaps = ((max(a, c), min(b, d)) for a, b in common for c, d in gaps)
    return [(a, b) for a, b in overlaps if b - a >= least]


def _is_table(rows: Sequence[Row]) -> bool:
    """No list, no contents and no numbered formulas, which have a gap at the same place as well."""
    most = 0.6 * len(rows)
    marked = sum(_MARKER.fullmatch(row[0].line.text) is not None for row in rows)
    if marked > most and all(len(row) == 2 for row in rows):
        return False
    lasts = [row[-1].line.text for row in rows]
    if sum(_EQUATION_NUMBER.fullmatch(text) is not None for text in lasts) > most:
        return False
    return not _is_contents(rows, lasts) and not _is_justified(rows, most)


def _is_justified(rows: Sequence[Row], most: float) -> bool:
    """Words of a narrow column set far apart, not cells: the same space between all, more or fewer in each row."""
    stretched = 0
    for row in rows:
        gaps = [b.line.left - a.line.right for a, b in pairwise(row)]
        stretched += max(gaps) <= _JUSTIFIED * min(gaps) and not any(" " in piece.line.text for piece in row)
    return stretched > most and len({len(row) for row in rows}) > 1


def _is_contents(rows: Sequence[Row], lasts: Sequence[str]) -> bool:
    if not all(_PAGE_NUMBER.fullmatch(text) for text in lasts):
        return False
    titled = all(len(row) == 2 or (len(row) == 3 and _MARKER.fullmatch(row[0].line.text)) for row in rows)
    numbers = [int(text) for text in lasts if text.isdigit()]
    return titled and numbers == sorted(numbers)
