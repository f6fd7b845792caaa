"""The gradients of one optimizer step, and losses without any, in as many pieces as memory asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import torch
from torch import nn

from adapters.dataset.tokens import TokenizedExample
from adapters.training.records import ForwardPass
from assistant.engine.memory import is_out_of_memory
from assistant.errors import Stopped
from assistant.generation import ShouldStop

Computed = TypeVar("Computed")

_EVALUATED_AT_ONCE = 16
"""Held-out examples between two looks at whether to stop."""


class ShortageError(Exception):
    """Memory ran out, and what the failed computation held of it is free again."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__()
        self.cause = cause


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


def mean_loss(forward: ForwardPass, examples: Sequence[TokenizedExample], should_stop: ShouldStop) -> float | None:
    """Over all target tokens, in nats, without dropout; None where there are no examples. Raises Stopped."""
    total, targets = 0.0, 0
    for loss, tokens in losses_of_each(forward, examples, should_stop):
        total += loss
        targets += tokens
    return total / targets if targets else None


def losses_of_each(
    forward: ForwardPass, examples: Sequence[TokenizedExample], should_stop: ShouldStop
) -> Iterator[tuple[float, int]]:
    """As `ForwardPass.losses`, in pieces. Raises Stopped."""
    for start in range(0, len(examples), _EVALUATED_AT_ONCE):
        if should_stop():
            raise Stopped
        yield from forward.losses(examples[start : start + _EVALUATED_AT_ONCE])


def or_shortage(compute: Callable[[], Computed], forget: Callable[[], None]) -> Computed:
    """What it computes. Raises ShortageError where memory runs out, after `forget` and without the failed frames."""
    try:
        return compute()
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        cause = error.with_traceback(None)
    forget()
    raise ShortageError(cause)
