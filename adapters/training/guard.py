"""When a training has lost its way, learns by heart, or learns nothing: decided from its numbers alone.

Pure functions over `GuardState`, which is part of every checkpoint: a run that is continued decides as the one that was
never interrupted. The thresholds are judged on curves of real trainings (tests/adapters/training/curves.py).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean, median
from typing import Any, Literal

Verdict = Literal["fine", "diverged", "overfitting"]

WINDOW = 20
"""Steps that say what is usual."""
_FEWEST = 4
"""Steps before anything is called unusual."""
_LOSS_FACTOR = 2.5
_LOSS_MARGIN = 1.0
"""Nats. A loss this far over a usual one, and so many times it, is a spike: a step with hard texts stays below."""
_NORM_FACTOR = 30.0
_FIRST = 5
"""Steps whose loss is nearly that of the bare base: the rate is still low."""
_SPIKES = 3
"""One after the other, and the training has lost its way; one alone may be a strange example."""
_HOPELESS_LOSS = 20.0
"""Nats a token. Guessing among 150,000 words costs 12: worse is wrong with certainty, and no text does that."""
_RECENT = 8
"""Steps whose mean is compared with the beginning: enough that single texts do not matter."""
_BROKEN_FACTOR = 1.25
_BROKEN_MARGIN = 1.0
"""Nats. So much over the bare base's loss, without having learnt the examples by heart, the model is broken."""
_UNLEARNT_SHARE = 0.9
"""Of the first losses: a training that is still above has not learnt its examples by heart."""
MAX_ROLLBACKS = 3
"""Once more, and the training ends."""
PROOF_STEPS = _RECENT
"""So many steps must have followed weights before they are trusted: a step that was too long shows afterwards."""
_LEARNT_SHARE = 0.005
"""Of the loss; less is nothing."""
_LEARNING_STEPS = 20
"""So many steps, and half the training, are given to it to learn anything."""


@dataclass(frozen=True, kw_only=True)
class GuardState:
    losses: tuple[float, ...] = ()
    """Of the last steps that were as usual, in nats."""
    norms: tuple[float, ...] = ()
    """Of their gradients, before clipping."""
    recent: tuple[float, ...] = ()
    """The same of the last steps, unusual ones included."""
    spikes: int = 0
    """Unusual steps one after the other, up to now."""
    first_losses: tuple[float, ...] = ()
    """Of the first steps."""
    rollbacks: int = 0
    base_loss: float | None = None
    """Held-out loss of the bare base."""
    held_out_loss: float | None = None
    """Of the last evaluation."""
    best_loss: float | None = None
    """The lowest held-out loss after a step."""
    best_step: int = 0
    worse: int = 0
    """Evaluations since the best one."""
    told_no_learning: bool = False

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> GuardState:
        """Raises KeyError, TypeError for what is none of it."""
        known: dict[str, Any] = {name: tuple(fields[name]) for name in ("losses", "norms", "recent", "first_losses")}
        return cls(**{**fields, **known})


def after_step(state: GuardState, loss: float, norm: float) -> tuple[GuardState, Verdict]:
    """With the numbers of a step whose change is not made yet: `diverged` says not to make it."""
    if not (math.isfinite(loss) and math.isfinite(norm)) or loss > _HOPELESS_LOSS:
        return state, "diverged"
    state = dataclasses.replace(state, recent=(*state.recent, loss)[-_RECENT:])
    if len(state.recent) == _RECENT and _is_broken(fmean(state.recent), _loss_at_the_start(state)):
        return state, "diverged"
    if _is_unusual(state, loss, norm):
        state = dataclasses.replace(state, spikes=state.spikes + 1)
        return state, "diverged" if state.spikes >= _SPIKES else "fine"
    return dataclasses.replace(
        state,
        losses=(*state.losses, loss)[-WINDOW:],
        norms=(*state.norms, norm)[-WINDOW:],
        first_losses=(*state.first_losses, loss)[:WINDOW],
        spikes=0,
    ), "fine"


def _is_unusual(state: GuardState, loss: float, norm: float) -> bool:
    if len(state.losses) < _FEWEST:
        return False
    usual = median(state.losses)
    higher = loss > max(_LOSS_FACTOR * usual, usual + _LOSS_MARGIN, max(state.losses))
    return higher or (norm > _NORM_FACTOR * median(state.norms) and loss > usual)


def after_evaluation(state: GuardState, step: int, loss: float, patience: int) -> tuple[GuardState, Verdict]:
    """`state.best_step == step` afterwards where it is the best one so far. Step 0 is the bare base."""
    if step == 0:
        return dataclasses.replace(state, base_loss=loss, held_out_loss=loss), "fine"
    broken = state.base_loss is not None and _is_broken(loss, state.base_loss) and not _knows_by_heart(state)
    if broken or not math.isfinite(loss):
        return state, "diverged"
    state = dataclasses.replace(state, held_out_loss=loss)
    if state.best_loss is None or loss < state.best_loss:
        return dataclasses.replace(state, best_loss=loss, best_step=step, worse=0), "fine"
    state = dataclasses.replace(state, worse=state.worse + 1)
    return state, "overfitting" if patience and state.worse >= patience else "fine"


def _is_broken(loss: float, start: float) -> bool:
    """Whether a mean loss is far above that of the bare base."""
    return loss > _BROKEN_FACTOR * start + _BROKEN_MARGIN


def _loss_at_the_start(state: GuardState) -> float:
    """Of the examples it learns from; single texts and the held-out ones may be easier than most."""
    return max(median(state.first_losses[:_FIRST]) if state.first_losses else math.inf, state.base_loss or 0.0)


def _knows_by_heart(state: GuardState) -> bool:
    return bool(state.recent) and fmean(state.recent) < _UNLEARNT_SHARE * _loss_at_the_start(state)


def learns_nothing(state: GuardState, step: int, total: int) -> bool:
    """Whether enough steps were made to have learnt something, and nothing was; true once."""
    if state.told_no_learning or step < max(_LEARNING_STEPS, total // 2):
        return False
    if state.base_loss is not None and state.best_loss is not None:
        return state.best_loss > state.base_loss * (1 - _LEARNT_SHARE)
    # Without held-out texts: halves of the window, so that at its first look the two share no step.
    return fmean(state.losses[-WINDOW // 2 :]) > fmean(state.first_losses[: WINDOW // 2]) * (1 - _LEARNT_SHARE)


def rolled_back(now: GuardState, then: GuardState) -> GuardState:
    """Back at an earlier moment: what is usual is as it was then, what was found out since stays known."""
    return dataclasses.replace(
        then,
        spikes=0,
        rollbacks=now.rollbacks + 1,
        base_loss=now.base_loss,
        best_loss=now.best_loss,
        best_step=now.best_step,
        told_no_learning=now.told_no_learning,
    )


def with_best(state: GuardState, found: GuardState | None) -> GuardState:
    """Where the best weights are those of `found` after all; None: there are none."""
    best_loss, best_step = (found.best_loss, found.best_step) if found else (None, 0)
    return dataclasses.replace(state, best_loss=best_loss, best_step=best_step)


def with_last(state: GuardState, step: int) -> GuardState:
    """Where the weights of the last step are used, since the best ones are lost: what was found of these counts."""
    return dataclasses.replace(state, best_loss=state.held_out_loss, best_step=step)


def trusted_step(checkpoints: list[int], diverged_at: int) -> int:
    """The checkpoint to go back to: the latest that good steps have followed, else the earliest there is."""
    return max((step for step in checkpoints if step < diverged_at - PROOF_STEPS), default=min(checkpoints))
