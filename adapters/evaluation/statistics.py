"""How sure a number is: means over documents with their intervals, paired differences, many metrics at once, shares.

A document is the unit: examples of one document resemble each other, so that their mean is one value. A value that is
no number (a broken adapter's loss) is left out; that it was there is a fault of its own (`adapters.evaluation.faults`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from adapters.evaluation.intervals import LEVEL, at_least, estimates
from adapters.evaluation.metrics import METRICS
from adapters.evaluation.report import PRIMARY, Difference, Interval, Verdict

FEWEST = 3
"""Documents; with fewer there is no interval."""
MOST_P = 1 - LEVEL


def by_document(rows: Iterable[tuple[str, float] | tuple[str, float, float]]) -> dict[str, float]:
    """The mean of each document's values, from (document, value) or (document, value, weight); weights above 0."""
    sums: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
    for document, value, *weight in rows:
        if math.isfinite(value):
            sums[document].append((value, weight[0] if weight else 1.0))
    return {
        document: math.fsum(value * weight for value, weight in found) / math.fsum(weight for _value, weight in found)
        for document, found in sums.items()
    }


def interval(values: Iterable[float], lowest: float | None = None, highest: float | None = None) -> Interval:
    """The mean of one value per document, and where it would lie 95 times in 100; within what the metric can be."""
    return _interval(list(values), lowest, highest)[0]


def perplexity(loss: Interval) -> Interval:
    """Of a loss in nats: exp of its mean (the geometric mean over documents) and of both ends."""
    low, high = (None if end is None else _exp(end) for end in (loss["low"], loss["high"]))
    return {"mean": _exp(loss["mean"]), "low": low, "high": high, "n": loss["n"]}


def difference(
    metric: str, of: str, against: str, ours: Mapping[str, float], theirs: Mapping[str, float]
) -> Difference:
    """Of `of` (`ours`, by document) less `against` (`theirs`), each document that both have with itself.

    Its verdict counts for itself alone; for several metrics of the same two systems see `adjusted`.
    """
    shared = [document for document in ours if document in theirs]
    declared = METRICS.get(metric)
    farthest = declared.highest - declared.lowest if declared and declared.highest is not None else math.inf
    found, p = _interval([ours[document] - theirs[document] for document in shared], -farthest, farthest)
    tested = declared is not None and declared.tested
    return {
        **found,
        "metric": metric,
        "of": of,
        "against": against,
        "p": p if tested else None,
        "adjusted_p": p if tested and metric == PRIMARY else None,
        "verdict": verdict(metric, found["mean"], p),
    }


def adjusted(differences: Sequence[Difference]) -> list[Difference]:
    """The same ones with `adjusted_p` and the verdicts that follow from it.

    The primary metric answers the question alone and keeps its p; the others of the same two systems are many chances
    to be lucky, and share them (Holm 1979). Intervals stay those of one metric: one of the others can exclude 0 and
    its difference still not be shown.
    """
    families: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for place, one in enumerate(differences):
        if one["metric"] != PRIMARY and one["p"] is not None:
            families[one["of"], one["against"]].append(place)
    found = list(differences)
    for places in families.values():
        shared = holm([p for place in places if (p := found[place]["p"]) is not None])
        for place, p in zip(places, shared, strict=True):
            one = found[place]
            found[place] = {**one, "adjusted_p": p, "verdict": verdict(one["metric"], one["mean"], p)}
    return found


def holm(ps: Sequence[float]) -> list[float]:
    """Each p value as it counts among all of them, in the same order (Holm 1979, step-down)."""
    found = [0.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, ps[place] * (len(ps) - rank)))
        found[place] = highest
    return found


def verdict(metric: str, mean: float, p: float | None) -> Verdict:
    """not_judged where there are too few documents, or the metric grades nothing."""
    declared = METRICS.get(metric)
    if p is None or declared is None or not declared.tested:
        return "not_judged"
    if p > MOST_P:
        return "no_difference"
    return "better" if (mean > 0) == (declared.better == "higher") else "worse"


def clopper_pearson(successes: int, trials: int) -> tuple[float, float]:
    """The shares that are not too far from what was seen: each tail has 2.5 % at most. `trials` above 0."""
    tail = (1 - LEVEL) / 2
    low = _where(lambda chance: at_least(successes, trials, chance) >= tail) if successes else 0.0
    high = (
        1 - _where(lambda chance: at_least(trials - successes, trials, chance) >= tail) if successes < trials else 1.0
    )
    return low, high


def at_chance(correct: int, items: int, chance: float) -> bool:
    """Whether guessing alone gets so many right, or more, in at least 5 of 100 attempts."""
    return at_least(correct, items, chance) >= MOST_P


def _interval(
    values: Sequence[float], lowest: float | None = None, highest: float | None = None
) -> tuple[Interval, float | None]:
    numbers = [value for value in values if math.isfinite(value)]
    mean = math.fsum(numbers) / len(numbers) if numbers else 0.0
    if len(numbers) < FEWEST:
        return {"mean": mean, "low": None, "high": None, "n": len(numbers)}, None
    found = estimates([numbers])
    low, high, p = float(found.low[0]), float(found.high[0]), float(found.p[0])
    if math.isinf(low):
        return {"mean": mean, "low": None, "high": None, "n": len(numbers)}, p
    if lowest is not None:
        low = max(low, lowest)
    if highest is not None:
        high = min(high, highest)
    return {"mean": mean, "low": low, "high": high, "n": len(numbers)}, p


def _where(reached: Callable[[float], bool]) -> float:
    """The smallest share from 0 to 1 for which it is true, if it is true for all above; by halving."""
    low, high = 0.0, 1.0
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _exp(nats: float) -> float:
    """A loss of more than 700 nats is no loss any more; JSON has no infinity."""
    return math.exp(min(nats, 700.0))
