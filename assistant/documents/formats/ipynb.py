"""Jupyter notebooks: the prose as Markdown, the code fenced, and the beginning of what it printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.documents.encodings import decode_text
from assistant.documents.formats.draft import Draft, UnreadableError
from assistant.documents.formats.markdown import write_markdown
from assistant.safe_text import printable

OUTPUT_LINES = 20
OUTPUT_CHARACTERS = 1_500
"""Of what one cell printed: a student reads the first rows of a table, not ten thousand lines of a log."""


def read(path: Path, draft: Draft) -> None:
    try:
        notebook = json.loads(decode_text(path.read_bytes()))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("damaged", str(error)) from error
    cells = _cells(notebook)
    if cells is None:
        raise UnreadableError("damaged", "no cells")
    metadata = _dict(notebook.get("metadata"))
    if isinstance(title := metadata.get("title"), str):
        draft.metadata["title"] = title
    language = _language(metadata)
    for cell in cells:
        _write(_dict(cell), language, draft)


def _cells(notebook: Any) -> list[Any] | None:
    """Of format 4, or of format 3, which had them in work sheets."""
    if not isinstance(notebook, dict):
        return None
    if isinstance(cells := notebook.get("cells"), list):
        return cells
    sheets = notebook.get("worksheets")
    if not isinstance(sheets, list):
        return None
    return [cell for sheet in sheets for cell in _list(_dict(sheet).get("cells"))]


def _write(cell: dict[str, Any], language: str, draft: Draft) -> None:
    source = _joined(cell.get("source", cell.get("input")))
    match cell.get("cell_type"):
        case "markdown":
            write_markdown(printable(source), draft)
        case "heading":
            level = cell.get("level")
            draft.heading(source, level if isinstance(level, int) else 1)
        case "code":
            draft.code(source, language)
            for output in _list(cell.get("outputs")):
                draft.code(_shortened(_output(_dict(output))))
        case _:
            draft.verbatim(source)


def _output(output: dict[str, Any]) -> str:
    if output.get("output_type") in ("error", "pyerr"):
        return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"
    return _joined(output.get("text") or _dict(output.get("data")).get("text/plain"))


def _shortened(text: str) -> str:
    text = printable(text).strip("\n")
    lines = text.split("\n")
    kept = "\n".join(lines[:OUTPUT_LINES])[:OUTPUT_CHARACTERS]
    return kept if kept == text else f"{kept}\n…"


def _language(metadata: dict[str, Any]) -> str:
    for holder, key in (("language_info", "name"), ("kernelspec", "language")):
        name = _dict(metadata.get(holder)).get(key)
        if isinstance(name, str):
            return name
    return "python"


def _joined(text: Any) -> str:
    """Notebooks write a text as a string or as a list of lines."""
    if isinstance(text, list):
        return "".join(line for line in text if isinstance(line, str))
    return text if isinstance(text, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
