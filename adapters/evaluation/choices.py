"""Which of two texts was preferred how often, as a share with its interval."""

from __future__ import annotations

from adapters.evaluation.report import Choices, Interval, Verdict
from adapters.evaluation.statistics import clopper_pearson

EVEN = 0.5
"""The share of whoever is no better and no worse."""


def counted(against: str, *, adapter: int, other: int, same: int) -> Choices:
    """Ties say nothing of which is better: the share is of the decided ones, and even where there are none."""
    decided = adapter + other
    low, high = clopper_pearson(adapter, decided) if decided else (None, None)
    share = Interval(mean=adapter / decided if decided else EVEN, low=low, high=high, n=decided)
    return Choices(against=against, adapter=adapter, other=other, same=same, share=share, verdict=_verdict(share))


def same_words(one: str, other: str) -> bool:
    """Whether nobody could tell two texts apart."""
    return one.split() == other.split()


def _verdict(share: Interval) -> Verdict:
    if share["low"] is not None and share["low"] > EVEN:
        return "better"
    if share["high"] is not None and share["high"] < EVEN:
        return "worse"
    return "no_difference"
