"""Learning rates are tried from the same start, and one is suggested."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from adapters.training.rates import Tried, suggest, try_rates
from assistant.errors import Stopped
from tests.adapters.training.loops import Around, learnable, prepared, settings


def tried(*curves: tuple[float, float], ended="done", spread=0.1):
    """Held-out losses of ten examples around a mean, the hard ones hard with each rate."""
    return {
        rate: Tried(losses=(mean,) * 60, held_out=tuple(mean + spread * index for index in range(10)), ended=ended)
        for rate, mean in curves
    }


def test_the_lowest_held_out_loss_wins():
    assert suggest(tried((5e-5, 3.0), (1e-4, 2.6), (2e-4, 2.2))).learning_rate == 2e-4
    assert suggest(tried((5e-5, 2.0), (1e-4, 2.6), (2e-4, 3.2))).learning_rate == 5e-5


def test_between_rates_that_do_as_well_the_lower_one_is_suggested():
    noisy = {
        5e-5: Tried(losses=(3.0,), held_out=(3.0, 2.0, 4.0, 3.0)),
        1e-4: Tried(losses=(2.5,), held_out=(2.5, 1.6, 3.4, 2.5)),
        2e-4: Tried(losses=(2.0,), held_out=(2.6, 1.4, 3.5, 2.4)),
    }
    found = suggest(noisy)
    assert (found.learning_rate, found.reason) == (1e-4, "as_good")


def test_a_rate_that_diverged_is_never_suggested():
    curves = {**tried((5e-5, 3.0), (1e-4, 2.6)), 2e-4: Tried(losses=(9.0,), ended="diverged")}
    found = suggest(curves)
    assert (found.learning_rate, found.diverged, found.reason) == (1e-4, (2e-4,), "best")
    assert suggest(tried((1e-4, 2.0), (2e-4, 2.0), ended="diverged")).learning_rate is None


def test_without_held_out_examples_the_last_steps_are_compared():
    curves = {rate: Tried(losses=(5.0,) * 40 + (end,) * 20) for rate, end in ((5e-5, 3.0), (1e-4, 2.0), (2e-4, 2.5))}
    assert suggest(curves).learning_rate == 1e-4


@given(
    st.dictionaries(
        st.sampled_from([5e-5, 1e-4, 2e-4]),
        st.builds(
            Tried,
            losses=st.tuples(*[st.floats(0, 20)] * 25),
            held_out=st.tuples(*[st.floats(0, 20)] * 3),
            ended=st.sampled_from(["done", "diverged"]),
        ),
        min_size=1,
    )
)
def test_what_is_suggested_was_tried_and_did_not_diverge(curves):
    found = suggest(curves)
    usable = [rate for rate, one in curves.items() if one.ended == "done"]
    assert found.learning_rate in usable if usable else found.learning_rate is None


def run(engine, should_stop=lambda: False, **more):
    """(what was told, what came of it, the weights before and after)"""
    chosen = settings()
    with prepared(engine, chosen) as (forward, adapter):
        before = [weight.detach().clone() for weight in adapter.parameters]
        examples, held_out = learnable(engine), learnable(engine, 3, seed=1)
        loop = try_rates(forward, adapter, examples, held_out, chosen, steps=6, should_stop=should_stop, **more)
        told = []
        try:
            while True:
                told.append(next(loop))
        except StopIteration as end:
            result = end.value
        except Stopped:
            result = None
        assert all(weight.grad is None for weight in adapter.parameters)
        same = all(torch.equal(one, other) for one, other in zip(before, adapter.parameters, strict=True))
    return told, result, same


def test_all_rates_begin_alike_and_the_adapter_is_afterwards_as_it_was(engine):
    told, result, same = run(engine, rates=(1e-3, 1e-2))
    assert [(one.learning_rate, one.step) for one in told] == [(r, s) for r in (1e-3, 1e-2) for s in range(1, 7)]
    assert told[0].loss == told[6].loss, "the first step of each has the same start and the same examples"
    assert told[5].loss != told[11].loss
    assert same
    assert {rate: (len(one.losses), len(one.held_out)) for rate, one in result.items()} == {1e-3: (6, 3), 1e-2: (6, 3)}
    assert suggest(result).learning_rate in (1e-3, 1e-2)


def test_a_rate_that_diverges_ends_early_and_the_next_is_tried(engine):
    _told, result, _same = run(engine, rates=(1e38, 1e-3))
    assert (result[1e38].ended, result[1e38].held_out) == ("diverged", ())
    assert result[1e-3].ended == "done"


def test_a_stop_leaves_the_adapter_as_it_was(engine):
    looks = iter([False] * 4 + [True] * 9)
    told, result, same = run(engine, should_stop=lambda: next(looks))
    assert (len(told), result, same) == (4, None, True)


def test_the_same_test_gives_the_same_curves(engine):
    assert run(engine)[0] == pytest.approx(run(engine)[0])


def test_it_can_be_stopped_while_the_held_out_examples_are_looked_at(engine):
    asked = []

    class Watched(Around):
        def losses(self, examples):
            asked.append(len(examples))
            return self.forward.losses(examples)

    chosen = settings()
    with prepared(engine, chosen) as (forward, adapter):
        trial = try_rates(
            Watched(forward),
            adapter,
            learnable(engine),
            learnable(engine, 40, seed=1),
            chosen,
            steps=1,
            should_stop=lambda: bool(asked),
        )
        with pytest.raises(Stopped):
            list(trial)
    assert len(asked) == 1
    assert asked[0] < 40
