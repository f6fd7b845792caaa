"""Which of two texts was preferred how often, as a share with its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from adapters.evaluation.report import Choices, Interval, Text, Verdict
from adapters.evaluation.statistics import clopper_pearson

Preferred = Literal["adapter", "other", "same"]

EVEN = 0.5
"""The share of whoever is no better and no worse."""


def counted(against: str, preferred: Iterable[tuple[Text, Preferred]]) -> Choices:
    """Of pairs of texts about `Text`, whose was preferred.

    Ties say nothing of which is better: the share is of what was decided, and even where nothing was. Several texts
    about one document are not independent of each other, as the interval supposes: a document counts once, for
    whoever won more of its texts.
    """
    pairs = Counter[Preferred]()
    margins = Counter[str]()
    for text, who in preferred:
        pairs[who] += 1
        margins[text.get("group") or text["id"]] += (who == "adapter") - (who == "other")
    won, lost = (sum(sign * margin > 0 for margin in margins.values()) for sign in (1, -1))
    decided = won + lost
    low, high = clopper_pearson(won, decided) if decided else (None, None)
    share = Interval(mean=won / decided if decided else EVEN, low=low, high=high, n=decided)
    return Choices(
        against=against,
        adapter=pairs["adapter"],
        other=pairs["other"],
        same=pairs["same"],
        share=share,
        verdict=_verdict(share),
    )


def same_words(one: str, other: str) -> bool:
    """Whether nobody could tell two texts apart."""
    return one.split() == other.split()


def _verdict(share: Interval) -> Verdict:
    if share["low"] is not None and share["low"] > EVEN:
        return "better"
    if share["high"] is not None and share["high"] < EVEN:
        return "worse"
    return "no_difference"
