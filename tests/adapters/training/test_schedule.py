"""When what happens in a training: all of it follows from the settings and the step."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.training import schedule
from adapters.training.settings import TrainingSettings

SETTINGS = st.builds(
    TrainingSettings,
    epochs=st.integers(1, 5),
    batch_size=st.integers(1, 9),
    max_steps=st.integers(0, 40),
    seed=st.integers(0, 99),
    evaluations_per_epoch=st.integers(1, 4),
)


@given(settings=SETTINGS, examples=st.integers(1, 60))
def test_each_epoch_sees_every_example_once_in_an_order_of_its_own(settings, examples):
    steps = schedule.steps_per_epoch(settings, examples)
    epochs = [
        [index for step in range(1, steps + 1) for index in schedule.batch_indexes(settings, examples, start + step)]
        for start in (0, steps)
    ]
    assert [sorted(epoch) for epoch in epochs] == [list(range(examples))] * 2
    if examples > 12:
        assert epochs[0] != epochs[1]


@given(settings=SETTINGS, examples=st.integers(1, 200))
def test_evaluations_are_at_the_beginning_at_the_end_and_evenly_between(settings, examples):
    total = schedule.total_steps(settings, examples)
    due = schedule.evaluation_steps(settings, examples, total)
    assert due == sorted(set(due))
    assert (due[0], due[-1]) == (0, total)
    epoch = schedule.steps_per_epoch(settings, examples)
    if not settings.max_steps:
        assert len(due) == 1 + settings.epochs * min(settings.evaluations_per_epoch, epoch)
        gaps = [later - earlier for earlier, later in pairwise(due)]
        assert max(gaps) - min(gaps) <= 1


def test_three_epochs_of_ten_steps_are_evaluated_every_five_steps():
    settings = TrainingSettings(epochs=3, batch_size=1, evaluations_per_epoch=2)
    assert schedule.evaluation_steps(settings, 10, 30) == [0, 5, 10, 15, 20, 25, 30]


@given(total=st.integers(1, 500))
def test_a_crash_costs_ten_steps_at_the_most(total):
    due = [step for step in range(total + 1) if schedule.is_checkpoint_due(step, total)]
    assert (due[0], due[-1]) == (0, total)
    assert max(later - earlier for earlier, later in pairwise(due)) <= 10


def test_the_learning_rate_rises_then_falls():
    factors = [schedule.rate_factor(step, 100) for step in range(1, 101)]
    assert factors[:10] == pytest.approx([n / 10 for n in range(1, 11)])
    assert factors[10] == pytest.approx(1.0)
    assert all(earlier >= later for earlier, later in pairwise(factors[10:]))
    assert 0 < factors[-1] < 0.01


def test_one_step_still_learns():
    assert schedule.rate_factor(1, 1) == 1.0


@given(settings=SETTINGS, step=st.integers(1, 100), rollbacks=st.integers(0, 3))
def test_each_rollback_halves_the_rate_and_draws_other_dropout(settings, step, rollbacks):
    now, later = (schedule.learning_rate(settings, step, 100, rollbacks + more) for more in (0, 1))
    assert later == now / 2
    seeds = [schedule.step_seed(settings, step + more, rollbacks + other) for more in (0, 1) for other in (0, 1)]
    assert len(set(seeds)) == 4
    assert all(0 <= seed < 2**63 for seed in seeds)
