"""The passages of documents that fit a question, found by the library's full-text index.

Where a document is not in the library as it is here (a password protects it, only some chapters of it were chosen), or
this SQLite has no full-text search, its passages are compared with the question one by one instead.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document
from assistant.errors import LibraryError
from assistant.library import Library
from assistant.library.passages import Passage, document_passages
from assistant.stems import content_stems, known_numbers

CANDIDATES = 24
"""Passages looked at closely. Measured: with twice as many, no more questions find their page."""

_NO_PHRASES = str.maketrans('"“”„«»', "      ")
"""To the library, words in quotes are words that must stand together; to a person who asks, they need not."""


@dataclass(frozen=True)
class Found:
    """A document, its passages on the chosen pages in order, and how well each fits, 0 to 1."""

    document: Document
    passages: Sequence[Passage]
    scores: Mapping[int, float]
    """By position among the passages; those that are not there do not fit."""


def fitting_passages(
    documents: Sequence[Document],
    chosen: Mapping[str, Sequence[int]],
    question: str,
    library: Library | None,
) -> list[Found]:
    """Each document with its share of the `CANDIDATES` best passages; `chosen` are page numbers, none meaning all."""
    read = [(document, _passages(document, chosen.get(document.path, ()))) for document in documents]
    found = [
        scores for document, passages in read if (scores := _indexed(document, passages, question, library)) is not None
    ]
    if len(found) < len(read):  # all of them, since the two kinds of scores cannot be compared with each other
        found = [_compared(document, passages, question) for document, passages in read]
    best = sorted((score for scores in found for score in scores.values()), reverse=True)[:CANDIDATES]
    highest, lowest = (best[0], best[-1]) if best else (1.0, 0.0)
    return [
        Found(document, passages, {at: score / highest for at, score in scores.items() if score >= lowest})
        for (document, passages), scores in zip(read, found, strict=True)
    ]


def _passages(document: Document, pages: Sequence[int]) -> list[Passage]:
    wanted = set(pages)
    return [
        passage
        for passage in document_passages(document)
        if passage.text.strip() and (not wanted or passage.page in wanted)
    ]


def _indexed(
    document: Document, passages: Sequence[Passage], question: str, library: Library | None
) -> dict[int, float] | None:
    """BM25 scores from the index; None where the index does not have this very text."""
    number = library.document_number(document.sha256) if library and document.sha256 else None
    if library is None or number is None:
        return None
    if not terms(question, ""):
        return {}  # the index finds "and" and "then", too
    places = {
        (passage.page, passage.start, passage.start + len(passage.text)): at for at, passage in enumerate(passages)
    }
    pages = {passage.page for passage in passages}
    try:
        hits = library.search(
            question.translate(_NO_PHRASES), document=number, limit=CANDIDATES, pages=pages, every_word=False
        )
    except LibraryError:
        return None
    if any((hit.page, hit.start, hit.end) not in places for hit in hits):
        return None
    return {places[hit.page, hit.start, hit.end]: hit.score for hit in hits}


def _compared(document: Document, passages: Sequence[Passage], question: str) -> dict[int, float]:
    """IDF-weighted overlap of the question with each passage."""
    asked = terms(question, document.language)
    held = {
        at: shared for at, passage in enumerate(passages) if (shared := asked & terms(passage.text, document.language))
    }
    frequency = Counter(term for shared in held.values() for term in shared)
    scores = {
        at: sum(math.log(1 + len(passages) / frequency[term]) for term in sorted(shared)) for at, shared in held.items()
    }
    best = sorted(scores, key=lambda at: (-scores[at], at))[:CANDIDATES]
    return {at: scores[at] for at in best}


def terms(text: str, language: str) -> frozenset[str]:
    """What two texts are compared by: stems and numbers."""
    return content_stems(text, language) | known_numbers(text)
