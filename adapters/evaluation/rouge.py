"""How many words of a reference a text has: ROUGE (Lin 2004), for any script.

Equal to the package rouge-score (without its stemmer) on ASCII text, see `words` for what differs elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from adapters.evaluation.words import stemmed, tokens

MAX_WORDS = 20_000
"""Words behind these are not looked at: no answer has so many, but a model that does not stop could."""


@dataclass(frozen=True)
class Rouge:
    """Shares from 0 to 1; 0 where there is nothing to compare."""

    precision: float
    """Of what was written, how much is in the reference."""
    recall: float
    """Of the reference, how much was written."""

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def rouge(written: str, reference: str, stem_language: str = "") -> dict[str, Rouge]:
    """By "rouge1" (words), "rouge2" (pairs of neighbours) and "rougeL" (longest common subsequence).

    `stem_language` "it" or "en" compares stems instead of words: "cellule" is "cellula".
    """
    ours, theirs = (stemmed(tokens(text), stem_language)[:MAX_WORDS] for text in (written, reference))
    return {
        "rouge1": _by_grams(ours, theirs, 1),
        "rouge2": _by_grams(ours, theirs, 2),
        "rougeL": _shares(common_length(ours, theirs), len(ours), len(theirs)),
    }


def rouge_l(first: Sequence[Hashable], second: Sequence[Hashable]) -> float:
    """F1 of ROUGE-L of two lists of words, 0 to 1."""
    return _shares(common_length(first, second), len(first), len(second)).f1


def common_length(first: Sequence[Hashable], second: Sequence[Hashable]) -> int:
    """Of the longest common subsequence.

    A row of the usual table differs from the one above by 0 or 1 in each column, so that a row is one integer and is
    made from the one above by one addition (Crochemore et al. 2001, "A fast and practical bit-vector algorithm for
    the longest common subsequence problem"): two texts of 20,000 words take a fifth of a second.
    """
    places: dict[Hashable, int] = {}
    for place, word in enumerate(second):
        places[word] = places.get(word, 0) | 1 << place
    everywhere = (1 << len(second)) - 1
    row = everywhere
    for word in first:
        matches = row & places.get(word, 0)
        row = ((row + matches) | (row - matches)) & everywhere
    return len(second) - row.bit_count()


def _by_grams(ours: Sequence[str], theirs: Sequence[str], length: int) -> Rouge:
    first, second = _grams(ours, length), _grams(theirs, length)
    return _shares((first & second).total(), first.total(), second.total())


def _grams(words: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[start : start + length]) for start in range(len(words) - length + 1))


def _shares(common: int, ours: int, theirs: int) -> Rouge:
    return Rouge(common / ours if ours else 0.0, common / theirs if theirs else 0.0)
