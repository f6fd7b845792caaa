"""CSV and TSV as spreadsheets write them: rows of cells, each with its line.

`,`, `;` (Italian Excel) or tabs between the cells, a `sep=` line before the header, line ends inside quotation marks.
The parser is our own because one forgotten quotation mark must cost its row alone, where the standard library's takes
everything up to the next one, or to the end of the file, for one cell. It is linear: a text in quotation marks ends
at the next odd run of them, and that is where the next row with a forgotten one can begin at the earliest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.i18n import _

DELIMITERS = (";", ",", "\t", "|")
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?[^\S\n]*(?:\n|\Z)", re.IGNORECASE)
_GUARDED = re.compile(r"'+[=+\-@\t]")
_TO_GUARD = re.compile(r"'*[=+\-@\t]")
_SNIFFED_CHARACTERS = 1 << 20
_SNIFFED_RECORDS = 50


@dataclass(frozen=True)
class Record:
    line: int
    """On which it begins, counted from 1."""
    cells: tuple[str, ...]
    fault: str = ""
    """In words, why the cells cannot be used."""


@dataclass(frozen=True)
class Table:
    delimiter: str
    header: tuple[str, ...]
    start: int
    """First character behind the header."""
    line: int
    """Of that character."""


def open_table(text: str) -> Table | None:
    """The delimiter that divides the first rows most evenly, and the header; None where there is no table."""
    start, line = 0, 1
    candidates: Sequence[str] = DELIMITERS
    if match := _SEP_LINE.match(text):
        start, line, candidates = match.end(), 2, (match[1],)
    tables = [table for mark in candidates if (table := _table(text, start, line, mark))]
    return max(tables, key=lambda table: _evenness(text, table), default=None)


def records(text: str, table: Table) -> Iterator[Record]:
    """Behind the header; rows whose cells are all empty are left out."""
    yield from _records(text, table.start, table.line, table.delimiter, len(table.header))


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one from a stranger could start programs (OWASP, CSV injection).

    `unguarded` gives it back.
    """
    return f"'{cell}" if _TO_GUARD.match(cell) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if _GUARDED.match(cell) else cell


def _table(text: str, start: int, line: int, delimiter: str) -> Table | None:
    start, line = _without_blank_lines(text, start, line)
    try:
        cells, end = _cells(text, start, delimiter)
    except _Unbalanced:
        return None
    header = tuple(cell.strip() for cell in cells)
    while len(header) > 1 and not header[-1]:
        header = header[:-1]
    return Table(delimiter, header, end, line + text.count("\n", start, end)) if len(header) > 1 else None


def _without_blank_lines(text: str, start: int, line: int) -> tuple[int, int]:
    blank = re.compile(r"\s*\n").match(text, start)
    end = blank.end() if blank else start
    return end, line + text.count("\n", start, end)


def _evenness(text: str, table: Table) -> tuple[float, int]:
    """The share of the first rows that have as many cells as the header, and how many these are."""
    head = text[: table.start + _SNIFFED_CHARACTERS]
    seen = even = 0
    for record in records(head, table):
        seen, even = seen + 1, even + (not record.fault)
        if seen == _SNIFFED_RECORDS:
            break
    return (even / seen if seen else 1.0, len(table.header))


def _records(text: str, position: int, line: int, delimiter: str, width: int) -> Iterator[Record]:
    while position < len(text):
        cells: tuple[str, ...] = ()
        try:
            cells, end = _cells(text, position, delimiter)
            fault = _width_fault(cells, width)
            if fault and text.find("\n", position, end - 1) >= 0:
                raise _Unbalanced  # it took the next rows for its own text
        except _Unbalanced:
            cells, end = _on_one_line(text, position, delimiter)
            tabbed = delimiter == "\t" and len(cells) == width
            fault = "" if tabbed else _("a quotation mark in it is not closed, or not written twice")
        if fault or any(cell.strip() for cell in cells):
            yield Record(line, cells, fault)
        line += text.count("\n", position, end)
        position = end


def _width_fault(cells: Sequence[str], width: int) -> str:
    """Empty for cells that fit the header, be it with empty ones behind them."""
    if len(cells) < width and any(cell.strip() for cell in cells):
        return _("it has {count} of the {total} columns").format(count=len(cells), total=width)
    if any(cell.strip() for cell in cells[width:]):
        return _(
            "it has {count} columns instead of {total}: a text with the separator in it needs quotation marks"
        ).format(count=len(cells), total=width)
    return ""


class _Unbalanced(Exception):  # noqa: N818 - it never leaves this module
    """Quotation marks that do not enclose a whole cell."""


@lru_cache(maxsize=8)
def _cell(delimiter: str) -> re.Pattern[str]:
    """One cell, in quotation marks (group 1) or not (group 2), with what ends it (group 3)."""
    mark = re.escape(delimiter)
    return re.compile(rf' *"((?:[^"]++|"")*+)" *({mark}|\n|\Z)|(?! *")([^{mark}\n]*+)({mark}|\n|\Z)')


def _cells(text: str, position: int, delimiter: str) -> tuple[tuple[str, ...], int]:
    """The cells of a row, and where the next one begins. Raises _Unbalanced."""
    found: list[str] = []
    pattern = _cell(delimiter)
    while match := pattern.match(text, position):
        quoted, quoted_end, bare, bare_end = match.groups()
        found.append(bare if quoted is None else quoted.replace('""', '"'))
        position = match.end()
        if (bare_end if quoted is None else quoted_end) != delimiter:
            return tuple(found), position
    raise _Unbalanced


def _on_one_line(text: str, position: int, delimiter: str) -> tuple[tuple[str, ...], int]:
    """The cells up to the line's end, whatever quotation marks say, and where the next row begins."""
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    return tuple(text[position:end].split(delimiter)), min(len(text), end + 1)
