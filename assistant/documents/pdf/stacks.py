"""Tables that were drawn column by column, as programs for slides do it: found by cells that stand on one level.

Columns of prose, of an index or of authors beside each other stand on one level just as well, and are read one
after the other. A table is told from them by short cells and either figures beside words, or rows set far apart in
three columns or more. What is doubtful is left as it was drawn.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.documents.pdf.layout import Piece, Row
from assistant.documents.pdf.lines import HYPHEN, Line

_LEVEL = 0.15
"""Ems by which the baselines of a row may differ."""
_GUTTER = 0.5
"""Ems between two columns, at least."""
_FEWEST_ROWS = 3
_FILLED = 0.8
"""Share of the cells of a column that must be there, and of those that must be figures in a column of figures."""
_USUAL_WORDS = 4.0
_MOST_WORDS = 8
"""In a line of a cell; the first one is their mean."""
_FIGURE_WORDS = 3
"""In a cell of a column of figures: "60 minutes", but not "1789 the Bastille falls"."""
_SAME_CELL = 1.5
"""Ems between the baselines of a cell of several lines."""
_FAR_APART = 1.8
"""Ems between the rows of a table without figures; the lines of a list are closer."""
_FEWEST_COLUMNS = 3
_MOST_ROWS = 10
"""Of such a table: a long one is a list in columns."""
_UNHEADED_ROWS = 5
"""Of a table whose first row has figures, at least."""
_FLUSH = 0.5
"""Ems by which the left edges of the cells of the first column may differ."""
_MOST_COLUMNS, _MOST_CELLS = 20, 1_000
"""Looked at, for the sake of time."""
_FIGURE = re.compile(r"[^\w\s]{0,2}\s?\d")
_ITEM = re.compile(r"[^\w\s]\s|\(?\w{1,3}[.)]\s")


@dataclass(frozen=True, slots=True)
class Stack:
    """The lines `start` to `end` (exclusive) of a page, which are to be read in rows of cells of lines."""

    start: int
    end: int
    rows: list[list[list[int]]]


_Column = list[int]
"""Numbers of the lines in it, from the top."""


def stacked_tables(lines: Sequence[Line]) -> list[Stack]:
    """The tables drawn column by column on a page, its lines in the order of drawing."""
    falls = _falls(lines)
    found: list[Stack] = []
    number = 0
    while number + 1 < len(falls):
        columns = _columns(lines, falls, number)
        rows = _rows(lines, columns)
        if rows:
            number += len(columns) - 1
            end = columns[-1][-1] + 1
            found.append(Stack(columns[0][0], end, rows))
            falls[number] = range(end, falls[number].stop)  # another table may stand in what is left of it
        else:
            number += 1
    return found


def row_by_row(drawn: Sequence[Row], tables: Sequence[Stack]) -> list[Row]:
    """The rows of a page (one for each of its lines) with those of the tables in their place, numbered anew."""
    rows: list[Row] = []
    done = 0
    for table in tables:
        rows += drawn[done : table.start]
        cells = ([[drawn[number] for number in cell] for cell in row] for row in table.rows)
        rows += [[piece for cell in row for piece in _one_line(cell)] for row in cells]
        done = table.end
    rows += drawn[done:]
    order = iter(range(sum(map(len, rows))))
    return [[replace(piece, order=next(order), source=number) for piece in row] for number, row in enumerate(rows)]


def _one_line(cell: Sequence[Row]) -> Row:
    if len(cell) == 1:
        return cell[0]
    pieces = [piece for row in cell for piece in row]
    text = " ".join(piece.line.text for piece in pieces).replace(f"{HYPHEN} ", HYPHEN)
    left, right = min(piece.line.left for piece in pieces), max(piece.line.right for piece in pieces)
    first: Piece = pieces[0]
    return [replace(first, line=replace(first.line, text=text, start=-1, left=left, right=right))]


# --- what stands beside each other ------------------------------------------------------------------------------


def _falls(lines: Sequence[Line]) -> list[range]:
    """Lines that were drawn one below the other; after each, the next line stands as high or higher."""
    starts = [
        number
        for number, (before, line) in enumerate(pairwise(lines), start=1)
        if line.baseline <= before.baseline + _level(line) or line.turned or before.turned
    ]
    return [range(start, end) for start, end in pairwise([0, *starts, len(lines)]) if end > start]


def _level(line: Line) -> float:
    return _LEVEL * max(1.0, line.size)


def _columns(lines: Sequence[Line], falls: Sequence[range], first: int) -> list[_Column]:
    """The last lines of the first fall, all of those beside it, and the first lines of the last one."""
    top = lines[falls[first + 1].start]
    bottom = lines[falls[first].stop - 1]
    columns = [[number for number in falls[first] if lines[number].baseline >= top.baseline - _level(top)]]
    for fall in falls[first + 1 : first + _MOST_COLUMNS]:
        column = [number for number in fall if lines[number].baseline <= bottom.baseline + _level(bottom)]
        if min(len(columns[-1]), len(column)) < _FEWEST_ROWS or not _is_right_of(lines, columns[-1], column):
            break
        columns.append(column)
        if len(column) < len(fall):
            break
    return columns


def _is_right_of(lines: Sequence[Line], column: _Column, other: _Column) -> bool:
    right = max(lines[number].right for number in column)
    left = min(lines[number].left for number in other)
    return left - right >= _GUTTER * lines[other[0]].size


# --- is it a table? ---------------------------------------------------------------------------------------------


def _rows(lines: Sequence[Line], columns: Sequence[_Column]) -> list[list[list[int]]]:
    """The rows of a table, each a list of cells, each a list of lines; none where these columns are no table."""
    cells = [lines[number] for column in columns for number in column]
    if len(columns) < 2 or len(cells) > _MOST_CELLS or not _has_short_cells(cells) or not _is_flush(lines, columns[0]):
        return []
    figures = _with_figures(lines, columns)
    if figures:
        tops = [lines[number].baseline for number in figures if _is_shared(lines, columns, number)]
    else:
        tops = _tops_far_apart(lines, columns)
        if len(columns) < _FEWEST_COLUMNS or len(tops) > _MOST_ROWS or _is_longer(lines, columns):
            return []
    return _rows_at(lines, columns, tops) if len(tops) >= _FEWEST_ROWS else []


def _is_flush(lines: Sequence[Line], column: _Column) -> bool:
    lefts = [lines[number].left for number in column]
    return max(lefts) - min(lefts) <= _FLUSH * lines[column[0]].size


def _is_longer(lines: Sequence[Line], columns: Sequence[_Column]) -> bool:
    """Lines like its own go on above the first column or below the last one, as those of a list do."""
    first, second, *_ = columns[0]
    *_, before, last = columns[-1]
    above, below = lines[max(0, first - 1)], lines[min(len(lines) - 1, last + 1)]
    return _goes_on(lines[second], lines[first], above) or _goes_on(lines[before], lines[last], below)


def _goes_on(inner: Line, end: Line, line: Line) -> bool:
    """The line stands below or above the end of a column as far as the end from the line next to it."""
    step, other = end.baseline - inner.baseline, line.baseline - end.baseline
    aligned = abs(line.left - end.left) <= _FLUSH * end.size
    return aligned and abs(step - other) <= _level(end)


def _has_short_cells(cells: Sequence[Line]) -> bool:
    words = [cell.text.count(" ") + 1 for cell in cells]
    short = max(words) <= _MOST_WORDS and sum(words) <= _USUAL_WORDS * len(words)
    return short and not any(_ITEM.match(cell.text) for cell in cells)


def _with_figures(lines: Sequence[Line], columns: Sequence[_Column]) -> _Column:
    """The longest column of figures, where there are words beside or above it; else none."""
    of_figures = [column for column in columns if _is_of_figures([lines[number].text for number in column])]
    words_first = columns[0] not in of_figures and _figures([lines[number].text for number in columns[0]]) == 0
    headed = not any(_FIGURE.match(lines[column[0]].text) for column in columns)
    told = headed or (words_first and len(columns[0]) >= _UNHEADED_ROWS)
    return max(of_figures, key=len, default=[]) if told else []


def _is_of_figures(cells: Sequence[str]) -> bool:
    body = cells[1:]
    return _figures(body) >= _FILLED * len(body) and all(cell.count(" ") < _FIGURE_WORDS for cell in body)


def _figures(cells: Sequence[str]) -> int:
    return sum(_FIGURE.match(cell) is not None for cell in cells)


def _is_shared(lines: Sequence[Line], columns: Sequence[_Column], number: int) -> bool:
    """Another column has a line on this level."""
    return any(
        other != number and _on_level(lines[other], lines[number].baseline) for column in columns for other in column
    )


def _tops_far_apart(lines: Sequence[Line], columns: Sequence[_Column]) -> list[float]:
    """The levels at which cells begin, where empty height parts each from the one above."""
    tops: list[float] = []
    for column in columns:
        distances = [(lines[b].baseline - lines[a].baseline) / max(1.0, lines[b].size) for a, b in pairwise(column)]
        begin = [column[0], *(b for b, distance in zip(column[1:], distances, strict=True) if distance >= _FAR_APART)]
        tops += [lines[number].baseline for number in begin if not any(_on_level(lines[number], top) for top in tops)]
    return sorted(tops)


def _on_level(line: Line, baseline: float) -> bool:
    return abs(line.baseline - baseline) <= _level(line)


def _rows_at(lines: Sequence[Line], columns: Sequence[_Column], tops: Sequence[float]) -> list[list[list[int]]]:
    """The cells of each row, where each column has nearly all of them and nothing else."""
    rows: list[list[list[int]]] = [[] for _ in tops]
    for column in columns:
        cells: dict[int, list[int]] = {}
        cell: list[int] = []
        for number in column:
            line = lines[number]
            row = next((row for row, top in enumerate(tops) if _on_level(line, top)), None)
            if row is not None:
                cell = cells[row] = [number]
            elif cell and line.baseline - lines[cell[-1]].baseline <= _SAME_CELL * line.size:
                cell.append(number)
            else:
                return []
        if len(cells) < _FILLED * len(tops) or any(lines[cell[-1]].broken for cell in cells.values()):
            return []
        for row, cell in cells.items():
            rows[row].append(cell)
    return rows
