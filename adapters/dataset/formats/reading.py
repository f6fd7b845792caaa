"""A file of rows to examples, whatever its format is: it is found out from what stands in it.

What is refused as a whole: no text, too large, no column that holds a text, no usable row. What is left out: rows that
cannot be used, each named by its line and the reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from adapters.dataset.example import Example, Place
from adapters.dataset.formats import alpaca, canonical, document_summary, messages, prompt_completion, sharegpt
from adapters.dataset.formats.columns import Columns, check_roles, find_columns, shown_names, unknown_column
from adapters.dataset.formats.objects import objects
from adapters.dataset.formats.row import Row, checked_row, human_example
from adapters.dataset.formats.table import Record, Table, open_table, records, unguarded
from adapters.dataset.formats.text import decoded, read_bytes
from assistant.errors import DatasetError
from assistant.i18n import _

ROW_SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".tab")
MAX_ROWS = 500_000
_TABLE_SUFFIXES = (".csv", ".tsv", ".tab")
_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_EXCEL_CELL_CHARACTERS = 32_767
"""Excel cuts a longer text off without a word."""
_EXCEL_ERRORS = frozenset(
    "#NOME? #NAME? #N/D #N/A #RIF! #REF! #VALORE! #VALUE! #DIV/0! #NUM! #NULLO! #NULL!".split()  # noqa: SIM905 - a table
)

Read = tuple[int, str, Row | Example | str]
"""Line, format, and what stands there; or, in words, why it cannot be used."""


@dataclass(frozen=True)
class Rows:
    examples: tuple[Example, ...]
    """Tier A, origin "row"; Sunto's own rows come back as they were."""
    broken: tuple[tuple[int, str], ...]
    """Rows left out: line, counted from 1, and reason."""
    format: str
    """That of most rows: one of `FORMATS`."""
    sha256: str
    """Of the file."""


def read_rows(path: Path, columns: Mapping[str, str] | None = None, document: str = "") -> Rows:
    """`columns` says which column holds the text, the target and perhaps the task, where the names do not.

    `document` is what the file is called in the examples' places; its name where nothing is said.
    Raises DatasetError when the file cannot be read, has no such column, or no row is usable.
    """
    columns = columns or MappingProxyType({})
    check_roles(columns)
    data = read_bytes(path)
    text = decoded(data, path)
    if not text.strip():
        hint = _row_hint() if _is_json(path, text) else _table_hint()
        raise DatasetError(_("{path} is empty.").format(path=path), hint, path=path)
    document = document or path.name
    rows = _json_rows(text, columns, document) if _is_json(path, text) else _table_rows(text, columns, path)
    examples, broken, formats = _collected(rows, document, path)
    if not examples:
        raise _nothing_usable(path, text, broken, columns)
    kind = max(formats, key=formats.__getitem__)
    return Rows(tuple(examples), tuple(broken), kind, hashlib.sha256(data).hexdigest())


def _collected(
    rows: Iterable[Read], document: str, path: Path
) -> tuple[list[Example], list[tuple[int, str]], Counter[str]]:
    examples: list[Example] = []
    broken: list[tuple[int, str]] = []
    formats: Counter[str] = Counter()
    copies: Counter[tuple[str, str, str]] = Counter()
    for line, kind, found in rows:
        if len(examples) + len(broken) >= MAX_ROWS:
            raise _too_many(path)
        try:
            if isinstance(found, Row):
                row = checked_row(found)
                same = (row.task, row.text, row.target)
                found = human_example(row, document, line, copies[same])
                copies[same] += 1
        except ValueError as error:
            found = str(error)
        if isinstance(found, str):
            broken.append((line, found))
        else:
            examples.append(found)
            formats[kind] += 1
    return examples, broken, formats


def _is_json(path: Path, text: str) -> bool:
    suffix = path.suffix.lower()
    if suffix in _JSON_SUFFIXES or suffix in _TABLE_SUFFIXES:
        return suffix in _JSON_SUFFIXES
    return text.lstrip()[:1] in ("{", "[")


# --- JSON -----------------------------------------------------------------------------------------------------------

_BY_KEYS = {
    "messages": messages,
    "sharegpt": sharegpt,
    "prompt_completion": prompt_completion,
    "alpaca": alpaca,
}


def _json_rows(text: str, columns: Mapping[str, str], document: str) -> Iterator[Read]:
    for line, found in objects(text):
        if isinstance(found, str):
            yield line, "", found
            continue
        try:
            yield (line, *_row(found, columns, Place(document=document, line=line)))
        except ValueError as error:
            yield line, "", str(error)


def _row(row: Mapping[str, Any], columns: Mapping[str, str], place: Place) -> tuple[str, Row | Example]:
    """Its format and what it says. Raises ValueError with the reason in words."""
    if columns:
        return "document_summary", document_summary.read(row, columns)
    if canonical.matches(row):
        return "jsonl", canonical.from_row(row, place)
    for name, module in _BY_KEYS.items():
        if module.matches(row):
            return name, module.read(row)
    return "document_summary", document_summary.read(row, columns)


# --- tables ---------------------------------------------------------------------------------------------------------


def _table_rows(text: str, columns: Mapping[str, str], path: Path) -> Iterator[Read]:
    table = open_table(text)
    if table is None:
        raise DatasetError(
            _("{path} has no columns: its first line must name them.").format(path=path),
            _table_hint(),
            path=path,
            line=1,
        )
    chosen = _chosen(table, columns, path)
    kind = "tsv" if table.delimiter == "\t" else "csv"
    for record in records(text, table):
        yield record.line, kind, record.fault or _cells_row(table, record, chosen)


def _chosen(table: Table, wanted: Mapping[str, str], path: Path) -> Columns:
    """Raises DatasetError, naming the columns there are."""
    if error := unknown_column(table.header, wanted):
        raise error
    chosen = find_columns(table.header, wanted)
    if not chosen.complete:
        raise DatasetError(
            _(
                "{path} does not say which column holds the text and which its summary. The columns are: {columns}."
            ).format(path=path, columns=shown_names(table.header)),
            _("Say it, on the command line with --column text=NAME --column target=NAME."),
            path=path,
            line=1,
        )
    for name in (chosen.text, chosen.target):
        if table.header.count(name) > 1:
            raise DatasetError(
                _("{path} has more than one column called “{name}”.").format(path=path, name=name),
                _("Give each column a name of its own, or say which to use with --column text=NAME."),
                path=path,
                line=1,
            )
    return chosen


def _cells_row(table: Table, record: Record, chosen: Columns) -> Row | str:
    values = dict(zip(table.header, map(unguarded, record.cells), strict=False))
    text, target = values[chosen.text], values[chosen.target]
    for name, value in ((chosen.text, text), (chosen.target, target)):
        if not value.strip():
            return _("“{key}” is missing or empty").format(key=shown_names([name]))
        if value.strip() in _EXCEL_ERRORS:
            return _("“{key}” is an error of the spreadsheet: {value}").format(
                key=shown_names([name]), value=value.strip()
            )
    try:
        task = chosen.task_of(values.get(chosen.task, ""))
    except ValueError as error:
        return str(error)
    cut = max(len(text), len(target)) == _EXCEL_CELL_CHARACTERS
    doubts = (_("it is as long as a cell can be: the spreadsheet may have cut it off"),) if cut else ()
    return Row(text, target, task, doubts)


# --- errors ---------------------------------------------------------------------------------------------------------


def _row_hint() -> str:
    return _('Each line must be a JSON object: {{"document": "the text", "summary": "its summary"}}.').format()


def _table_hint() -> str:
    return _("Put a line like “text;summary” before the rows, or give a .jsonl file.")


def _nothing_usable(path: Path, text: str, broken: list[tuple[int, str]], columns: Mapping[str, str]) -> DatasetError:
    if columns and _is_json(path, text):
        names = {name: None for _line, row in _first(objects(text)) if isinstance(row, dict) for name in row}
        if error := unknown_column(list(names), columns):
            return error
    if not broken:
        return DatasetError(
            _("{path} has a header, but no rows.").format(path=path),
            _("Each row needs a text and its summary under the columns' names."),
            path=path,
        )
    line, reason = broken[0]
    return DatasetError(
        _("No row of {path} can be used: line {line}: {reason}.").format(path=path, line=line, reason=reason),
        _row_hint() if _is_json(path, text) else _("Each row needs a text and its summary under the columns' names."),
        path=path,
        line=line,
    )


def _first(found: Iterator[Any]) -> Iterator[Any]:
    for _count, item in zip(range(100), found, strict=False):
        yield item


def _too_many(path: Path) -> DatasetError:
    return DatasetError(
        _("{path} has more than {limit} rows.").format(path=path, limit=f"{MAX_ROWS:,}"),
        _("Keep the best few thousand: more teach little."),
        path=path,
    )
