"""The gradients of one optimizer step, from as many micro-batches as memory asks for."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from adapters.dataset.tokens import TokenizedExample
from adapters.training.records import ForwardPass
from assistant.errors import Stopped
from assistant.generation import ShouldStop


def accumulate(
    forward: ForwardPass,
    parameters: Sequence[nn.Parameter],
    batch: Sequence[TokenizedExample],
    *,
    seed: int,
    max_norm: float,
    should_stop: ShouldStop,
) -> tuple[float, float]:
    """The mean loss over the batch's target tokens in nats, and the norm of its gradients before they were clipped.

    Weighted by target tokens: an average of per-example averages would count a short summary's words for more.
    `seed` decides the dropout. Raises Stopped between two micro-batches, with some of the gradients there.
    """
    for parameter in parameters:
        parameter.grad = None
    torch.manual_seed(seed)
    targets = sum(example.target_tokens for example in batch)
    loss = 0.0
    for micro in forward.micro_batches(batch):
        if should_stop():
            raise Stopped
        loss += forward.backward(micro, 1 / targets)
    norm = nn.utils.clip_grad_norm_(parameters, max_norm)
    return loss / targets, float(norm)
