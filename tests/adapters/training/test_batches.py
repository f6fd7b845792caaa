"""Micro-batches: every example once, few of them, none too large."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from adapters.dataset.tokens import TokenizedExample
from adapters.training.batches import pack

costs = st.lists(st.integers(1, 300), max_size=40)


def examples(count):
    return [TokenizedExample((1,), (1,), False, id=str(index)) for index in range(count)]


@given(costs=costs, limit=st.integers(1, 400))
def test_every_example_is_in_one_and_none_is_too_large_unless_it_is_alone(costs, limit):
    packed = pack(examples(len(costs)), costs, limit)
    assert sorted(int(one.id) for micro in packed for one in micro) == list(range(len(costs)))
    for micro in packed:
        assert len(micro) == 1 or sum(costs[int(one.id)] for one in micro) <= limit


@given(costs=costs, limit=st.integers(1, 400))
def test_no_two_of_them_would_fit_into_one(costs, limit):
    sums = sorted(sum(costs[int(one.id)] for one in micro) for micro in pack(examples(len(costs)), costs, limit))
    assert len(sums) < 2 or sums[0] + sums[1] > limit


@given(costs=costs)
def test_the_same_examples_give_the_same_micro_batches(costs):
    assert pack(examples(len(costs)), costs, 300) == pack(examples(len(costs)), costs, 300)
