"""The training loop: one straight line from examples to an adapter, a step at a time.

Not covered yet: held-out documents, early stopping, checkpoints and resuming, memory ladders.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from adapters.dataset.tokens import IGNORED, TokenizedExample
from assistant.engine.lora import LoraLinear
from assistant.errors import TrainingDivergedError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _

WARM_UP_SHARE = 0.1
"""Of all steps: the learning rate rises from zero first, then falls along a cosine."""
MAX_GRADIENT_NORM = 1.0


@dataclass(frozen=True)
class TrainingSettings:
    learning_rate: float = 1e-4
    epochs: int = 3
    max_steps: int = 0
    """0 is no limit."""
    batch_size: int = 8
    """Examples per optimizer step; one at a time goes through the model."""
    seed: int = 0

    def total_steps(self, examples: int) -> int:
        steps = self.epochs * math.ceil(examples / self.batch_size)
        return min(steps, self.max_steps) if self.max_steps else steps


@dataclass(frozen=True)
class Step:
    number: int
    """Counted from 1."""
    total: int
    loss: float
    """Mean over the target tokens of this step, in nats."""
    learning_rate: float
    gradient_norm: float
    """Before clipping."""
    tokens: int
    """Tokens that went through the model, prompts included."""
    seconds: float


def train(
    model: nn.Module,
    adapter: Sequence[LoraLinear],
    examples: Sequence[TokenizedExample],
    settings: TrainingSettings,
    should_stop: ShouldStop = never_stop,
) -> Iterator[Step]:
    """Train the adapter's A and B in place; yields after each optimizer step, and simply ends when stopped.

    `model` must be in the layout that has gradients (`Engine.training`) with `adapter` on it.
    Raises TrainingDivergedError when the loss is no longer a number.
    """
    parameters = [weight for layer in adapter for weight in (layer.lora_A, layer.lora_B)]
    optimizer = torch.optim.AdamW(parameters, lr=settings.learning_rate, weight_decay=0.0)
    total = settings.total_steps(len(examples))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: schedule_factor(step, total))
    torch.manual_seed(settings.seed)  # dropout
    model.train()
    for number, batch in enumerate(_batches(examples, settings, total), start=1):
        started = time.perf_counter()
        learning_rate = float(schedule.get_last_lr()[0])
        loss = _accumulate(model, batch, should_stop)
        if loss is None:
            return
        norm = float(nn.utils.clip_grad_norm_(parameters, MAX_GRADIENT_NORM))
        if not (math.isfinite(loss) and math.isfinite(norm)):
            raise TrainingDivergedError(
                _("The training lost its way at step {step}: the loss is no longer a number.").format(step=number),
                _("The steps were too long: try a learning rate of {rate:g}.").format(rate=settings.learning_rate / 2),
            )
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        schedule.step()
        tokens = sum(len(example.input_ids) for example in batch)
        yield Step(number, total, loss, learning_rate, norm, tokens, time.perf_counter() - started)


def schedule_factor(step: int, total: int) -> float:
    """What the learning rate is multiplied with at this step (counted from 0): warm-up, then half a cosine to zero."""
    warm_up = max(1, round(total * WARM_UP_SHARE))
    if step < warm_up:
        return (step + 1) / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - warm_up) / max(1, total - warm_up)))


def completion_loss(model: nn.Module, example: TokenizedExample) -> torch.Tensor:
    """Sum of the cross-entropy over the target tokens, in nats, float32.

    The head is computed only where there is a label: with a vocabulary of 150,000 the logits of a whole prompt
    would take more memory than the weights.
    """
    device = next(model.parameters()).device
    labels = torch.tensor(example.labels, device=device)
    targets = (labels != IGNORED).nonzero().squeeze(1)
    # The logits that predict token i stand at position i − 1.
    output: Any = model(
        input_ids=torch.tensor([example.input_ids], device=device),
        use_cache=False,
        logits_to_keep=targets - 1,
    )
    return nn.functional.cross_entropy(output.logits[0].float(), labels[targets], reduction="sum")


def _batches(
    examples: Sequence[TokenizedExample], settings: TrainingSettings, total: int
) -> Iterator[list[TokenizedExample]]:
    shuffler = random.Random(settings.seed)  # noqa: S311 - an order, not a secret
    done = 0
    while True:
        order = list(examples)
        shuffler.shuffle(order)
        for start in range(0, len(order), settings.batch_size):
            if done == total:
                return
            yield order[start : start + settings.batch_size]
            done += 1


def _accumulate(model: nn.Module, batch: Sequence[TokenizedExample], should_stop: ShouldStop) -> float | None:
    """Gradients of the batch's mean loss; None when stopped between two examples.

    Weighted by target tokens: an average of per-example averages would count a short summary's words for more.
    """
    targets = sum(example.target_tokens for example in batch)
    total = 0.0
    for example in batch:
        if should_stop():
            return None
        loss = completion_loss(model, example)
        (loss / targets).backward()
        total += float(loss.detach())
    return total / targets
