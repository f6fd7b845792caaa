"""`Row`: what every format says, however it says it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters.dataset.example import Example, Place, Task, example_id
from assistant.i18n import _
from assistant.language import detect_language
from assistant.safe_text import printable

MAX_TEXT_CHARACTERS = 2_000_000
"""Of one text: a book of 900 pages. A longer one is a mistake, or made to fill the memory."""
_ENOUGH_WORDS = 20
"""From so many words on, a text in no known language is in another one, not merely too short to tell."""


@dataclass(frozen=True)
class Row:
    text: str
    target: str
    task: Task = "summarize"
    doubts: tuple[str, ...] = ()


def said(row: Mapping[str, Any], key: str) -> str:
    """The text under a key, empty where there is none. Raises ValueError with the reason in words."""
    value = row.get(key)
    if not isinstance(value, str | None):
        raise ValueError(_("“{key}” is not text").format(key=key))
    return value or ""


def checked_row(row: Row) -> Row:
    """The row with nothing in it that could act on a terminal. Raises ValueError with the reason in words."""
    text, target = printable(row.text).strip(), printable(row.target).strip()
    if not text:
        raise ValueError(_("the text is missing or empty"))
    if not target:
        raise ValueError(_("what is wanted of the text is missing or empty"))
    if max(len(text), len(target)) > MAX_TEXT_CHARACTERS:
        raise ValueError(_("it is longer than {limit} characters").format(limit=f"{MAX_TEXT_CHARACTERS:,}"))
    return Row(text, target, row.task, row.doubts)


def language_of(text: str, target: str) -> str:
    """Of the target; a short one is taken to be in the language of its text."""
    found = detect_language(target)
    return found if found or len(target.split()) >= _ENOUGH_WORDS else detect_language(text)


def human_example(row: Row, document: str, line: int, copy: int) -> Example:
    """A row of somebody's own file, as an example. `copy` counts the rows before it that say just the same."""
    where = f"{document}#{copy + 1}" if copy else document
    return Example(
        id=example_id(row.task, row.text, row.target, where),
        task=row.task,
        text=row.text,
        target=row.target,
        language=language_of(row.text, row.target),
        tier="A",
        origin="row",
        group=group_of(document, row.text),
        place=Place(document=document, line=line),
        doubts=row.doubts,
    )


def group_of(document: str, text: str) -> str:
    """Each row is a document of its own, but rows about one text stay in one split."""
    return f"{document}#{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]}"
