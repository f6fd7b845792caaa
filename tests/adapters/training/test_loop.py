"""The loop: gentle steps that lower the loss, evaluations between them, and an end with the best weights."""

from __future__ import annotations

import pytest
import torch

from tests.adapters.training.loops import go, learnable, settings


def test_training_lowers_the_loss_of_examples_it_never_saw(engine):
    ran = go(engine, settings(epochs=8, learning_rate=1e-2, patience=0))
    assert ran.outcome.end == "done"
    assert ran.steps[-1].loss < 0.95 * ran.steps[0].loss
    assert ran.evaluations[0].step == 0
    assert ran.evaluations[-1].loss < 0.95 * ran.evaluations[0].loss
    assert ran.outcome.best_loss == min(one.loss for one in ran.evaluations)


def test_the_first_step_has_the_loss_of_the_bare_base(engine):
    examples = learnable(engine)
    ran = go(engine, settings(epochs=1, batch_size=6), examples=examples, held_out=examples)
    assert ran.steps[0].loss == pytest.approx(ran.evaluations[0].loss, rel=1e-3)


def test_the_same_seed_gives_the_same_weights(engine):
    first, again, other = (go(engine, settings(seed=seed), name=name) for name, seed in (("a", 0), ("b", 0), ("c", 5)))
    assert first.same_weights(again)
    assert not first.same_weights(other)


def test_max_steps_is_a_limit(engine):
    ran = go(engine, settings(epochs=5, batch_size=1, max_steps=4))
    assert [step.step for step in ran.steps] == [1, 2, 3, 4]
    assert {step.total for step in ran.steps} == {4}


def test_every_tenth_step_memory_that_only_the_allocator_holds_is_given_back(engine, monkeypatch):
    whole = go(engine, settings(epochs=10, patience=0), name="whole")
    given_back = []
    monkeypatch.setattr("adapters.training.loop.trim", lambda device: given_back.append(device.type))
    ran = go(engine, settings(epochs=10, patience=0))
    assert len(ran.steps) == 30
    assert given_back == ["cpu"] * 3
    assert ran.same_weights(whole)


@pytest.mark.parametrize(("device", "times"), [("cpu", 1), ("cuda", 0)])
def test_a_cards_reserve_is_left_to_it(monkeypatch, device, times):
    from assistant.engine import memory

    given_back = []
    monkeypatch.setattr(memory, "_trim", lambda pad: given_back.append(pad))
    memory.trim(torch.device(device))
    assert len(given_back) == times


def test_where_there_is_no_glibc_nothing_is_given_back(monkeypatch):
    from assistant.engine import memory

    monkeypatch.setattr(memory, "_trim", None)
    memory.trim(torch.device("cpu"))
