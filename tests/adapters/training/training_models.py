"""Tiny models of several families, examples for them, and the memory plan of a test."""

from __future__ import annotations

import random
from contextlib import contextmanager

import torch

from adapters.dataset.tokens import IGNORED, TokenizedExample
from adapters.training.forward import Forward
from adapters.training.ladder import Plan
from adapters.training.lora import AdapterInTraining
from assistant.engine.adapter_files import LoraSettings

FAMILIES = {
    "llama": {},
    "qwen3": {},
    "gemma3_text": {"sliding_window": 24},
}


def plan(micro_tokens=10_000, checkpointed_layers=0, prefix_bytes=0) -> Plan:
    return Plan(
        micro_tokens=micro_tokens,
        checkpointed_layers=checkpointed_layers,
        prefix_bytes=prefix_bytes,
        max_tokens=2048,
    )


def make_examples(engine, count=5, prompt_tokens=60, target_tokens=12, seed=0) -> list[TokenizedExample]:
    """Random tokens, the assistant's header between prompt and target; of different lengths, none of the header's."""
    chance = random.Random(seed)
    header = engine.invocation_tokens()
    made = []
    for index in range(count):
        prompt = [chance.randrange(10, 250) for _ in range(prompt_tokens + 7 * index)]
        target = [chance.randrange(10, 250) for _ in range(target_tokens + index)]
        ids = (*prompt, *header, *target)
        labels = (*[IGNORED] * (len(prompt) + len(header)), *target)
        made.append(TokenizedExample(ids, labels, False, id=str(index)))
    return made


@contextmanager
def training(engine, kind="lora", dropout=0.0, seed=0, filled=True, **plan_settings):
    """(Forward, adapter) on an engine; with B filled, so that A has gradients too."""
    settings = LoraSettings(4, 8, dropout, engine.invocation_tokens() if kind == "alora" else ())
    with engine.training() as model:
        adapter = AdapterInTraining.attach(model, settings, seed)
        if filled:
            fill(adapter)
        yield Forward(model, adapter, plan(**plan_settings), kind), adapter


def fill(adapter, size=0.05, seed=3) -> None:
    generator = torch.Generator().manual_seed(seed)
    adapter.load(
        {name: (a, torch.randn(b.shape, generator=generator).mul_(size)) for name, (a, b) in adapter.weights().items()}
    )


def gradients(forward, adapter, examples, scale=1.0) -> tuple[float, list[torch.Tensor]]:
    """The sum of the losses, and the gradients of `scale` times it."""
    for weight in adapter.parameters:
        weight.grad = None
    total = sum(forward.backward(micro, scale) for micro in forward.micro_batches(examples))
    return total, [weight.grad.clone() for weight in adapter.parameters]
