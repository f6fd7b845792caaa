"""What of long documents to put before the model for a question: the stretches of text that fit it best.

The passages that the index finds are taken apart into stretches of a few sentences, which are compared with the
question again (BM25, among each other): in the little that a small model reads at once, more of the right places fit.
The best are taken with what stands around them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.answers.search import Found, fitting_passages, terms
from assistant.documents.model import Document
from assistant.library import Library
from assistant.library.passages import Passage
from assistant.sentences import split_sentences

STRETCH_CHARACTERS = 300
LEADERS = 3
"""Stretches that bring along what stands before and after them."""
PASSAGE_SHARE = 0.5
"""What the passage around a stretch counts beside the stretch itself. This, the leaders and the length were chosen on
`benchmarks/gold/questions.jsonl`; their neighbours are within two questions of a hundred."""
OTHER_DOCUMENT_SHARE = 0.5
"""A document's best stretch leads too if it scores this much of the best of all: where two documents say different
things, both are read."""
MOST_LEADERS = 8
_K1, _B = 1.2, 0.75
"""Of BM25 (Robertson & Zaragoza 2009)."""


@dataclass(frozen=True)
class Stretch:
    """A few sentences of a page: characters `start` to `end` of its text."""

    document: Document
    page: int
    start: int
    end: int
    text: str
    """With what parts it from the next stretch."""
    passage_score: float


def fitting_stretches(
    documents: Sequence[Document],
    chosen: Mapping[str, Sequence[int]],
    question: str,
    count_tokens: Callable[[str], int],
    budget_tokens: int,
    library: Library | None = None,
) -> list[Stretch]:
    """The best for the question, as many as the budget allows, in document order; `chosen` as in `fitting_passages`.

    A question that shares no word with the documents gets their beginning.
    """
    readings = fitting_passages(documents, chosen, question, library)
    stretches = [stretch for found in readings for stretch in _stretches(found)]
    scores = _scores(stretches, question)
    ranked = sorted(range(len(stretches)), key=lambda at: (-scores[at], at))
    best = [at for at in ranked if scores[at] > 0] or ranked
    picked: set[int] = set()
    left = budget_tokens
    for at in _with_neighbours(best, stretches, scores):
        cost = count_tokens(stretches[at].text)
        if at not in picked and cost <= left:
            picked.add(at)
            left -= cost
    return [stretches[at] for at in sorted(picked)]


def joined(stretches: Sequence[Stretch]) -> list[str]:
    """Their texts; those that follow each other on a page as one, each document's under its title if there are more."""
    several = len({stretch.document.path for stretch in stretches}) > 1
    texts: list[str] = []
    for before, stretch in zip([None, *stretches], stretches, strict=False):
        if before is None or before.document.path != stretch.document.path:
            texts.append(f"# {stretch.document.title}\n\n{stretch.text}" if several else stretch.text)
        elif (before.page, before.end) == (stretch.page, stretch.start):
            texts[-1] += stretch.text
        else:
            texts.append(stretch.text)
    return [text.strip() for text in texts]


def _stretches(found: Found) -> Iterator[Stretch]:
    """Of the passages that fit, and of those beside them; of all, where none fits."""
    wanted = {near for at in found.scores for near in (at - 1, at, at + 1)} or range(len(found.passages))
    for at, passage in enumerate(found.passages):
        if at in wanted:
            yield from _cut(found.document, passage, found.scores.get(at, 0.0))


def _cut(document: Document, passage: Passage, score: float) -> Iterator[Stretch]:
    """Whole sentences, as many as fit; the white space behind them belongs to them."""
    starts = [0]
    for start, end in split_sentences(passage.text):
        if end - starts[-1] > STRETCH_CHARACTERS and start > starts[-1]:
            starts.append(start)
    for start, end in zip(starts, [*starts[1:], len(passage.text)], strict=True):
        yield Stretch(
            document,
            passage.page,
            passage.start + start,
            passage.start + end,
            passage.text[start:end],
            score,
        )


def _with_neighbours(best: Sequence[int], stretches: Sequence[Stretch], scores: Sequence[float]) -> Iterator[int]:
    leaders = _leaders(best, stretches, scores)
    yield from leaders
    for at in leaders:
        document = stretches[at].document
        around = (near for near in (at - 1, at + 1) if 0 <= near < len(stretches))
        yield from (near for near in around if stretches[near].document is document)
    yield from best


def _leaders(best: Sequence[int], stretches: Sequence[Stretch], scores: Sequence[float]) -> list[int]:
    leaders = list(best[:LEADERS])
    for at in best[LEADERS:]:
        if scores[at] < OTHER_DOCUMENT_SHARE * scores[best[0]] or len(leaders) == MOST_LEADERS:
            break
        if all(stretches[at].document is not stretches[other].document for other in leaders):
            leaders.append(at)
    return leaders


def _scores(stretches: Sequence[Stretch], question: str) -> list[float]:
    """What each shares with the question, beside what its passage does; both 1 for the best."""
    asked = {language: terms(question, language) for language in {item.document.language for item in stretches}}
    held = [terms(item.text, item.document.language) for item in stretches]
    shared = [asked[item.document.language] & found for item, found in zip(stretches, held, strict=True)]
    frequency = Counter(term for found in shared for term in found)
    mean = sum(map(len, held)) / max(1, len(held))
    own = [
        sum(_idf(len(stretches), frequency[term]) for term in sorted(common))
        * (_K1 + 1)
        / (1 + _K1 * (1 - _B + _B * len(found) / max(1.0, mean)))
        for common, found in zip(shared, held, strict=True)
    ]
    highest = max(own, default=0.0) or 1.0
    return [score / highest + PASSAGE_SHARE * item.passage_score for score, item in zip(own, stretches, strict=True)]


def _idf(count: int, frequency: int) -> float:
    return math.log(1 + (count - frequency + 0.5) / (frequency + 0.5))
