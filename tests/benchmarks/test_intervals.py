"""The benchmark of intervals tells those that promise too much from those that do not."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.intervals import SHAPES, claimed


@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_drawn_has_the_mean_and_the_spread_that_it_is_said_to_have(shape: str) -> None:
    values = SHAPES[shape](np.random.default_rng(1), (400, 1000))
    assert values.mean() == pytest.approx(0, abs=0.02)
    assert values.std() == pytest.approx(1, abs=0.1)


def test_the_plain_bootstrap_claims_twice_as_many_differences_of_eight_documents_as_it_may() -> None:
    found = claimed("normal", 8, 0.0, 1000)
    assert found["percentile bootstrap"] > 0.09
    assert found["ours"] <= 0.065


def test_a_planted_difference_is_found_by_every_candidate() -> None:
    assert min(claimed("normal", 50, 1.0, 200).values()) > 0.95
