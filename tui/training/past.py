"""What a training did before it was interrupted, as its run's files tell it."""

from __future__ import annotations

from typing import Any

from assistant.config import data_dir
from tui.training.live import LiveTraining, Note

RUNS_FOLDER = "runs"
"""As `adapters.training.runs` has it, which leads to torch and is therefore not for this process."""


def remember(live: LiveTraining) -> None:
    """Its curves and what it changed by itself; nothing where there are no files. Reads the disk."""
    from adapters.training.metrics import read_metrics

    for row in read_metrics(data_dir() / RUNS_FOLDER / live.name):
        _take(live, row)


def _take(live: LiveTraining, row: dict[str, Any]) -> None:
    step, loss = row.get("step"), row.get("loss")
    if not isinstance(step, int):
        return
    if row.get("kind") == "adjustment":
        live.notes.append(Note(str(row.get("message", "")), str(row.get("hint", "")), step, str(row.get("change", ""))))
    elif isinstance(loss, int | float):
        (live.steps if row.get("kind") == "step" else live.held_out).add(step, float(loss))
        if row.get("best") and row.get("kind") == "evaluation":
            live.best = (step, float(loss))
