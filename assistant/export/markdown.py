"""Markdown with footnotes, as pandoc, GitHub, Obsidian and Zettlr read them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.export.notes import number_notes
from assistant.export.study_text import about, safe, title_of, with_references

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~$])")
_NOT_OURS = re.compile(r"(?<!\\)(?:<(?=[A-Za-z/!?])|\[(?=\^))")
"""Where HTML would begin, which whoever turns the file into a page would carry out, and a footnote that is none."""


def write(result: Mapping[str, Any]) -> bytes:
    text = str(result.get("summary") or result.get("answer") or "")
    notes, references = number_notes(result.get("claims") or ())
    body = with_references(text, references, lambda number: f"[^{number}]", _cleaned).strip("\n")
    footnotes = "\n".join(f"[^{note.number}]: {note.mark} {escaped(note.text)}" for note in notes)
    closing = "\n".join(f"*{escaped(line)}*  " for line in about(result)).rstrip()
    parts = [f"# {escaped(title_of(result))}", body, "---", closing, footnotes]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def _cleaned(text: str) -> str:
    return _NOT_OURS.sub(r"\\\g<0>", safe(text))


def escaped(text: str) -> str:
    """The text so that no Markdown reader makes anything else of it."""
    return _SPECIAL.sub(r"\\\1", text)
