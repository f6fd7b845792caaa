"""Tables as text files, from English or Italian programs, as rows of cells.

A page is `ROWS_A_PAGE` rows, each with the table's head on top, so that the numbers on it keep their names.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.documents.encodings import decode_text
from assistant.documents.formats.draft import Draft
from assistant.safe_text import printable

ROWS_A_PAGE = 100
MOST_ROWS = 20_000
MOST_CELLS = 1_000_000
"""A summary of more has no use; what is beyond is left out, with a warning."""

# Where two fit, the first: 1,5;2,5 has a comma in each number, but no program puts semicolons into numbers.
_DELIMITERS = ("\t", ";", ",", "|")
_SAID = re.compile(r"sep=(.)\n")
"""The line by which Excel is told."""
_LOOKED_AT_ROWS = 50
_LONGEST_CELL = 65_536
"""Twice what a spreadsheet allows."""
_NUMBER = re.compile(r"[-+]?[\d.,:/\s%€$£-]*\d[\d.,:/\s%€$£-]*")


def read(path: Path, draft: Draft) -> None:
    text = "\n".join(printable(piece) for piece in decode_text(path.read_bytes()).split("\f"))
    delimiter = ""
    if said := _SAID.match(text):
        delimiter, text = said[1], text[said.end() :]
    rows = _rows(text, delimiter or guess_delimiter(text))
    first = next(rows, [])
    rest = list(itertools.islice(rows, _LOOKED_AT_ROWS))
    head = first if is_head(first, rest) else []
    _write(itertools.chain([first], rest, rows), head, draft)


def _write(rows: Iterator[Sequence[str]], head: Sequence[str], draft: Draft) -> None:
    cells = 0
    for index, row in enumerate(rows):
        cells += len(row)
        if index >= MOST_ROWS or cells > MOST_CELLS:
            draft.warn("shortened")
            return
        if index and index % ROWS_A_PAGE == 0:
            draft.end_page()
            draft.row(head)
        draft.row(row)


def guess_delimiter(text: str) -> str:
    """The one that parts the first rows most evenly; a comma where none does."""
    lines = text.split("\n", _LOOKED_AT_ROWS)
    sample = "\n".join(lines[:_LOOKED_AT_ROWS])
    best, best_share = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [len(row) for row in _rows(sample, delimiter) if row]
        if not counts or max(counts) < 2:
            continue
        usual = max(set(counts), key=counts.count)
        share = counts.count(usual) / len(counts) if usual > 1 else 0.0
        if share > best_share + 0.1:
            best, best_share = delimiter, share
    return best


def is_head(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    """Names over columns: no empty cell, no number, none twice, and there are rows below."""
    names = [cell.strip() for cell in first]
    return (
        len(names) > 1
        and bool(rest)
        and all(names)
        and len(set(names)) == len(names)
        and not any(_NUMBER.fullmatch(name) for name in names)
    )


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """Never fails: a cell longer than any real one has a quote that is never closed, so quotes then mean nothing."""
    source = io.StringIO(text, newline="")
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(source, delimiter=delimiter, skipinitialspace=True)
    while True:
        start = source.tell()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            source.seek(start)
            reader = csv.reader(source, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            csv.field_size_limit(len(text) + 1)
