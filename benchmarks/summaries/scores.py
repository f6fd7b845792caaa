"""How much a summary has of the one a person wrote, word by word; and means with their intervals.

ROUGE-L (Lin 2004) as F1, from 0 to 100, of words as reports of adapters take them (`adapters.evaluation.words`):
accents kept and nothing cut off, where the package rouge-score would take "università" for "universit".
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from adapters.evaluation import rouge
from adapters.evaluation.words import tokens

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


def rouge_l(summary: str, reference: str) -> float:
    """F1, from 0 to 100; 0 where one of them has no words."""
    return 100 * rouge.rouge_l(tokens(summary), tokens(reference))


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
