"""The loop: gentle steps that lower the loss on the summaries, and leave the base as it was."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
import torch

from adapters.dataset.pairs import Pair
from adapters.dataset.tokens import make_example
from adapters.training.first_loop import TrainingSettings, completion_loss, schedule_factor, train
from assistant.engine import lora
from assistant.engine.adapter_files import LoraSettings
from assistant.errors import TrainingDivergedError
from assistant.generation import ChatMessage


@pytest.fixture
def examples(engine):
    pairs = [
        Pair("Green plants turn light into sugar.", "Plants make sugar.", 1),
        Pair("The derivative measures change.", "It measures change over time.", 2),
        Pair("La rivoluzione iniziò nel 1789.", "Nel 1789.", 3),
    ]
    return [
        make_example(
            pair,
            lambda text: engine.encode_prompt([ChatMessage("user", text)]),
            engine.encode_completion,
            512,
        )
        for pair in pairs
    ]


def run(engine, examples, should_stop=lambda: False, dropout=0.0, **settings):
    with engine.training() as model:
        adapter = lora.attach_new(model, LoraSettings(r=8, lora_alpha=16, lora_dropout=dropout), seed=0)
        steps = list(train(model, adapter, examples, TrainingSettings(**settings), should_stop))
        weights = {
            name: (a.detach().clone(), b.detach().clone()) for name, (a, b) in lora.trained_weights(model).items()
        }
    return steps, weights


def test_training_lowers_the_loss(engine, examples):
    steps, _weights = run(engine, examples, learning_rate=1e-2, epochs=20, batch_size=1)
    assert len(steps) == 60
    assert steps[-1].loss < 0.9 * steps[0].loss


def test_the_first_step_has_the_loss_of_the_bare_base(engine, examples):
    steps, _weights = run(engine, examples, epochs=1, batch_size=3)
    with engine.training() as model, torch.no_grad():
        model.eval()
        total = sum(float(completion_loss(model, example)) for example in examples)
    assert steps[0].loss == pytest.approx(total / sum(e.target_tokens for e in examples), rel=1e-3)


def test_the_loss_is_the_one_of_transformers(engine, examples):
    """Logits only where there is a label: the same loss as over the whole sequence."""
    example = examples[0]
    with engine.training() as model, torch.no_grad():
        whole = model(input_ids=torch.tensor([example.input_ids]), labels=torch.tensor([example.labels])).loss
        ours = completion_loss(model, example) / example.target_tokens
    assert float(ours) == pytest.approx(float(whole), rel=2e-3)


def test_the_same_seed_gives_the_same_weights(engine, examples):
    _steps, first = run(engine, examples, epochs=2, batch_size=2, dropout=0.1)
    _steps, again = run(engine, examples, epochs=2, batch_size=2, dropout=0.1)
    _steps, other = run(engine, examples, epochs=2, batch_size=2, dropout=0.1, seed=5)
    assert all(torch.equal(first[name][1], again[name][1]) for name in first)
    assert any(not torch.equal(first[name][1], other[name][1]) for name in first)


def test_a_stop_ends_after_the_step_in_progress(engine, examples):
    seen = []
    with engine.training() as model:
        adapter = lora.attach_new(model, LoraSettings(r=4), seed=0)
        for step in train(model, adapter, examples, TrainingSettings(epochs=9), lambda: len(seen) >= 2):
            seen.append(step)
    assert len(seen) == 2


def test_max_steps_is_a_limit(engine, examples):
    steps, _weights = run(engine, examples, epochs=5, batch_size=1, max_steps=4)
    assert [step.number for step in steps] == [1, 2, 3, 4]
    assert {step.total for step in steps} == {4}


def test_a_loss_that_is_no_number_is_said_in_plain_words(engine, examples):
    with engine.training() as model:
        adapter = lora.attach_new(model, LoraSettings(r=4), seed=0)
        with torch.no_grad():
            adapter[0].lora_B.fill_(math.inf)
        with pytest.raises(TrainingDivergedError) as caught:
            list(train(model, adapter, examples, TrainingSettings(learning_rate=1e-3)))
    assert "0.0005" in caught.value.hint


def test_the_learning_rate_rises_then_falls():
    factors = [schedule_factor(step, 100) for step in range(100)]
    assert factors[:10] == pytest.approx([n / 10 for n in range(1, 11)])
    assert factors[10] == pytest.approx(1.0)
    assert all(a >= b for a, b in pairwise(factors[10:]))
    assert 0 < factors[-1] < 0.01


def test_one_step_still_learns():
    assert schedule_factor(0, 1) == 1.0
