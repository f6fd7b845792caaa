"""A trained adapter → a directory in the registry, with a card that says how it came about."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from adapters import registry
from adapters.cards import Card, new_card, write_card
from adapters.dataset.prompting import messages
from adapters.dataset.tokens import tokenize
from adapters.evaluation.saved import tensor_digests, write_saved
from adapters.evaluation.verification import Expected, refusal
from adapters.registry import AdapterRecord
from adapters.training.metrics import read_metrics
from adapters.training.preparing import Prepared, Workbench
from adapters.training.run import Run
from adapters.training.samples import choose

if TYPE_CHECKING:
    from adapters.dataset.example import Example
    from adapters.dataset.tokens import TokenizedExample
    from adapters.evaluation.report import Check
    from adapters.training.lora import AdapterInTraining
    from adapters.training.records import Outcome
    from assistant.engine.engine import Engine

_CHECK_WORDS = (200, 50, 10)
"""Of a text that a saved adapter is checked with: as many as fit."""
_DECIMALS = 4
_CURVE_POINTS = 40
"""Of the curve on the card; the run keeps all of them."""


def save(directory: Path, engine: Engine, adapter: AdapterInTraining, card: Card) -> dict[str, str]:
    """Write the adapter into an empty folder (`registry.staging`); returns the digests of its tensors in memory.

    Raises AdapterError.
    """
    from assistant.engine.adapter_files import write_adapter

    weights = adapter.weights()
    digests = tensor_digests(weights)
    with registry.writing():
        write_adapter(directory, weights, adapter.settings, engine.name)
        write_saved(directory, digests, adapter.settings.scaling)
        write_card(directory, card)
    return digests


def publish(directory: Path, name: str, card: Card, checks: Sequence[Check], *, overwrite: bool) -> AdapterRecord:
    """Give what was saved its name: all of it or nothing. What became of the checks is on the card.

    Raises TrainingError where one failed, AdapterError.
    """
    if refused := refusal(name, checks):
        raise refused
    with registry.writing():
        write_card(directory, {**card, "scores": {**card["scores"], "checks": [*map(_without_reason, checks)]}})
    published = registry.publish(directory, name, overwrite=overwrite)
    return registry.get_adapter(published.name)


def _without_reason(check: Check) -> Check:
    """A library's own words may name folders of this machine, and cards are shared."""
    return {**check, "measured": {key: value for key, value in check.get("measured", {}).items() if key != "reason"}}


def expected_of(bench: Workbench, prepared: Prepared, digests: Mapping[str, str]) -> Expected:
    """What the trainer makes of a few texts, with the weights that were saved."""
    texts = choose(prepared.data.held_out or prepared.data.train)
    short = [found for example in texts if (found := _shortened(example, bench.engine, prepared.windows[-1]))]
    losses = bench.forward.losses([tokens for _example, tokens in short])
    return Expected(
        items=[(messages(example.task, example.text, example.language), example.target) for example, _tokens in short],
        losses=[loss for loss, _count in losses],
        tokens=sum(count for _loss, count in losses),
        digests=digests,
    )


def _shortened(example: Example, engine: Engine, window: int) -> tuple[Example, TokenizedExample] | None:
    """With so much of its text that all of it fits; None where not even a few words do."""
    words = example.text.split(" ")
    for count in _CHECK_WORDS:
        less = dataclasses.replace(example, text=" ".join(words[:count]))
        tokens = tokenize(less, engine, window)
        if tokens and not tokens.shortened:
            return less, tokens
    return None


def card_of(prepared: Prepared, outcome: Outcome, run: Run) -> Card:
    steps, evaluations, adjustments = curves(run.directory)
    data = prepared.data
    about = {"name": data.about["name"], "file": data.about["file"], "sha256": data.about["sha256"]}
    return new_card(
        name=run.name,
        base=prepared.engine.kept,
        kind=run.settings.kind,
        subject=str(run.about["subject"]),
        language=data.languages,
        data={**about, **data.composition(), "left_out": prepared.tokens.left_out},
        training={
            **asdict(run.settings),
            "steps": outcome.steps,
            "kept_step": outcome.kept_step,
            "ended": outcome.end,
            "rollbacks": outcome.rollbacks,
            "given_up_for_memory": [str(record.get("rung", "")) for record in outcome.rungs],
            "changes_of_course": adjustments,
        },
        scores={
            "on_training_data": trend([loss for _step, loss in steps]),
            "held_out": {
                "loss_before": _rounded(outcome.base_loss),
                "loss_after": _rounded(outcome.best_loss),
                "curve": _thinned(evaluations),
            }
            if outcome.base_loss is not None
            else {},
        },
    )


def curves(run_directory: Path) -> tuple[list[tuple[int, float]], list[tuple[int, float]], list[str]]:
    """(step, loss) of the steps, of the evaluations; and the changes of course by kind. What is no number is left out.

    Of steps that were taken back, those that were made in their place.
    """
    steps: dict[int, float] = {}
    evaluations: dict[int, float] = {}
    adjustments: list[str] = []
    for row in read_metrics(run_directory):
        if row["kind"] == "adjustment":
            adjustments.append(f"{row['change']} at step {row['step']}")
        elif row["loss"] is not None:
            (steps if row["kind"] == "step" else evaluations)[row["step"]] = row["loss"]
    return sorted(steps.items()), sorted(evaluations.items()), adjustments


def trend(losses: Sequence[float]) -> Mapping[str, float]:
    """Mean loss of the first and of the last third of the steps: single ones differ by what texts they hold."""
    if not losses:
        return {}
    third = max(1, len(losses) // 3)
    return {"first_loss": fmean(losses[:third]), "last_loss": fmean(losses[-third:])}


def _rounded(loss: float | None) -> float | None:
    return None if loss is None else round(loss, _DECIMALS)


def _thinned(points: Sequence[tuple[int, float]]) -> list[str]:
    """`step loss`, evenly chosen, the last one among them."""
    every = max(1, -(-len(points) // _CURVE_POINTS))
    kept = [point for index, point in enumerate(points) if (len(points) - 1 - index) % every == 0]
    return [f"{step} {round(loss, _DECIMALS)}" for step, loss in kept]
