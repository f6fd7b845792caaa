"""What conversations hold of some documents, and taking it out of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.documents.source import Source
from assistant.library.catalogue import DocumentRecord


@dataclass
class Traces:
    conversations: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """(number, title) of those about these documents alone."""
    answers: list[int] = field(default_factory=list[int])
    """Messages of other conversations, made from these documents alone."""
    quoting: list[tuple[int, dict[str, Any]]] = field(default_factory=list[tuple[int, dict[str, Any]]])
    """Other messages that quote them: (number, details without the quotes)."""
    attachments: list[int] = field(default_factory=list[int])


@dataclass(frozen=True)
class _Names:
    """How conversations call the documents: attachments and results by path, citations by the file's name."""

    paths: frozenset[str]
    files: frozenset[str]

    def has(self, name: str) -> bool:
        return name in self.paths or name in self.files


def find_traces(connection: sqlite3.Connection, documents: Iterable[DocumentRecord]) -> Traces:
    paths = frozenset(path for record in documents for path in record.paths)
    names = _Names(paths, frozenset(Source(Path(path)).name for path in paths))
    traces = Traces()
    if paths:
        for number, title in connection.execute("SELECT id, title FROM conversations ORDER BY id").fetchall():
            _search_conversation(connection, number, title, names, traces)
    return traces


def forget_traces(connection: sqlite3.Connection, traces: Traces) -> None:
    connection.executemany("DELETE FROM conversations WHERE id = ?", [(number,) for number, _ in traces.conversations])
    connection.executemany("DELETE FROM messages WHERE id = ?", [(number,) for number in traces.answers])
    connection.executemany("DELETE FROM attachments WHERE id = ?", [(number,) for number in traces.attachments])
    connection.executemany(
        "UPDATE messages SET details = ? WHERE id = ?",
        [(json.dumps(details), number) for number, details in traces.quoting],
    )


def _search_conversation(
    connection: sqlite3.Connection, number: int, title: str, names: _Names, traces: Traces
) -> None:
    attached = connection.execute("SELECT id, path FROM attachments WHERE conversation = ?", (number,)).fetchall()
    messages = [
        (message, json.loads(details))
        for message, details in connection.execute(
            "SELECT id, details FROM messages WHERE conversation = ?", (number,)
        ).fetchall()
    ]
    about = {path for _attachment, path in attached}.union(*(_documents_of(details) for _message, details in messages))
    if about and all(names.has(name) for name in about):
        traces.conversations.append((number, title))
        return
    traces.attachments += [attachment for attachment, path in attached if path in names.paths]
    for message, details in messages:
        made_from = _documents_of(details)
        if made_from and all(names.has(name) for name in made_from):
            traces.answers.append(message)
        elif any(names.has(name) for name in made_from):
            traces.quoting.append((message, _without_quotes(details, names)))


def _documents_of(details: dict[str, Any]) -> set[str]:
    """The documents that an answer says it was made from, by path or by name."""
    result = details.get("result") or {}
    found: set[str] = set(result.get("documents") or ())
    if found:
        return found
    found = {part["document"] for part in (result.get("coverage") or {}).get("documents", ())}
    return found or {citation.get("document", "") for citation in _citations(result)}


def _citations(result: dict[str, Any]) -> list[dict[str, Any]]:
    return [citation for claim in result.get("claims") or () for citation in claim.get("citations") or ()]


def _without_quotes(details: dict[str, Any], names: _Names) -> dict[str, Any]:
    """The page of a citation stays, since the answer names it; the words are taken out."""
    for citation in _citations(details.get("result") or {}):
        if names.has(citation.get("document", "")):
            citation["quote"] = ""
    return details
