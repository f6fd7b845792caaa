"""A test of learning rates: the same first steps with each, from the same start, and which of them to choose.

A rate that is too high shows within the first steps, one that is too low by having learnt less than the next. What
counts is the loss on held-out examples afterwards: the highest rate learns its own examples fastest in any case.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Literal

from adapters.dataset.tokens import TokenizedExample
from adapters.training import guard, schedule
from adapters.training.accumulation import accumulate, losses_of_each
from adapters.training.optimizer import make_optimizer, set_rate
from adapters.training.records import ForwardPass, OptimizerKind, TrainableAdapter
from adapters.training.settings import PRESETS, TrainingSettings
from assistant.generation import ShouldStop, never_stop

STEPS = 60
_WARM_UP_STEPS = 6
_LAST = 20
"""Steps whose losses are compared, where nothing is held out."""
_CLEARLY = 2.0
"""Standard errors. A higher rate must be better by more: between two that do as well, the lower one forgets less."""


@dataclass(frozen=True, kw_only=True)
class RateStep:
    learning_rate: float
    step: int
    """Counted from 1."""
    total: int
    loss: float
    """Mean over the target tokens of this step, in nats."""


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of one rate."""

    losses: tuple[float, ...]
    """Of each step; the steps of all rates have the same examples."""
    held_out: tuple[float, ...] = ()
    """Mean loss of each held-out example afterwards; empty where nothing is held out."""
    ended: Literal["done", "diverged"] = "done"


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    learning_rate: float | None
    """None where all of them diverged."""
    diverged: tuple[float, ...]
    reason: Literal["best", "as_good", "all_diverged"]
    """`as_good`: a higher one is not clearly better."""


def try_rates(
    forward: ForwardPass,
    adapter: TrainableAdapter,
    examples: Sequence[TokenizedExample],
    held_out: Sequence[TokenizedExample],
    settings: TrainingSettings,
    *,
    rates: Sequence[float] = tuple(PRESETS.values()),
    steps: int = STEPS,
    should_stop: ShouldStop = never_stop,
    optimizer: OptimizerKind = "adamw",
) -> Generator[RateStep, None, dict[float, Tried]]:
    """Yields after each step; the adapter is afterwards as it was, also after an error. Raises Stopped."""
    start = {name: (a.clone(), b.clone()) for name, (a, b) in adapter.weights().items()}
    tried: dict[float, Tried] = {}
    try:
        for rate in rates:
            trial = _Trial(forward, adapter, examples, settings, rate, steps, should_stop, optimizer)
            ended = yield from trial.steps()
            after = () if ended == "diverged" else _held_out_losses(forward, held_out, should_stop)
            tried[rate] = Tried(losses=tuple(trial.losses), held_out=after, ended=ended)
            adapter.load(start)
    finally:
        adapter.load(start)
        for parameter in adapter.parameters:
            parameter.grad = None
    return tried


def suggest(tried: Mapping[float, Tried]) -> Suggestion:
    """The lowest rate that none is clearly better than. Pure."""
    diverged = tuple(rate for rate, one in tried.items() if one.ended == "diverged")
    usable = sorted(rate for rate in tried if rate not in diverged)
    if not usable:
        return Suggestion(learning_rate=None, diverged=diverged, reason="all_diverged")
    best = min(usable, key=lambda rate: fmean(_compared(tried[rate])))
    chosen = next(rate for rate in usable if not _is_clearly_better(tried[best], tried[rate]))
    return Suggestion(learning_rate=chosen, diverged=diverged, reason="best" if chosen == best else "as_good")


def _compared(one: Tried) -> tuple[float, ...]:
    return one.held_out or one.losses[-_LAST:]


def _is_clearly_better(one: Tried, other: Tried) -> bool:
    """Example by example, so that easy and hard texts do not hide the difference."""
    gains = [theirs - ours for ours, theirs in zip(_compared(one), _compared(other), strict=True)]
    if len(gains) < 2:
        return fmean(gains) > 0
    return fmean(gains) > _CLEARLY * stdev(gains) / math.sqrt(len(gains))


class _Trial:
    """The first steps with one rate: a short warm-up, then that rate."""

    def __init__(
        self,
        forward: ForwardPass,
        adapter: TrainableAdapter,
        examples: Sequence[TokenizedExample],
        settings: TrainingSettings,
        rate: float,
        steps: int,
        should_stop: ShouldStop,
        optimizer: OptimizerKind,
    ) -> None:
        self._forward, self._examples, self._settings = forward, examples, settings
        self._parameters = list(adapter.parameters)
        self._optimizer = make_optimizer(optimizer, self._parameters)
        self._rate, self._steps, self._should_stop = rate, steps, should_stop
        self.losses: list[float] = []

    def steps(self) -> Generator[RateStep, None, Literal["done", "diverged"]]:
        state = guard.GuardState()
        for step in range(1, self._steps + 1):
            loss, norm = self._gradients(step)
            state, verdict = guard.after_step(state, loss, norm)
            if verdict == "diverged":
                return "diverged"
            set_rate(self._optimizer, self._rate * min(1.0, step / _WARM_UP_STEPS))
            self._optimizer.step()
            self._optimizer.zero_grad(set_to_none=True)
            self.losses.append(loss)
            yield RateStep(learning_rate=self._rate, step=step, total=self._steps, loss=loss)
        return "done"

    def _gradients(self, step: int) -> tuple[float, float]:
        settings = self._settings
        batch = [self._examples[index] for index in schedule.batch_indexes(settings, len(self._examples), step)]
        return accumulate(
            self._forward,
            self._parameters,
            batch,
            seed=schedule.step_seed(settings, step, 0),
            max_norm=settings.max_gradient_norm,
            should_stop=self._should_stop,
        )


def _held_out_losses(
    forward: ForwardPass, held_out: Sequence[TokenizedExample], should_stop: ShouldStop
) -> tuple[float, ...]:
    return tuple(loss / tokens for loss, tokens in losses_of_each(forward, held_out, should_stop))
