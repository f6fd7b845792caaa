"""How much a summary has of the one a person wrote, word by word; and means with their intervals.

ROUGE-L (Lin 2004) as F1: the longest common subsequence of the words of both, over the words of each. A word is a run
of letters or digits of any script, in lower case, accents kept and nothing cut off; an apostrophe ends it ("dell'arte"
is two words). The package rouge-score would take "università" for "universit". chrF is taken in `chrf`.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

_WORD = re.compile(r"[^\W_]+")
RESAMPLES = 10_000
_SEED = 4


@dataclass(frozen=True)
class Estimate:
    """A mean over documents, and the interval in which 95 % of the means of resampled documents lie."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:.1f} [{self.low:.1f}, {self.high:.1f}]"


def words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest common subsequence, in time len(first) · len(second)."""
    row = [0] * (len(second) + 1)
    for one in first:
        diagonal = 0
        for place, other in enumerate(second, 1):
            above = row[place]
            row[place] = diagonal + 1 if one == other else max(above, row[place - 1])
            diagonal = above
    return row[-1]


def rouge_l(summary: str, reference: str) -> float:
    """F1, from 0 to 100; 0 where one of them has no words."""
    ours, theirs = words(summary), words(reference)
    common = common_length(ours, theirs)
    return 100 * 2 * common / (len(ours) + len(theirs)) if common else 0.0


def estimate(values: Sequence[float]) -> Estimate:
    """The mean with its percentile bootstrap interval; the same for the same values. Raises ValueError for none."""
    if not values:
        raise ValueError("no documents")
    generator = random.Random(_SEED)
    means = sorted(fmean(generator.choices(values, k=len(values))) for _ in range(RESAMPLES))
    return Estimate(fmean(values), means[round(0.025 * (RESAMPLES - 1))], means[round(0.975 * (RESAMPLES - 1))])


def difference(ours: Sequence[float], theirs: Sequence[float]) -> Estimate:
    """Of the means, each document with itself: the paired bootstrap (Koehn 2004). Raises ValueError for no pairs."""
    return estimate([mine - other for mine, other in zip(ours, theirs, strict=True)])
