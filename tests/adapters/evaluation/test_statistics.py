"""What is said of means, differences and shares, on values worked out by hand or known from tables."""

from __future__ import annotations

import json
import math
from statistics import fmean, stdev
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.evaluation.intervals import at_least, t_cdf, t_quantile
from adapters.evaluation.metrics import METRICS
from adapters.evaluation.report import Difference, Verdict
from adapters.evaluation.statistics import (
    adjusted,
    at_chance,
    by_document,
    clopper_pearson,
    difference,
    holm,
    interval,
    perplexity,
    verdict,
)

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False)


def documents(*values: float) -> dict[str, float]:
    return {f"{place}.md": value for place, value in enumerate(values)}


def test_a_document_counts_once_however_many_examples_it_has() -> None:
    rows = [("a", 1.0), ("a", 2.0), ("a", 3.0), ("b", 10.0)]
    assert by_document(rows) == {"a": 2.0, "b": 10.0}


def test_within_a_document_a_long_answer_counts_more_where_it_has_a_weight() -> None:
    assert by_document([("a", 1.0, 30), ("a", 2.0, 10)]) == {"a": 1.25}


def test_a_loss_that_is_no_number_is_left_out() -> None:
    assert by_document([("a", math.nan), ("b", 1.0), ("b", math.inf)]) == {"b": 1.0}
    assert interval([1.0, math.nan, 3.0])["n"] == 2


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0]])
def test_of_fewer_than_three_documents_there_is_a_mean_but_no_interval(values: list[float]) -> None:
    found = interval(values)
    assert (found["low"], found["high"], found["n"]) == (None, None, len(values))


@given(st.lists(NUMBERS, min_size=3, max_size=30))
@settings(max_examples=60, deadline=None)
def test_an_interval_holds_its_mean_and_is_the_same_each_time(values: list[float]) -> None:
    found = interval(values)
    assert found == interval(values)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    if found["low"] is not None and found["high"] is not None:
        slack = 1e-9 * (1 + abs(found["mean"]))
        assert found["low"] - slack <= found["mean"] <= found["high"] + slack


def test_an_interval_is_never_shorter_than_students() -> None:
    values = [0.31, 0.12, 0.44, 0.18, 0.27, 0.05, 0.39, 0.22]
    half = 2.36462 * stdev(values) / math.sqrt(8)  # t(7) from a table
    found = interval(values)
    assert found["low"] is not None
    assert found["high"] is not None
    assert found["low"] <= fmean(values) - half + 1e-6
    assert found["high"] >= fmean(values) + half - 1e-6


def test_an_interval_stays_within_what_the_metric_can_be() -> None:
    found = interval([0, 0, 0, 0, 0, 0, 0, 1], 0.0, 1.0)
    assert found["low"] == 0.0
    assert found["high"] is not None
    assert found["high"] < 1


def test_a_difference_stays_within_what_the_metric_leaves_room_for() -> None:
    """The bootstrap of three documents would have said up to several hundred points of 100."""
    found = difference("rouge2", "adapter", "base", {"a": 0.0, "b": 0.001, "c": 0.08}, dict.fromkeys("abc", 0.0))
    assert found["low"] is not None
    assert found["high"] is not None
    assert -1 <= found["low"] <= found["mean"] <= found["high"] <= 1


def test_a_lower_loss_is_better_and_a_higher_rouge() -> None:
    before, after = documents(3.0, 3.1, 2.9, 3.2, 3.0), documents(2.5, 2.55, 2.4, 2.6, 2.45)
    lower = difference("loss", "adapter", "base", after, before)
    assert (lower["verdict"], lower["n"]) == ("better", 5)
    assert lower["mean"] == pytest.approx(-0.54)
    assert difference("loss", "adapter", "base", before, after)["verdict"] == "worse"
    assert difference("rougeL", "adapter", "base", before, after)["verdict"] == "better"


def test_only_documents_that_both_have_are_compared() -> None:
    found = difference("loss", "adapter", "base", {"a": 1.0, "b": 1.0, "c": 1.0}, {"b": 2.0, "c": 2.0, "d": 9.0})
    assert (found["n"], found["mean"], found["verdict"], found["p"]) == (2, -1.0, "not_judged", None)


def test_two_systems_that_are_the_same_have_no_difference() -> None:
    same = documents(1.0, 2.0, 3.0, 4.0)
    found = difference("loss", "adapter", "base", same, same)
    assert (found["mean"], found["low"], found["high"], found["p"]) == (0.0, 0.0, 0.0, 1.0)
    assert found["verdict"] == "no_difference"


@pytest.mark.parametrize(("count", "expected"), [(4, "no_difference"), (5, "no_difference"), (6, "better")])
def test_the_very_same_gain_in_every_document_is_believed_of_six(count: int, expected: Verdict) -> None:
    """All of five have one sign by luck in 6 of 100, all of six in 3."""
    found = difference("chrf", "adapter", "base", documents(*[2.0] * count), documents(*[1.0] * count))
    assert found["verdict"] == expected
    assert (found["low"] is None) == (expected == "no_difference")


@pytest.mark.parametrize("metric", [key for key, metric in METRICS.items() if not metric.tested])
def test_a_longer_answer_is_neither_better_nor_worse(metric: str) -> None:
    found = difference(metric, "adapter", "base", documents(5, 6, 7, 8, 9, 9), documents(1, 1, 1, 1, 2, 1))
    assert (found["verdict"], found["p"]) == ("not_judged", None)
    assert found["low"] is not None


def one(metric: str, p: float | None, of: str = "adapter", against: str = "base") -> Difference:
    return {
        "metric": metric, "of": of, "against": against, "p": p, "adjusted_p": p if metric == "loss" else None,
        "mean": 1.0, "low": 0.5, "high": 1.5, "n": 9, "verdict": verdict(metric, 1.0, p),
    }  # fmt: skip


def test_many_metrics_share_their_chances_to_be_lucky_and_the_primary_one_does_not() -> None:
    found = adjusted([one("loss", 0.04), one("rougeL", 0.04), one("chrf", 0.01), one("length", None)])
    assert [item["adjusted_p"] for item in found] == [0.04, 0.04, 0.02, None]
    found = adjusted([one("loss", 0.04), one("rougeL", 0.04), one("chrf", 0.03)])
    assert [item["adjusted_p"] for item in found] == [0.04, 0.06, 0.06]
    assert [item["verdict"] for item in found] == ["worse", "no_difference", "no_difference"]


def test_other_systems_have_chances_of_their_own() -> None:
    found = adjusted([one("rougeL", 0.04), one("rougeL", 0.04, against="examples")])
    assert [item["adjusted_p"] for item in found] == [0.04, 0.04]


def test_holm_of_a_case_worked_out_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_never_lowers_a_p_value_keeps_their_order_and_stays_below_bonferroni(ps: list[float]) -> None:
    found = holm(ps)
    assert all(p <= shared <= min(1.0, p * len(ps)) for p, shared in zip(ps, found, strict=True))
    ordered = [shared for _p, shared in sorted(zip(ps, found, strict=True))]
    assert ordered == sorted(ordered)


def test_perplexity_is_the_loss_said_otherwise() -> None:
    found = perplexity({"mean": math.log(8), "low": math.log(6), "high": math.log(10), "n": 9})
    assert [found["mean"], found["low"], found["high"], found["n"]] == pytest.approx([8, 6, 10, 9])
    assert perplexity({"mean": 1e6, "low": None, "high": None, "n": 2})["mean"] < math.inf


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(7, 10, 0.3475, 0.9333), (0, 8, 0.0, 0.3694), (8, 8, 0.6306, 1.0), (5, 10, 0.1871, 0.8129), (1, 1, 0.025, 1.0)],
)
def test_exact_intervals_of_shares_are_those_of_the_tables(
    successes: int, trials: int, low: float, high: float
) -> None:
    assert clopper_pearson(successes, trials) == pytest.approx((low, high), abs=1e-4)


def test_guessing_is_told_from_knowing() -> None:
    """Of 30 items with four options, 12 right or more are guessed in 5.1 of 100 attempts, 13 in 2.2."""
    assert at_least(12, 30, 0.25) == pytest.approx(0.0507, abs=1e-4)
    assert at_least(13, 30, 0.25) == pytest.approx(0.0216, abs=1e-4)
    assert at_chance(12, 30, 0.25)
    assert not at_chance(13, 30, 0.25)
    assert at_chance(2, 30, 0.25)


@pytest.mark.parametrize(
    ("degrees", "value"),
    [(1, 12.7062), (2, 4.3027), (3, 3.1824), (7, 2.3646), (19, 2.0930), (50, 2.0086), (1000, 1.9623)],
)
def test_students_t_is_that_of_the_tables(degrees: int, value: float) -> None:
    assert t_quantile(0.975, degrees) == pytest.approx(value, abs=1e-4)
    assert float(t_cdf(-value, degrees)) == pytest.approx(0.025, abs=2e-5)


@given(st.floats(-50, 50), st.integers(1, 60))
def test_students_t_is_a_distribution(t: float, degrees: int) -> None:
    below: Any = t_cdf(t, degrees)
    assert 0 <= below <= 1
    assert below + t_cdf(-t, degrees) == pytest.approx(1)
    assert t_cdf(t + 0.1, degrees) >= below - 1e-12
