"""A trained adapter → a directory in the registry, with a card that says how it came about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from adapters import registry
from adapters.cards import Card, new_card, write_card
from adapters.registry import AdapterRecord
from adapters.training.metrics import read_metrics
from adapters.training.preparing import Prepared
from adapters.training.run import Run

if TYPE_CHECKING:
    from adapters.training.lora import AdapterInTraining
    from adapters.training.records import Outcome
    from assistant.engine.engine import Engine

_DECIMALS = 4
_CURVE_POINTS = 40
"""Of the curve on the card; the run keeps all of them."""


def publish(
    name: str,
    engine: Engine,
    adapter: AdapterInTraining,
    card: Card,
    *,
    overwrite: bool,
) -> AdapterRecord:
    """All of it or nothing. Raises AdapterError."""
    from assistant.engine.adapter_files import write_adapter

    with registry.staging() as staging:
        with registry.writing():
            write_adapter(staging, adapter.weights(), adapter.settings, engine.name)
            write_card(staging, card)
        directory = registry.publish(staging, name, overwrite=overwrite)
    return registry.get_adapter(directory.name)


def card_of(prepared: Prepared, outcome: Outcome, run: Run) -> Card:
    steps, evaluations, adjustments = curves(run.directory)
    data = prepared.data
    about = {"file": data.about["file"], "sha256": data.about["sha256"]}
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
