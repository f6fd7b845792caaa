"""The learning-rate test as a job: the same steps with each of three rates from the same start, and what they say."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any

from adapters.training.preparing import Prepared, Workbench
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event, Progress, RateTried

if TYPE_CHECKING:
    from adapters.training.rates import Suggestion, Tried

Result = dict[str, Any]


def rate_trial(prepared: Prepared, bench: Workbench, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    """The adapter is afterwards as it was. Raises Stopped, OutOfMemoryError."""
    from adapters.training import rates

    yield Progress(job=prepared.job, stage="rates", done=0, total=0)
    trying = rates.try_rates(
        bench.forward,
        bench.adapter,
        prepared.tokens.train,
        prepared.tokens.held_out,
        prepared.settings,
        steps=rates.STEPS,
        should_stop=should_stop,
        optimizer=prepared.plan.optimizer,
    )
    tried: dict[float, Tried]
    while True:
        try:
            step = next(trying)
        except StopIteration as end:
            tried = end.value
            break
        yield RateTried(
            job=prepared.job,
            learning_rate=step.learning_rate,
            step=step.step,
            total_steps=step.total,
            loss=step.loss,
        )
    suggestion = rates.suggest(tried)
    return {
        "curves": [_curve(rate, one) for rate, one in tried.items()],
        "suggestion": suggestion.learning_rate,
        "reason": suggestion.reason,
        "sentence": _sentence(suggestion, tried),
    }


def _curve(rate: float, one: Tried) -> Result:
    held_out = sum(one.held_out) / len(one.held_out) if one.held_out else None
    return {"learning_rate": rate, "losses": list(one.losses), "held_out": held_out, "ended": one.ended}


def _sentence(suggestion: Suggestion, tried: Mapping[float, Tried]) -> str:
    if suggestion.reason == "all_diverged":
        return _("With each of them the training lost its way: look for strange examples (`sunto dataset check`).")
    if suggestion.reason == "as_good":
        return _(
            "The boldest is not clearly better: the gentler one that does as well keeps more of what the base knows."
        )
    if suggestion.learning_rate == max(tried):
        return _("The boldest one did clearly better than the others.")
    return _("This one did best; a bolder one did worse or lost its way.")
