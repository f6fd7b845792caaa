"""How passages were chosen for a question before there was an index: by IDF-weighted overlap, 200 tokens each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from assistant.chunking import Chunk, split_document
from assistant.documents.model import Document
from assistant.stems import content_stems, known_numbers

PASSAGE_TOKENS = 200
"""About a long paragraph: enough to answer from, small enough to choose."""


@dataclass(frozen=True)
class Passage:
    document: Document
    chunk: Chunk
    terms: frozenset[str]
    """Stems and numbers."""

    @property
    def pages(self) -> frozenset[tuple[str, int]]:
        return frozenset((self.document.path, page) for page in self.chunk.pages)


def split_passages(
    documents: Sequence[Document],
    count_tokens: Callable[[str], int],
    pages: Mapping[str, Sequence[int]],
    max_tokens: int = PASSAGE_TOKENS,
) -> list[Passage]:
    """The documents in passages, in order; `pages` maps each path to the pages chosen, none meaning all."""
    return [
        Passage(document, chunk, _terms(chunk.text, document.language))
        for document in documents
        for chunk in split_document(document, count_tokens, max_tokens, pages=pages.get(document.path, ()))
    ]


def choose_passages(
    passages: Sequence[Passage], question: str, count_tokens: Callable[[str], int], budget_tokens: int
) -> list[Passage]:
    """The best for the question, each with its neighbours, as many as the budget allows; in document order.

    A question that shares no word with the documents ("and then?") gets their beginning.
    """
    scores = _scores(passages, question)
    ranked = sorted(range(len(passages)), key=lambda position: (-scores[position], position))
    best = [position for position in ranked if scores[position] > 0] or ranked
    chosen: set[int] = set()
    left = budget_tokens
    for position in _with_neighbours(best, len(passages)):
        cost = count_tokens(passages[position].chunk.text)
        if position not in chosen and cost <= left:
            chosen.add(position)
            left -= cost
    return [passages[position] for position in sorted(chosen)]


def _with_neighbours(positions: Sequence[int], count: int) -> list[int]:
    """The best three with what stands around them, before the rest is tried."""
    leaders, others = positions[:3], positions[3:]
    around = [near for position in leaders for near in (position - 1, position + 1) if 0 <= near < count]
    return [*leaders, *around, *others]


def _scores(passages: Sequence[Passage], question: str) -> list[float]:
    """IDF-weighted overlap of the question with each passage."""
    frequency = Counter(term for passage in passages for term in passage.terms)
    asked = {language: _terms(question, language) for language in {item.document.language for item in passages}}
    return [
        sum(
            math.log(1 + len(passages) / frequency[term])
            for term in sorted(asked[passage.document.language] & passage.terms)
        )
        for passage in passages
    ]


def _terms(text: str, language: str) -> frozenset[str]:
    return content_stems(text, language) | known_numbers(text)
