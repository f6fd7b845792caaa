"""The documents, and for each the summary that its authors wrote; see README.md beside this file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LANGUAGES = ("en", "it")


@dataclass(frozen=True)
class Case:
    name: str
    language: str
    path: Path
    text: str
    """The body, Markdown headings included."""
    reference: str


def load_cases(limit: int = 0) -> list[Case]:
    """All of the index, or `limit` of them, spread over languages and sources.

    Raises ValueError where a file is not the one in the index.
    """
    records: list[dict[str, Any]] = json.loads((HERE / "index.json").read_text(encoding="utf-8"))
    return [_load(record) for record in (spread(records, limit) if limit else records)]


def spread(records: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """`limit` of them, half in each language where it has as many, at even distances."""
    chosen: list[dict[str, Any]] = []
    for place, language in enumerate(LANGUAGES):
        group = [record for record in records if record["language"] == language]
        count = min(len(group), (limit + place) // len(LANGUAGES))
        chosen += [group[index * len(group) // count] for index in range(count)]
    return chosen


def _load(record: dict[str, Any]) -> Case:
    name, language = record["name"], record["language"]
    path = HERE / "documents" / language / f"{name}.md"
    text = _read(path, record["document_sha256"])
    reference = _read(HERE / "references" / language / f"{name}.txt", record["reference_sha256"])
    return Case(name, language, path, text, reference.strip())


def _read(path: Path, sha256: str) -> str:
    text = path.read_text(encoding="utf-8")  # newlines as in the index, however git checks them out
    if hashlib.sha256(text.encode()).hexdigest() != sha256:
        raise ValueError(f"{path} is not the file in index.json")
    return text
