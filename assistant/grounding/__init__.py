"""Where in the documents a claim comes from, and how far its wording says so.

What is checked: that the words which carry meaning, and every number, stand together in one passage.
What is not: whether the claim is *true* of that passage. "Always" for "not always" and swapped roles pass.

A claim is one sentence or bullet of an answer. Its passage is the run of at most `WINDOW_SENTENCES` sentences on one
page that holds most of its stems, each weighted by how rare it is in the document (IDF).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document, Page
from assistant.grounding.claims import Citation, Claim, Support, Warned, is_claim, plain_claim, split_claims
from assistant.sentences import split_sentences
from assistant.stems import NUMBER, content_stems, known_numbers, stated_numbers, words

__all__ = [
    "SUPPORTED_SCORE",
    "WEAK_SCORE",
    "Citation",
    "Claim",
    "PageSet",
    "Passages",
    "Support",
    "Warned",
    "is_claim",
    "plain_claim",
    "split_claims",
]

PageSet = Collection[tuple[str, int]]
"""(document path, page number) of each page."""

SUPPORTED_SCORE = 0.6
"""Share of a claim's weight found in its passage. The notes' prototype accepted every true and every word-dropped
sentence at 0.6 and none from another book (pdf-and-summaries §4); tests/assistant/test_grounding.py holds ours."""

WEAK_SCORE = 0.35
"""Below this the passage is not worth showing: it shares little more than the document's subject."""

QUOTED_WORDS = 4
"""A shorter run of words stands in any text by chance."""

WINDOW_SENTENCES = 3
_CANDIDATES = 24
"""Sentences whose surroundings are looked at: the likeliest taken one by one."""
_LONGER_WINDOW_COST = 0.02
"""A further sentence must add more than this, or the quote grows without saying more."""
_MISSING_NUMBERS_COST = 0.25
"""For a claim none of whose numbers are in the passage; in proportion where some are."""


class Passages:
    """The sentences of some documents, ready to be searched for claims. Building it reads each text once."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._indexes = [_Index(document) for document in documents]

    def cite(self, claim: str, pages: PageSet | None = None) -> Claim:
        """The claim with its grade, and its best passage unless nothing supports it.

        `pages` limits the search to the pages that the model was shown when it wrote the claim.
        """
        text = plain_claim(claim)
        found = [match for index in self._indexes if (match := index.best(text, pages)) is not None]
        best = max(found, key=lambda match: match.rank, default=None)
        shown = best is not None and best.score >= WEAK_SCORE
        citations = (best.citation(),) if best is not None and shown else ()
        if missing := self._missing(text):
            return Claim(text, "unsupported", citations, missing)
        if best is None or not shown:
            return Claim(text, "weak")
        return Claim(text, _grade(text, best, stated_numbers(text)), citations)

    def _missing(self, text: str) -> tuple[str, ...]:
        stated = zip(NUMBER.findall(text), stated_numbers(text), strict=True)
        return tuple(written for written, number in stated if not any(index.knows(number) for index in self._indexes))


@dataclass(frozen=True)
class _Sentence:
    page: Page
    start: int
    end: int
    stems: frozenset[str]
    numbers: frozenset[str]


@dataclass(frozen=True)
class _Match:
    document: Document
    page: Page
    start: int
    end: int
    numbers: frozenset[str]
    score: float
    rank: float
    """The score, less what speaks against this passage among others."""

    @property
    def quote(self) -> str:
        return self.page.text[self.start : self.end]

    def citation(self) -> Citation:
        page, score = self.page, round(self.score, 3)
        return Citation(
            self.document.name, self.document.path, page.number, page.label, self.quote, score, self.start, self.end
        )


def _grade(text: str, match: _Match, numbers: list[frozenset[str]]) -> Support:
    claimed = words(text)
    if len(claimed) >= QUOTED_WORDS and f" {' '.join(claimed)} " in f" {' '.join(words(match.quote))} ":
        return "quoted"
    if match.score >= SUPPORTED_SCORE and all(number & match.numbers for number in numbers):
        return "supported"
    return "weak"


class _Index:
    """One document's sentences, and where each stem occurs."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._sentences = [
            _Sentence(page, start, end, content_stems(text, document.language), known_numbers(text))
            for page in document.pages
            for start, end in split_sentences(page.text)
            if (text := page.text[start:end])
        ]
        self._occurrences: dict[str, list[int]] = {}
        for position, sentence in enumerate(self._sentences):
            for stem in sentence.stems:
                self._occurrences.setdefault(stem, []).append(position)
        self._numbers = frozenset[str]().union(*(sentence.numbers for sentence in self._sentences))

    def knows(self, number: frozenset[str]) -> bool:
        return not number.isdisjoint(self._numbers)

    def best(self, text: str, pages: PageSet | None) -> _Match | None:
        """The passage that holds most of the claim; None where none holds any of it."""
        weights = {stem: self._weight(stem) for stem in content_stems(text, self._document.language)}
        numbers = stated_numbers(text)
        windows = {window for position in self._likeliest(weights, pages) for window in self._windows(position)}
        matches = [self._match(first, last, weights, numbers) for first, last in sorted(windows)]
        return max(matches, key=lambda match: match.rank, default=None)

    def _weight(self, stem: str) -> float:
        return math.log(1 + len(self._sentences) / (1 + len(self._occurrences.get(stem, ()))))

    def _likeliest(self, weights: dict[str, float], pages: PageSet | None) -> list[int]:
        """The sentences that, each alone, hold most of the weight; the earlier first among equals."""
        held: dict[int, float] = {}
        for stem, weight in weights.items():
            for position in self._occurrences.get(stem, ()):
                if pages is None or (self._document.path, self._sentences[position].page.number) in pages:
                    held[position] = held.get(position, 0.0) + weight
        return sorted(held, key=lambda position: (-held[position], position))[:_CANDIDATES]

    def _windows(self, position: int) -> Iterator[tuple[int, int]]:
        """(first, last) of every run of sentences on the page that includes this one."""
        for length in range(1, WINDOW_SENTENCES + 1):
            for first in range(position - length + 1, position + 1):
                if self._on_one_page(first, first + length - 1):
                    yield first, first + length - 1

    def _on_one_page(self, first: int, last: int) -> bool:
        if first < 0 or last >= len(self._sentences):
            return False
        return self._sentences[first].page.number == self._sentences[last].page.number

    def _match(self, first: int, last: int, weights: dict[str, float], numbers: list[frozenset[str]]) -> _Match:
        sentences = self._sentences[first : last + 1]
        stems = frozenset[str]().union(*(sentence.stems for sentence in sentences))
        known = frozenset[str]().union(*(sentence.numbers for sentence in sentences))
        score = sum(weight for stem, weight in weights.items() if stem in stems) / sum(weights.values())
        missing = sum(number.isdisjoint(known) for number in numbers) / max(1, len(numbers))
        rank = score - _LONGER_WINDOW_COST * (last - first) - _MISSING_NUMBERS_COST * missing
        page, start, end = sentences[0].page, sentences[0].start, sentences[-1].end
        return _Match(self._document, page, start, end, known, score, rank)
