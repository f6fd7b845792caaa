"""Examples to a file of rows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.dataset.example import Example
from adapters.dataset.formats import alpaca, canonical, document_summary, messages, prompt_completion, sharegpt
from adapters.dataset.formats.table import guarded
from adapters.dataset.whole_file import replace_file
from adapters.registry import reason_of
from assistant.errors import DatasetError
from assistant.i18n import _, current_language
from assistant.safe_text import printable

_OBJECTS: dict[str, Callable[[Example], dict[str, Any]]] = {
    "jsonl": canonical.to_row,
    "messages": messages.write,
    "sharegpt": sharegpt.write,
    "alpaca": alpaca.write,
    "prompt_completion": prompt_completion.write,
    "document_summary": document_summary.write,
}
FORMATS = (*_OBJECTS, "csv", "tsv")
_COLUMNS = ("id", "task", "tier", "split", "status", "language", "text", "target", "file")


def write_rows(path: Path, examples: Sequence[Example], format: str) -> None:  # noqa: A002 - the request's word
    """Write one of `FORMATS`, wholly or not at all; `.json` becomes one list, any other name one object a line.

    Only `jsonl`, Sunto's own, tells rejected examples from others, so only there are they written.
    Raises DatasetError for an unknown format and a file that cannot be written.
    """
    if format not in FORMATS:
        raise DatasetError(
            _("Sunto knows no format called “{format}”.").format(format=format),
            _("It writes {formats}.").format(formats=", ".join(FORMATS)),
        )
    wanted = [item for item in examples if format == "jsonl" or item.status != "rejected"]
    try:
        replace_file(path, _lines(path, wanted, format))
    except OSError as error:
        raise DatasetError(
            _("{path} cannot be written: {reason}.").format(path=path, reason=reason_of(error)),
            _("Check the folder and its free space."),
            path=path,
        ) from error


def _lines(path: Path, examples: Sequence[Example], kind: str) -> Iterator[str]:
    if kind in ("csv", "tsv"):
        return _table(examples, kind)
    rows = (json.dumps(_OBJECTS[kind](_clean(item)), ensure_ascii=False) for item in examples)
    return _list(rows) if path.suffix.lower() == ".json" else (f"{row}\n" for row in rows)


def _clean(example: Example) -> Example:
    """As `canonical` does for itself: nothing in the file can act on a terminal."""
    return replace(example, text=printable(example.text), target=printable(example.target))


def _list(rows: Iterable[str]) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield f",\n{row}" if number else f"\n{row}"
    yield "\n]\n"


def _table(examples: Iterable[Example], kind: str) -> Iterator[str]:
    """CSV as Excel opens it: with a mark, or it misreads accents; with `;` where the comma is the decimal sign."""
    if kind == "csv":
        yield "\ufeff"
    delimiter = "\t" if kind == "tsv" else ";" if current_language() == "it" else ","
    yield _record(_COLUMNS, delimiter)
    for example in examples:
        cells = [*(getattr(example, name) for name in _COLUMNS[:-1]), example.place.document]
        yield _record([guarded(printable(cell)) for cell in cells], delimiter)


def _record(cells: Sequence[str], delimiter: str) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="\r\n").writerow(cells)
    return line.getvalue()
