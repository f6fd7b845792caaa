"""Finding passages by their words, the best first, each with what stands around the words that were found."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from assistant.documents.source import Source
from assistant.errors import LibraryError
from assistant.i18n import _
from assistant.library.index import Index
from assistant.library.query import Query, fold, parse_query, word_spans
from assistant.library.subjects import known_subject

TEXT_WEIGHT, STEMS_WEIGHT = 2.0, 1.0
"""A word found as it was typed counts more than another form of it."""
SNIPPET_CHARACTERS = 240

_WANTED = """
    AND EXISTS (
        SELECT 1 FROM places JOIN documents ON documents.id = places.document
        WHERE places.passage = passage_index.rowid AND {wanted})
"""
_FOUND = """
    WITH found AS MATERIALIZED (
        SELECT rowid AS passage, bm25(passage_index, {text_weight}, {stems_weight}) AS rank
        FROM passage_index WHERE passage_index MATCH :match {filter} ORDER BY rank LIMIT :limit),
    placed AS (
        SELECT found.passage, rank, places.document, min(places.page) AS page, places.start
        FROM found JOIN places ON places.passage = found.passage JOIN documents ON documents.id = places.document
        WHERE {wanted} GROUP BY found.passage, places.document)
    SELECT placed.document, placed.page, placed.start, rank, passages.text, documents.title, pages.label,
           coalesce((SELECT path FROM paths WHERE paths.document = placed.document ORDER BY seen DESC LIMIT 1), ''),
           coalesce(subjects.name, '')
    FROM placed JOIN passages ON passages.id = placed.passage JOIN documents ON documents.id = placed.document
         JOIN pages ON pages.document = placed.document AND pages.number = placed.page
         LEFT JOIN subjects ON subjects.id = documents.subject
    ORDER BY rank, placed.document, placed.page, placed.start LIMIT :limit
"""


@dataclass(frozen=True)
class Hit:
    document: int
    """Its number in the library."""
    name: str
    """Its file's name, for citations."""
    title: str
    path: str
    subject: str
    page: int
    label: str
    start: int
    """Characters of the page's text, from `start` to `end`: the passage."""
    end: int
    snippet: str
    """The part of the passage with most of the words, on one line."""
    marks: tuple[tuple[int, int], ...]
    """Spans of the snippet's characters that are words looked for."""
    score: float
    """Higher is better; only to be compared with others of the same search."""


class Search(Index):
    def search(
        self,
        text: str,
        *,
        subject: str | None = None,
        document: int | None = None,
        pages: Collection[int] = (),
        every_word: bool = True,
        limit: int = 10,
    ) -> list[Hit]:
        """The best passages for what was typed, whatever that is; a passage that stands in two documents is two hits.

        `pages` are the numbers of those to look at, none meaning all. All words should be there; where no passage has
        them all, or without `every_word` (a question is not worded as its answer is), those with some are found.
        Raises ConfigError for a subject there is not, LibraryError where this SQLite has no full-text search.
        """
        if not self._searchable:
            raise LibraryError(
                _("The SQLite of this Python has no full-text search (FTS5), so the library cannot be searched."),
                _("Use a Python from python.org, conda-forge or uv; `sunto doctor` checks it."),
            )
        with self._reading() as connection:
            number = None if subject is None else known_subject(connection, subject)
            query, statement = parse_query(text), _statement(number, document, pages)
            expressions = query.expressions if query and limit > 0 else []
            wanted = {
                "subject": number,
                "document": document,
                "pages": json.dumps(sorted(pages)),
                "limit": limit,
            }
            for match in expressions if every_word else expressions[-1:]:
                rows = connection.execute(statement, {"match": match, **wanted}).fetchall()
                if rows:
                    return [_hit(row, query) for row in rows]
        return []


def _statement(subject: int | None, document: int | None, pages: Collection[int]) -> str:
    """The best passages are chosen first, and only then looked up: a common word stands in thousands."""
    conditions = [
        condition
        for condition, is_set in (
            ("documents.subject = :subject", subject is not None),
            ("documents.id = :document", document is not None),
            ("places.page IN (SELECT value FROM json_each(:pages))", bool(pages)),
        )
        if is_set
    ]
    wanted = " AND ".join(conditions) or "TRUE"
    return _FOUND.format(
        text_weight=TEXT_WEIGHT,
        stems_weight=STEMS_WEIGHT,
        wanted=wanted,
        filter=_WANTED.format(wanted=wanted) if conditions else "",
    )


def _hit(row: tuple[int, int, int, float, str, str, str, str, str], query: Query) -> Hit:
    document, page, start, rank, text, title, label, path, subject = row
    snippet, marks = make_snippet(text, query)
    source = Source(Path(path))
    return Hit(
        document=document,
        name=source.name,
        title=title or source.title,
        path=path,
        subject=subject,
        page=page,
        label=label,
        start=start,
        end=start + len(text),
        snippet=snippet,
        marks=marks,
        score=-rank,
    )


def make_snippet(text: str, query: Query) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The stretch of whole words with most hits in it, the first of several, and where they are in it."""
    line = " ".join(text.split())
    words = list(word_spans(line))
    hits = sorted({*_word_hits(line, words, query), *_phrase_hits(line, words, query)})
    start, end = _best_window(line, hits)
    before, after = "…" if start else "", "…" if end < len(line) else ""
    shift = len(before) - start
    marks = tuple((first + shift, last + shift) for first, last in hits if start <= first and last <= end)
    return before + line[start:end] + after, marks


def _word_hits(line: str, words: list[tuple[int, int]], query: Query) -> list[tuple[int, int]]:
    return [(start, end) for start, end in words if query.matches(line[start:end])]


def _phrase_hits(line: str, words: list[tuple[int, int]], query: Query) -> list[tuple[int, int]]:
    folded = [fold(line[start:end]) for start, end in words]
    return [
        words[position + offset]
        for phrase in query.phrases
        for position in range(len(folded) - len(phrase) + 1)
        if tuple(folded[position : position + len(phrase)]) == phrase
        for offset in range(len(phrase))
    ]


def _best_window(line: str, hits: list[tuple[int, int]]) -> tuple[int, int]:
    if len(line) <= SNIPPET_CHARACTERS:
        return 0, len(line)
    lead = SNIPPET_CHARACTERS // 4
    starts = [max(0, first - lead) for first, _last in hits] or [0]
    start = max(starts, key=lambda at: sum(at <= first and last <= at + SNIPPET_CHARACTERS for first, last in hits))
    start = min(start, len(line) - SNIPPET_CHARACTERS)
    end = start + SNIPPET_CHARACTERS
    if start and (space := line.find(" ", start, start + lead)) >= 0:
        start = space + 1
    if end < len(line) and (space := line.rfind(" ", end - lead, end)) >= 0:
        end = space
    return start, end
