"""The summary that a note's front matter may hold: `summary:`, `riassunto:`, `description:` …

Only what such blocks are written with: one line, quoted or not, lines indented below it, and the marks `|` and `>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from adapters.dataset.example import Task
from adapters.dataset.notes.names import FIELDS
from assistant.documents.encodings import decode_text
from assistant.safe_text import printable

SUFFIXES = (".md", ".markdown")
MAX_BYTES = 64 << 10
"""No summary is longer."""

_FENCE = re.compile(r"---[ \t]*\n")
_FENCE_END = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"([^\W\d_]{1,20})[ \t]*:(?:[ \t]+(.*)|[ \t]*)")
_BLOCK_MARK = re.compile(r"[|>][+-]?\d?")
_ESCAPED = re.compile(r"\\([\"\\])")


def read_summaries(path: Path) -> list[tuple[Task, str, str]]:
    """(task, field, text) of each field that sums the note up; none for files without front matter."""
    if path.suffix.lower() not in SUFFIXES:
        return []
    try:
        with path.open("rb") as file:
            head = file.read(MAX_BYTES)
    except OSError:  # it was there a moment ago, when its text was read: that is what counts
        return []
    return list(summaries_in(printable(decode_text(head))))


def summaries_in(text: str) -> Iterator[tuple[Task, str, str]]:
    opening = _FENCE.match(text)
    closing = _FENCE_END.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return
    for name, lines in _fields(text[opening.end() : closing.start()].splitlines()):
        task = FIELDS.get(name.casefold())
        value = _value(lines)
        if task and value:
            yield task, name, value


def _fields(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """(name, what stands behind it and indented below it)"""
    name, value = "", list[str]()
    for line in lines:
        if found := _FIELD.fullmatch(line):
            if name:
                yield name, value
            name, value = found[1], [found[2] or ""]
        elif name and (line[:1].isspace() or not line):
            value.append(line.strip())
        elif name:
            yield name, value
            name = ""
    if name:
        yield name, value


def _value(lines: list[str]) -> str:
    first, *rest = lines
    if _BLOCK_MARK.fullmatch(first.strip()):
        return _block(rest, keeps_lines=first.strip()[0] == "|")
    return _unquoted(_block([first.strip(), *rest], keeps_lines=False))


def _block(lines: list[str], *, keeps_lines: bool) -> str:
    """As YAML folds it: lines become one, an empty line becomes a line end."""
    if keeps_lines:
        return "\n".join(lines).strip()
    paragraphs = "\n".join(lines).split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs).strip()


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _ESCAPED.sub(r"\1", value[1:-1]).strip()
    if len(value) >= 2 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'").strip()
    return value
