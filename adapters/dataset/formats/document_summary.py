"""`{"document": …, "summary": …}`, or whatever else the two are called (`columns`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.dataset.example import Example
from adapters.dataset.formats.columns import find_columns, shown_names
from adapters.dataset.formats.row import Row, said
from assistant.i18n import _


def read(row: Mapping[str, Any], columns: Mapping[str, str]) -> Row:
    """`columns` says what holds the text, the target and the task, where somebody did.

    Raises ValueError with the reason in words.
    """
    names = [name for name, value in row.items() if isinstance(value, str)]
    found = find_columns(names, columns)
    if not found.complete:
        raise ValueError(_missing(row, columns, found.text))
    for name in (found.text, found.target):
        if not said(row, name).strip():
            raise ValueError(_missing_key(name))
    return Row(said(row, found.text), said(row, found.target), found.task_of(said(row, found.task)))


def write(example: Example) -> dict[str, Any]:
    return {"document": example.text, "summary": example.target, "task": example.task}


def _missing(row: Mapping[str, Any], columns: Mapping[str, str], text: str) -> str:
    if text or "target" in columns:
        return _missing_key(columns.get("target", "summary"))
    if "text" in columns:
        return _missing_key(columns["text"])
    return _("no text with its summary is in it, only: {keys}").format(keys=shown_names(list(row)) or "–")


def _missing_key(name: str) -> str:
    return _("“{key}” is missing or empty").format(key=shown_names([name]))
