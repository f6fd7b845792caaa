"""Which interval tells the truth about few documents? How often each claims a difference, where there is one and not.

    python -m benchmarks.intervals [EXPERIMENTS]         # two minutes; 6,000

In each experiment the differences of 8, 20 or 50 documents are drawn from a known distribution of standard deviation 1
about 0 (nothing to find: 5 % may be claimed) or about 1 or -1. The shapes are those of what adapters really do to the
loss of 60 held-out pairs with the starter: normal to slightly lopsided against the base (skewness -1, kurtosis 3),
heavy-tailed or lopsided between two adapters (skewness up to 3, kurtosis 3 to 17).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

from adapters.evaluation.intervals import LEVEL, estimates, t_quantile
from benchmarks.measure import keep

SIZES = (8, 20, 50)
EXPERIMENTS = 6_000
_AT_ONCE = 1_000
_RESAMPLES = 1_999
_MISSED = 1 - LEVEL


def _lognormal(generator: np.random.Generator, shape: tuple[int, int], sigma: float) -> Any:
    """Shifted and scaled to mean 0 and standard deviation 1; skewness 1.75 for sigma 0.5, 6.2 for 1."""
    square = math.exp(sigma * sigma)
    return (generator.lognormal(0, sigma, shape) - math.sqrt(square)) / math.sqrt((square - 1) * square)


def _half_zeros(generator: np.random.Generator, shape: tuple[int, int]) -> Any:
    return generator.standard_normal(shape) * math.sqrt(2) * (generator.random(shape) < 0.5)


SHAPES: dict[str, Callable[[np.random.Generator, tuple[int, int]], Any]] = {
    "normal": lambda generator, shape: generator.standard_normal(shape),
    "lognormal 0.5": lambda generator, shape: _lognormal(generator, shape, 0.5),
    "lognormal 1": lambda generator, shape: _lognormal(generator, shape, 1.0),
    "Student's t(3)": lambda generator, shape: generator.standard_t(3, shape) / math.sqrt(3),
    "half zeros": _half_zeros,
}


class Sample:
    """What the candidates have in common, for many experiments at once."""

    def __init__(self, values: Any) -> None:
        self.values = values
        count = values.shape[1]
        self.count = count
        self.mean, self.spread = values.mean(axis=1), np.maximum(values.std(axis=1, ddof=1), 1e-12)
        self.t = self.mean / self.spread * math.sqrt(count)
        self.student = t_quantile((1 + LEVEL) / 2, count - 1)
        even = np.full(count, 1 / count)
        shares = np.random.default_rng(7).multinomial(count, even, size=_RESAMPLES).T / count
        centred = (values - self.mean[:, None]) / self.spread[:, None]
        self.means = centred @ shares
        variance = (np.square(centred) @ shares - np.square(self.means)) * (count / (count - 1))
        flat = variance < 1e-9
        resampled = self.means / np.sqrt(np.where(flat, np.inf, variance) / count)
        self.reached = np.where(flat, np.nan, resampled)
        self.reached[flat.all(axis=1)] = 0.0


def percentile(sample: Sample, tail: float = _MISSED / 2) -> Any:
    low, high = np.quantile(sample.means, [tail, 1 - tail], axis=1) * sample.spread + sample.mean
    return (low > 0) | (high < 0)


def expanded(sample: Sample) -> Any:
    """Hesterberg 2015, "What teachers should know about the bootstrap"."""
    wider = math.sqrt(sample.count / (sample.count - 1)) * sample.student
    return percentile(sample, NormalDist().cdf(-wider))


def student(sample: Sample) -> Any:
    return np.abs(sample.t) > sample.student


def sign_flip(sample: Sample) -> Any:
    """The permutation test of paired differences; exact where their distribution is symmetric."""
    signs = np.random.default_rng(3).choice([-1.0, 1.0], (sample.count, _RESAMPLES))
    flipped = np.abs(sample.values @ signs)
    as_far = flipped >= np.abs(sample.values.sum(axis=1))[:, None] - 1e-9
    return (as_far.sum(axis=1) + 1) / (_RESAMPLES + 1) <= _MISSED


def bootstrap_t(sample: Sample) -> Any:
    low, high = np.nanquantile(sample.reached, [_MISSED / 2, 1 - _MISSED / 2], axis=1)
    return (sample.t > high) | (sample.t < low)


def symmetric_bootstrap_t(sample: Sample) -> Any:
    return np.abs(sample.t) > np.nanquantile(np.abs(sample.reached), LEVEL, axis=1)


def ours(sample: Sample) -> Any:
    return estimates(sample.values, _RESAMPLES).p <= _MISSED


CANDIDATES: dict[str, Callable[[Sample], Any]] = {
    "percentile bootstrap": percentile,
    "expanded percentile": expanded,
    "Student's t": student,
    "sign flips": sign_flip,
    "bootstrap-t": bootstrap_t,
    "symmetric bootstrap-t": symmetric_bootstrap_t,
    "ours": ours,
}


def claimed(shape: str, count: int, planted: float, experiments: int) -> dict[str, float]:
    """By candidate: in which share of the experiments it claims that the mean is not 0."""
    generator = np.random.default_rng([count, int(planted) + 1, list(SHAPES).index(shape)])
    found = dict.fromkeys(CANDIDATES, 0)
    for start in range(0, experiments, _AT_ONCE):
        size = min(_AT_ONCE, experiments - start)
        sample = Sample(SHAPES[shape](generator, (size, count)) + planted)
        for name, candidate in CANDIDATES.items():
            found[name] += int(candidate(sample).sum())
    return {name: claims / experiments for name, claims in found.items()}


def main(experiments: int) -> int:
    rows: list[dict[str, Any]] = []
    for planted in (0.0, 1.0, -1.0):
        print(f"\nmean {planted:g}: claimed, in %   (" + ", ".join(map(str, SIZES)) + " documents)")
        print(f"{'':<22}" + "".join(f"{shape:>18}" for shape in SHAPES))
        found = {(shape, count): claimed(shape, count, planted, experiments) for shape in SHAPES for count in SIZES}
        for name in CANDIDATES:
            cells = ("".join(f"{100 * found[shape, count][name]:6.1f}" for count in SIZES) for shape in SHAPES)
            print(f"{name:<22}" + "".join(cells))
        rows += [{"shape": shape, "documents": n, "mean": planted, "claimed": by} for (shape, n), by in found.items()]
    keep("intervals", {"experiments": experiments, "rows": rows})
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else EXPERIMENTS))
