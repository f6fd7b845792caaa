"""What the report claims, and how often it is wrong: 2,000 experiments each with the very functions of the report.

The shapes of the differences are those of `benchmarks.intervals`, which prints more of them. An experiment in which
there is nothing to find may find something in 5 of 100; 6.5 is what 2,000 of them can show of that by bad luck.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from adapters.evaluation.intervals import estimates
from adapters.evaluation.metrics import METRICS
from adapters.evaluation.report import PRIMARY
from adapters.evaluation.statistics import MOST_P, difference, holm

EXPERIMENTS = 2_000
RESAMPLES = 999
MOST_CLAIMED, LEAST_FOUND = 0.065, 0.9
ZEROS = {str(document): 0.0 for document in range(20)}
OTHERS = [metric.key for metric in METRICS.values() if metric.tested and metric.key != PRIMARY]


def normal(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return generator.standard_normal(shape)


def lopsided(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Lognormal of sigma 0.5, shifted to mean 0 and scaled to standard deviation 1."""
    square = math.exp(0.25)
    return (generator.lognormal(0, 0.5, shape) - math.sqrt(square)) / math.sqrt((square - 1) * square)


def heavy_tailed(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    return generator.standard_t(3, shape) / math.sqrt(3)


def half_zeros(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Both systems wrote the same about half of the documents."""
    return generator.standard_normal(shape) * math.sqrt(2) * (generator.random(shape) < 0.5)


def zeros_and_ones(generator: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """One of the two wrote in the wrong language, in three of ten documents."""
    return generator.choice([-1.0, 0.0, 1.0], p=[0.15, 0.7, 0.15], size=shape)


SHAPES = (normal, lopsided, heavy_tailed, half_zeros)


@pytest.mark.parametrize(
    ("shape", "documents"),
    [
        *((shape, documents) for shape in (*SHAPES, zeros_and_ones) for documents in (8, 20, 50)),
        *((shape, documents) for shape in (normal, heavy_tailed) for documents in (3, 5)),
    ],
)
def test_where_there_is_no_difference_one_is_claimed_in_at_most_6_5_percent(shape: Any, documents: int) -> None:
    values = shape(np.random.default_rng(documents), (EXPERIMENTS, documents))

    found = estimates(values, RESAMPLES)

    assert np.mean(found.p <= MOST_P) <= MOST_CLAIMED


@pytest.mark.parametrize("documents", [20, 50])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_difference_of_one_standard_deviation_is_found_in_90_percent(shape: Any, documents: int) -> None:
    """A gain has its tail on the side of the gain (see `adapters.evaluation.intervals`)."""
    values = shape(np.random.default_rng(100 + documents), (EXPERIMENTS, documents)) + 1

    found = estimates(values, RESAMPLES)

    assert np.mean((found.p <= MOST_P) & (found.mean > 0)) >= LEAST_FOUND


@pytest.mark.parametrize("documents", [8, 20, 50])
def test_an_interval_goes_where_the_values_go_so_that_it_is_as_right_there(documents: int) -> None:
    values = lopsided(np.random.default_rng(7), (100, documents))

    here, there = estimates(values, RESAMPLES), estimates(-2 * values + 3, RESAMPLES)

    assert there.low == pytest.approx(-2 * here.high + 3)
    assert there.high == pytest.approx(-2 * here.low + 3)


@pytest.mark.parametrize("documents", [8, 20, 50])
def test_the_interval_excludes_0_exactly_where_a_difference_is_claimed(documents: int) -> None:
    values = normal(np.random.default_rng(31), (EXPERIMENTS, documents)) + 0.6

    found = estimates(values, RESAMPLES)

    assert np.mean(found.p <= MOST_P) > 0.1
    assert np.array_equal(found.p <= MOST_P, (found.low > 0) | (found.high < 0))


def test_the_report_takes_its_differences_in_this_very_way() -> None:
    values = lopsided(np.random.default_rng(2), (1, 20))
    found = estimates(values)

    said = difference(PRIMARY, "adapter", "base", {str(n): float(v) for n, v in enumerate(values[0])}, ZEROS)

    assert [said["low"], said["high"], said["p"]] == [found.low[0], found.high[0], found.p[0]]


@pytest.mark.parametrize("resemblance", [0.0, 0.8])
@pytest.mark.parametrize("documents", [8, 20, 50])
def test_one_of_all_other_metrics_is_claimed_by_luck_in_at_most_6_5_percent_of_reports(
    documents: int, resemblance: float
) -> None:
    """Whether the metrics have nothing to do with each other, or much, as the three of ROUGE."""
    generator = np.random.default_rng(1000 + documents)
    own = normal(generator, (len(OTHERS), EXPERIMENTS, documents))
    values = math.sqrt(resemblance) * normal(generator, (EXPERIMENTS, documents)) + math.sqrt(1 - resemblance) * own

    ps = np.array([estimates(metric, RESAMPLES).p for metric in values])

    claimed = [min(holm(list(report))) <= MOST_P for report in ps.T]
    assert np.mean(claimed) <= MOST_CLAIMED
    assert np.mean(ps.min(axis=0) <= MOST_P) > 2 * MOST_CLAIMED, "unadjusted, luck would have been called a difference"
