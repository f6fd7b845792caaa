"""What the numbers of a training mean: judged on curves of real ones, and on their exaggerations."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.training.guard import (
    PROOF_STEPS,
    GuardState,
    after_evaluation,
    after_step,
    learns_nothing,
    rolled_back,
    trusted_step,
)
from tests.adapters.training import curves

USUAL = (curves.STARTER_USUAL, curves.STARTER_SINGLE, curves.TINY_USUAL)


def followed(curve, state=None):
    """The state after the curve, and the step at which it was said to have diverged; None: never."""
    state = state or GuardState()
    for step, (loss, norm) in enumerate(curve, 1):
        state, verdict = after_step(state, loss, norm)
        if verdict == "diverged":
            return state, step
    return state, None


@pytest.mark.parametrize("curve", [*USUAL, curves.TINY_RESTLESS])
def test_trainings_that_went_well_are_left_alone(curve):
    assert followed(curve)[1] is None


def test_trainings_that_blew_up_are_noticed_within_a_few_steps():
    assert followed(curves.STARTER_BURNT)[1] == 4
    assert followed(curves.TINY_BLOWN)[1] <= 12


@pytest.mark.parametrize("curve", USUAL)
@given(scale=st.floats(0.5, 1.5), order=st.randoms(use_true_random=False))
def test_neither_harder_texts_nor_another_order_alarm_it(curve, scale, order):
    shuffled = [(loss * scale, norm) for loss, norm in curve]
    order.shuffle(shuffled)
    bare = GuardState(base_loss=fmean(loss for loss, _norm in shuffled))
    assert followed(shuffled, bare)[1] is None


@pytest.mark.parametrize("curve", USUAL)
@given(worse=st.floats(2.5, 10), at=st.integers(12, 18))
def test_a_training_that_breaks_on_its_way_is_noticed(curve, worse, at):
    """From some step on every loss is so many times what it was."""
    broken = [(loss * (worse if step > at else 1), norm) for step, (loss, norm) in enumerate(curve * 3, 1)]
    _state, noticed = followed(broken)
    assert noticed is not None
    assert at < noticed <= at + 12


def test_a_model_that_babbles_evenly_is_noticed_too():
    """No leap, only a loss that rises over what the bare base had, and stays: one and a half times is enough."""
    assert 8 < followed(curves.STARTER_BABBLING)[1] <= 20
    rising = [(5.0 + min(3.5, 0.3 * step), 2.0) for step in range(40)]
    assert 8 < followed(rising)[1] <= 20


@pytest.mark.parametrize(("loss", "norm"), [(math.nan, 1.0), (math.inf, 1.0), (2.0, math.nan), (2.0, math.inf)])
def test_what_is_no_number_is_a_divergence_at_any_step(loss, norm):
    assert after_step(GuardState(), loss, norm)[1] == "diverged"
    assert after_step(followed(curves.STARTER_USUAL)[0], loss, norm)[1] == "diverged"


def test_one_strange_example_is_not_a_divergence():
    state, _ = followed(curves.STARTER_USUAL)
    state, verdict = after_step(state, 14.0, 300.0)
    assert verdict == "fine"
    assert followed(curves.STARTER_USUAL, state)[1] is None


def test_what_is_usual_is_not_learnt_from_strange_steps():
    state, _ = followed(curves.STARTER_USUAL)
    assert after_step(state, 14.0, 300.0)[0].losses == state.losses


@given(st.lists(st.tuples(st.floats(allow_nan=True), st.floats(allow_nan=True)), max_size=60))
def test_whatever_the_numbers_are_the_state_stays_small_and_survives_json(curve):
    state, _ = followed(curve)
    assert len(json.dumps(asdict(state), allow_nan=False)) < 5000
    assert GuardState.from_json(json.loads(json.dumps(asdict(state)))) == state


def evaluated(losses, patience=3, state=None):
    """The verdicts of evaluations at steps 0, 5, 10, …; the state afterwards."""
    state = state or GuardState()
    verdicts = []
    for number, loss in enumerate(losses):
        state, verdict = after_evaluation(state, 5 * number, loss, patience)
        verdicts.append(verdict)
    return verdicts, state


def test_patience_counts_evaluations_since_the_best_one():
    verdicts, state = evaluated([3.0, 2.5, 2.6, 2.4, 2.5, 2.5, 2.5])
    assert verdicts == ["fine"] * 6 + ["overfitting"]
    assert (state.best_loss, state.best_step, state.base_loss) == (2.4, 15, 3.0)


def test_an_adapter_worse_than_the_bare_base_is_still_the_best_adapter_there_is():
    verdicts, state = evaluated([3.0, 3.1, 3.2])
    assert verdicts == ["fine"] * 3
    assert (state.best_step, state.best_loss) == (5, 3.1)


def test_a_patience_of_0_never_ends_it():
    assert set(evaluated([3.0, 2.0, *[2.5] * 20], patience=0)[0]) == {"fine"}


def test_learning_by_heart_is_not_taken_for_a_broken_model():
    """Its own examples down to nothing, the held-out ones far above the bare base: too long, but not broken."""
    state, _ = followed([(max(0.1, 3.0 - 0.2 * step), 1.0) for step in range(20)])
    verdicts, _ = evaluated([3.0, 2.5, 4.0, 6.0, 8.0], state=state)
    assert verdicts == ["fine", "fine", "fine", "fine", "overfitting"]


def test_held_out_examples_far_above_the_bare_base_mean_a_broken_model():
    state, _ = followed(curves.STARTER_USUAL[:5])
    assert evaluated([3.0, 8.5], state=state)[0] == ["fine", "diverged"]
    assert evaluated([3.0, math.nan])[0] == ["fine", "diverged"]


def learning(first, last, steps=40):
    return followed([(first + (last - first) * step / steps, 1.0) for step in range(steps)])[0]


def test_no_learning_is_seen_after_half_the_training_and_said_once():
    still = learning(3.0, 3.0)
    assert not learns_nothing(still, 19, 40)
    assert not learns_nothing(still, 49, 100)
    assert learns_nothing(still, 20, 40)
    assert not learns_nothing(rolled_back(GuardState(told_no_learning=True), still), 20, 40)
    assert not learns_nothing(learning(3.0, 2.8), 20, 40)


def test_a_short_training_without_held_out_examples_is_not_called_useless_at_the_first_look():
    """At step 20 the first 20 losses were compared with the last 20, which are the same ones."""
    assert not learns_nothing(learning(3.0, 2.0, steps=20), 20, 24)
    assert learns_nothing(learning(3.0, 3.0, steps=20), 20, 24)


def test_what_counts_for_learning_are_the_held_out_examples():
    by_heart = evaluated([3.0, 3.1, 3.2], state=learning(3.0, 1.0))[1]
    assert learns_nothing(by_heart, 30, 40)
    noisy = evaluated([3.0, 2.9], state=learning(3.0, 3.1))[1]
    assert not learns_nothing(noisy, 30, 40)


@given(st.lists(st.integers(0, 200), min_size=1), st.integers(1, 210))
def test_it_goes_back_to_weights_that_enough_steps_have_followed_or_as_far_as_it_can(steps, diverged_at):
    chosen = trusted_step(steps, diverged_at)
    proved = [step for step in steps if step < diverged_at - PROOF_STEPS]
    assert chosen == (max(proved) if proved else min(steps))


def test_going_back_keeps_what_was_found_out_and_forgets_what_was_usual():
    then = evaluated([3.0, 2.5], state=learning(3.0, 2.9, 5))[1]
    now = evaluated([3.0, 2.5, 2.4], state=learning(3.0, 2.0))[1]
    back = rolled_back(now, then)
    assert (back.best_loss, back.best_step, back.rollbacks) == (2.4, 10, 1)
    assert (back.losses, back.worse) == (then.losses, then.worse)
