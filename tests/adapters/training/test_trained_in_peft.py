"""Ours and PEFT's: the same losses and gradients in float32, and an adapter file that PEFT reads as we do."""

from __future__ import annotations

import copy
import json

import pytest
import torch

from adapters.dataset.tokens import IGNORED
from assistant.engine.activation import activate
from assistant.engine.adapter_config import CONFIG_FILE
from assistant.engine.adapter_files import LoraSettings, write_adapter
from assistant.engine.answer import Answer
from assistant.generation import GenerationConfig
from tests.adapters.training.training_models import FAMILIES, gradients, make_examples, training
from tests.assistant.test_engine_batch import tiny_engine, yield_from
from tests.tiny_adapters import peft_model


def in_peft(engine, adapter, kind):
    """PEFT's own model on a copy of the bare base, with the weights of the adapter in training."""
    from peft import LoraConfig, get_peft_model

    settings = adapter.settings
    config = LoraConfig(
        r=settings.r,
        lora_alpha=settings.lora_alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        alora_invocation_tokens=list(settings.invocation) if kind == "alora" else None,
    )
    adapter.detach()
    peft = get_peft_model(copy.deepcopy(engine.model), config)
    layers = peft.base_model.model
    with torch.no_grad():
        for name, (a, b) in adapter.weights().items():
            layer = layers.get_submodule(name)
            layer.lora_A["default"].weight.copy_(a)
            layer.lora_B["default"].weight.copy_(b)
    return peft


def peft_gradients(peft, names, examples):
    total = 0.0
    for example in examples:
        output = peft(input_ids=torch.tensor([example.input_ids])).logits[0, :-1]
        loss = torch.nn.functional.cross_entropy(
            output, torch.tensor(example.labels[1:]), ignore_index=IGNORED, reduction="sum"
        )
        loss.backward()
        total += float(loss.detach())
    layers = peft.base_model.model
    found = []
    for name in names:
        layer = layers.get_submodule(name)
        found += [layer.lora_A["default"].weight.grad, layer.lora_B["default"].weight.grad]
    return total, found


@pytest.mark.parametrize("kind", ["lora", "alora"])
@pytest.mark.parametrize("family", FAMILIES)
def test_losses_and_gradients_are_those_of_peft(tiny_kept, family, kind):
    engine = tiny_engine(tiny_kept, family, **FAMILIES[family])
    examples = make_examples(engine)
    with training(engine, kind) as (forward, adapter):
        losses = forward.losses(examples)
        total, ours = gradients(forward, adapter, examples)
        peft = in_peft(engine, adapter, kind)
        theirs_total, theirs = peft_gradients(peft, list(adapter.weights()), examples)
    assert total == pytest.approx(theirs_total, rel=1e-5)
    assert sum(loss for loss, _count in losses) == pytest.approx(theirs_total, rel=1e-5)
    assert [count for _loss, count in losses] == [example.target_tokens for example in examples]
    for mine, other in zip(ours, theirs, strict=True):
        assert other.abs().max() > 0
        assert torch.allclose(mine, other, rtol=1e-3, atol=1e-5 * float(other.abs().max()) + 1e-7)


@pytest.mark.parametrize("kind", ["lora", "alora"])
@pytest.mark.parametrize("family", FAMILIES)
def test_a_trained_adapter_loads_in_peft_and_here_with_the_same_logits(tiny_kept, tmp_path, family, kind):
    engine, other = (tiny_engine(tiny_kept, family, **FAMILIES[family]) for _ in range(2))
    examples = make_examples(engine, 2)
    with training(engine, kind, filled=False) as (forward, adapter):
        optimizer = torch.optim.AdamW(adapter.parameters, lr=0.1)
        for _step in range(3):
            gradients(forward, adapter, examples)
            optimizer.step()
        trained = forward.losses(examples)
        write_adapter(tmp_path, adapter.weights(), adapter.settings, "tiny")
    peft = peft_model(other.model, tmp_path)
    engine.use_adapter(tmp_path)
    for example, (loss, count) in zip(examples, trained, strict=True):
        with torch.inference_mode():
            theirs = peft(input_ids=torch.tensor([example.input_ids])).logits[0, :-1]
        found = torch.nn.functional.cross_entropy(
            theirs, torch.tensor(example.labels[1:]), ignore_index=IGNORED, reduction="sum"
        )
        assert float(found) == pytest.approx(loss, rel=1e-4)
        answer = Answer(
            list(example.input_ids[:-count]),
            GenerationConfig(),
            engine.tokenizer,
            frozenset(),
            engine.device,
            activate(engine._selected, example.input_ids[:-count]),
        )
        ours = yield_from(engine.reader.read(answer))
        assert torch.allclose(ours, theirs[-count], rtol=1e-3, atol=1e-3)


def test_only_an_activated_adapter_says_where_it_begins(tmp_path):
    weights = {"model.layers.0.mlp.up_proj": (torch.ones(2, 4), torch.ones(3, 2))}
    for invocation, expected in (((), None), ((5, 6), [5, 6])):
        write_adapter(tmp_path, weights, LoraSettings(2, 4, 0.0, invocation), "tiny")
        assert json.loads((tmp_path / CONFIG_FILE).read_text("utf-8")).get("alora_invocation_tokens") == expected
