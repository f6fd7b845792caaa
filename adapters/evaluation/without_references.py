"""Texts to test with that nobody has summed up: no data set takes them, and yet something can be said of them.

What an adapter writes about such a text can be held against the text itself (faithfulness, copying, language), and
against nothing else.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from adapters.dataset.example import Example, Place, example_id
from adapters.dataset.formats.columns import find_columns
from adapters.dataset.formats.objects import objects
from adapters.dataset.formats.row import MAX_TEXT_CHARACTERS, group_of, said
from adapters.dataset.formats.text import decoded, read_bytes
from adapters.dataset.store import Dataset
from assistant.language import detect_language
from assistant.safe_text import printable

SUFFIXES = (".jsonl", ".ndjson", ".json")
MOST = 1_000
"""Texts: more would never be written about."""


def rows_without_reference(path: Path) -> list[Example]:
    """Of a file of JSON rows those with a text and no summary of it; none of any other file. Raises DatasetError."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return []
    found: list[Example] = []
    for line, row in objects(decoded(read_bytes(path), path)):
        if len(found) == MOST:
            break
        if isinstance(row, str):
            continue  # no row: in words, why
        columns = find_columns([name for name, value in row.items() if isinstance(value, str)], {})
        text = printable(said(row, columns.text)).strip() if columns.text else ""
        target = said(row, columns.target).strip() if columns.target else ""
        if text and not target and len(text) <= MAX_TEXT_CHARACTERS:
            found.append(_example(text, path.name, line))
    return found


def with_them(dataset: Dataset | None, texts: list[Example], path: Path) -> Dataset:
    """The data set with these texts, in memory alone."""
    if dataset is None:
        return Dataset(path.stem, path.parent, tuple(texts), {"paths": [str(path)]})
    return dataclasses.replace(dataset, examples=(*dataset.examples, *texts))


def _example(text: str, document: str, line: int) -> Example:
    return Example(
        id=example_id("summarize", text, "", document),
        task="summarize",
        text=text,
        target="",
        language=detect_language(text),
        tier="A",
        origin="row",
        group=group_of(document, text),
        place=Place(document=document, line=line),
    )
