"""AdamW of 32 and of 8 bits: the same memory, put into a file and taken out of it, and one turned into the other."""

from __future__ import annotations

import pytest
import torch

from adapters.training.optimizer import (
    change_kind,
    make_optimizer,
    optimizer_tensors,
    restore_optimizer,
    set_rate,
)
from tests.adapters.training.loops import go, settings
from tests.adapters.training.test_resume import directory, step_is

SHAPES = ((16, 512), (16, 32), (4096, 8))
"""Of the first and the last bitsandbytes keeps 8 bits, of the small one 32."""


def made(kind, seed=0):
    generator = torch.Generator().manual_seed(seed)
    parameters = [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in SHAPES]
    return make_optimizer(kind, parameters, 1e-3), parameters


def advance(optimizer, parameters, steps, seed=1):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        for parameter in parameters:
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimizer.step()


@pytest.mark.parametrize("kind", ["adamw", "adamw8bit"])
def test_made_with_all_its_memory_it_steps_as_one_that_takes_it_at_the_first_step(kind):
    import bitsandbytes

    ours, parameters = made(kind)
    others = [torch.nn.Parameter(parameter.detach().clone()) for parameter in parameters]
    classes = {"adamw": torch.optim.AdamW, "adamw8bit": bitsandbytes.optim.AdamW8bit}
    theirs = classes[kind](others, lr=1e-3, weight_decay=0.0)
    advance(ours, parameters, 3)
    advance(theirs, others, 3)
    for one, other in zip(parameters, others, strict=True):
        assert torch.allclose(one, other, rtol=0, atol=1e-7)


@pytest.mark.parametrize("kind", ["adamw", "adamw8bit"])
def test_taken_apart_and_put_together_it_goes_on_bit_for_bit(kind):
    whole, parameters = made(kind)
    advance(whole, parameters, 3)
    kept = {name: tensor.clone() for name, tensor in optimizer_tensors(whole).items()}
    other, others = made(kind, seed=9)
    for mine, theirs in zip(others, parameters, strict=True):
        mine.data.copy_(theirs)
    restore_optimizer(other, kept)
    advance(whole, parameters, 2, seed=5)
    advance(other, others, 2, seed=5)
    assert all(torch.equal(one, same) for one, same in zip(parameters, others, strict=True))


def test_the_state_of_another_optimizer_is_refused():
    kept = optimizer_tensors(made("adamw8bit")[0])
    with pytest.raises(ValueError, match="another optimizer"):
        restore_optimizer(made("adamw")[0], kept)


def test_turned_into_8_bits_it_remembers_what_it_did_and_takes_a_quarter_of_the_memory():
    optimizer, parameters = made("adamw")
    advance(optimizer, parameters, 5)
    before = {name: tensor.clone() for name, tensor in optimizer_tensors(optimizer).items()}
    twins = [torch.nn.Parameter(parameter.detach().clone()) for parameter in parameters]
    exact = make_optimizer("adamw", twins, 1e-3)
    restore_optimizer(exact, before)
    small = change_kind(optimizer, "adamw8bit")
    assert sum(t.nbytes for t in optimizer_tensors(small).values()) < 0.3 * sum(t.nbytes for t in before.values())
    start = [parameter.detach().clone() for parameter in parameters]
    advance(small, parameters, 1, seed=7)
    advance(exact, twins, 1, seed=7)
    for begun, ours, theirs in zip(start, parameters, twins, strict=True):
        step, exactly = ours.detach() - begun, theirs.detach() - begun
        assert torch.nn.functional.cosine_similarity(step.flatten(), exactly.flatten(), dim=0) > 0.97


def test_one_that_could_not_be_turned_into_8_bits_is_as_it_was(monkeypatch):
    optimizer, parameters = made("adamw")
    advance(optimizer, parameters, 2)
    before = {name: tensor.clone() for name, tensor in optimizer_tensors(optimizer).items()}

    def full(*_arguments, **_more):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr("bitsandbytes.functional.quantize_blockwise", full)
    with pytest.raises(torch.OutOfMemoryError):
        change_kind(optimizer, "adamw8bit")
    after = optimizer_tensors(optimizer)
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], tensor) for name, tensor in before.items())


def test_the_rate_is_set_for_all_weights():
    optimizer, parameters = made("adamw")
    before = [parameter.detach().clone() for parameter in parameters]
    set_rate(optimizer, 0.0)
    advance(optimizer, parameters, 2)
    assert all(torch.equal(one, same) for one, same in zip(parameters, before, strict=True))


def test_a_training_with_8_bits_is_continued_bit_for_bit(engine):
    chosen = settings(r=32)
    whole = go(engine, chosen, name="whole", optimizer="adamw8bit")
    go(engine, chosen, optimizer="adamw8bit", after=step_is(5))
    ended = go(engine, chosen, resume=True)
    assert ended.same_weights(whole)
    assert directory().is_dir()
