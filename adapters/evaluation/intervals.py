"""The numbers behind an interval: Student's t, the bootstrap, and exact binomial ones. numpy and nothing else.

`estimates` takes the bootstrap-t (Efron 1982; Hall 1988): the values are resampled, and each resample's mean is
measured with its own standard error, so that few values are paid for and a lopsided sample gets a lopsided interval.
Where Student's interval reaches further, its end is taken: equal values, or heavy tails, cannot make it shorter.

Chosen by measurement (`python -m benchmarks.intervals`): how often each claims a difference, in % of 6,000 experiments.
On the left there is none, and 5 % is right, for 8, 20 and 50 documents; on the right it is one standard deviation, for
20 documents. The lognormal has sigma 0.5 (skewness 1.75); its tail may point where the difference does (along) or not.

                           none, 8 20 50                                one standard deviation, 20
                           normal         lognormal      t(3)           normal  along  against  t(3)
    percentile bootstrap   11.4 7.5 5.9   14.2 8.8 6.3   12.1 7.9 6.9     99     100      95     97
    expanded percentile     6.1 5.2 5.0    8.4 6.8 5.5    6.2 5.6 5.7     99     100      93     96
    Student's t             5.2 4.9 4.9    8.2 7.0 5.5    3.8 4.1 4.6     99     100      95     97
    sign flips              5.1 5.0 4.9    7.7 7.1 5.4    4.9 4.9 5.0     99     100      95     97
    bootstrap-t             5.5 5.1 4.9    6.6 5.8 5.3    7.0 7.3 7.7     98     100      84     94
    symmetric bootstrap-t   3.9 4.5 5.0    6.2 5.9 4.9    2.5 3.2 4.0     99      97      90     94
    this                    3.8 4.3 4.5    5.3 4.6 4.0    3.2 3.9 4.5     98     100      83     94

What adapters do to the loss of held-out pairs is normal to slightly lopsided, with the tail on the side of the gain.
For far more lopsided values (lognormal of sigma 1, skewness 6) none is right: this claims 8.8, 6.9 and 5.9 %, Student's
t 15.9, 13.3 and 10.5 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

LEVEL = 0.95
RESAMPLES = 9_999
_SEED = 20_150_401
_MOST_DRAWN = 2_000_000
"""Documents in all resamples together, 16 MB: where there are more than 200 documents, resamples are fewer."""
_NO_SPREAD = 1e-9
"""Of the largest value, or of the variance of the whole sample: rounding errors."""


@dataclass(frozen=True)
class Estimates:
    """One of each for every row."""

    mean: Any
    low: Any
    high: Any
    """Infinite where there is no interval."""
    p: Any
    """Of no difference from 0, both sides; at most 1 - LEVEL exactly where the interval does not hold it."""


def estimates(rows: Any, resamples: int = RESAMPLES) -> Estimates:
    """`rows`: (experiments, documents), at least two documents. The same rows give the same numbers.

    Where all values of a row are one (but not 0) there is no spread to measure; how likely it is that all have one sign
    (2^(1 - n)) is then the p value.
    """
    import numpy as np

    rows = np.asarray(rows, dtype=float)
    count = rows.shape[1]
    mean, spread = rows.mean(axis=1), rows.std(axis=1, ddof=1)
    same = spread <= _NO_SPREAD * np.abs(rows).max(axis=1)
    spread = np.where(same, 1.0, spread)
    error = spread / math.sqrt(count)
    below, above, p = _bootstrap_t((rows - mean[:, None]) / spread[:, None], mean / error, resamples)
    student = t_quantile((1 + LEVEL) / 2, count - 1)
    p = np.maximum(p, 2 * (1 - t_cdf(np.abs(mean / error), count - 1)))
    constant = np.where(mean == 0, 1.0, 2.0 ** (1 - count))
    alone = np.where((constant > 1 - LEVEL) & (mean != 0), np.inf, 0.0)
    return Estimates(
        mean,
        mean - np.where(same, alone, np.maximum(below, student) * error),
        mean + np.where(same, alone, np.maximum(above, student) * error),
        np.where(same, constant, p),
    )


def _bootstrap_t(rows: Any, t: Any, resamples: int) -> tuple[Any, Any, Any]:
    """How many standard errors the interval reaches below the mean and above it, and p; of rows of mean 0, spread 1.

    A resample in which all values are the same has no t and is left out.
    """
    import numpy as np

    count = rows.shape[1]
    shares = _shares(count, max(1, min(resamples, _MOST_DRAWN // count)))
    means = rows @ shares
    variance = ((rows * rows) @ shares - means * means) * (count / (count - 1))
    flat = variance < _NO_SPREAD
    resampled = means / np.sqrt(np.where(flat, np.inf, variance) / count)
    valid = (~flat).sum(axis=1)
    tail = np.maximum(((1 - LEVEL) / 2 * (valid + 1)).astype(int) - 1, 0)
    # A resample whose mean is far above with a small error says that the true one may be as far below.
    below, above = (
        np.sort(np.where(flat, -np.inf, sign * resampled), axis=1)[np.arange(len(rows)), -1 - tail] for sign in (1, -1)
    )
    further = np.where(t[:, None] > 0, resampled >= t[:, None], resampled <= t[:, None]) & ~flat
    return below, above, np.minimum(1.0, 2 * (further.sum(axis=1) + 1) / (valid + 1))


@lru_cache(maxsize=2)
def _shares(count: int, resamples: int) -> Any:
    """(documents, resamples): of each resample, which share of it each document is."""
    import numpy as np

    return np.random.default_rng(_SEED).multinomial(count, np.full(count, 1 / count), size=resamples).T / count


def t_cdf(t: Any, degrees: int) -> Any:
    """Of Student's t with a whole number of degrees of freedom (Abramowitz, Stegun 1964, 26.7.3 and 26.7.4)."""
    import numpy as np

    angle = np.arctan(np.asarray(t, dtype=float) / math.sqrt(degrees))
    cosine2 = np.cos(angle) ** 2
    odd = degrees % 2
    term = np.cos(angle) if odd else np.ones_like(angle)
    total = term.copy() if degrees > 1 else np.zeros_like(angle)
    for step in range(3 - (not odd), degrees - 1, 2):
        term = term * cosine2 * (step - 1) / step
        total += term
    inside = np.sin(angle) * total
    if odd:
        inside = 2 / math.pi * (angle + inside)
    return np.clip(0.5 + inside / 2, 0.0, 1.0)


@lru_cache(maxsize=256)
def t_quantile(share: float, degrees: int) -> float:
    """Where `t_cdf` is `share` (0.5 to 0.9999), by halving."""
    low, high = 0.0, 1.0
    while t_cdf(high, degrees) < share:
        high *= 2
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, degrees) < share else (low, middle)
    return (low + high) / 2


def at_least(successes: int, trials: int, chance: float) -> float:
    """How likely so many successes or more are, if each has this chance: the binomial tail."""
    return math.fsum(
        math.comb(trials, count) * chance**count * (1 - chance) ** (trials - count)
        for count in range(successes, trials + 1)
    )
