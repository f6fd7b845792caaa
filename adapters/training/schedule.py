"""When what happens: how many steps, with which examples, at which rate, and what is due after each.

All are pure functions of the settings and the step's number, and so is the seed of the random numbers of a step. A run
that is continued therefore needs no memory of generators or shuffles: the step's number is all of its position.
"""

from __future__ import annotations

import hashlib
import math
import random

from adapters.training.settings import TrainingSettings

_CHECKPOINTS = 5
"""At least; two are kept, and the way back to the earlier one must be long enough for a mistake to have shown."""
_MOST_STEPS_BETWEEN = 10
"""Checkpoints: what a power cut may cost, against a few hundred MB written each time."""


def steps_per_epoch(settings: TrainingSettings, examples: int) -> int:
    return math.ceil(examples / settings.batch_size)


def total_steps(settings: TrainingSettings, examples: int) -> int:
    steps = settings.epochs * steps_per_epoch(settings, examples)
    return min(steps, settings.max_steps) if settings.max_steps else steps


def batch_indexes(settings: TrainingSettings, examples: int, step: int) -> list[int]:
    """Which examples the step (counted from 1) learns from; each epoch has an order of its own, and all of them."""
    epoch, position = divmod(step - 1, steps_per_epoch(settings, examples))
    order = list(range(examples))
    random.Random(f"{settings.seed}/{epoch}").shuffle(order)  # noqa: S311 - an order, not a secret
    start = position * settings.batch_size
    return order[start : start + settings.batch_size]


def step_seed(settings: TrainingSettings, step: int, rollbacks: int) -> int:
    """Of the dropout of one step. After a rollback it is another: the way that failed is not gone again."""
    digest = hashlib.sha256(f"{settings.seed}/{step}/{rollbacks}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def rate_factor(step: int, total: int, warm_up_share: float = 0.1) -> float:
    """What the learning rate is multiplied with at the step (counted from 1): warm-up, then half a cosine to zero."""
    warm_up = max(1, round(total * warm_up_share))
    if step <= warm_up:
        return step / warm_up
    return 0.5 * (1 + math.cos(math.pi * (step - 1 - warm_up) / max(1, total - warm_up)))


def learning_rate(settings: TrainingSettings, step: int, total: int, rollbacks: int) -> float:
    """Each rollback has halved it."""
    return settings.learning_rate * rate_factor(step, total, settings.warm_up_share) * 0.5**rollbacks


def evaluation_steps(settings: TrainingSettings, examples: int, total: int) -> list[int]:
    """Before the first step (0), so many times an epoch, evenly, and after the last one; ascending."""
    epoch_steps = steps_per_epoch(settings, examples)
    times = min(settings.evaluations_per_epoch, epoch_steps)
    within = [round(epoch_steps * number / times) for number in range(1, times + 1)]
    every = {start + step for start in range(0, total, epoch_steps) for step in within}
    return sorted({0, total} | {step for step in every if step < total})


def is_checkpoint_due(step: int, total: int) -> bool:
    """Before the first step and after the last one, too."""
    return step == total or step % steps_between_checkpoints(total) == 0


def steps_between_checkpoints(total: int) -> int:
    return max(1, min(_MOST_STEPS_BETWEEN, total // _CHECKPOINTS))
