"""Tokens a second, memory, and the time between two steps: ours beside TRL, with its defaults and tuned.

Every measurement is a process of its own that loads the base and makes the first steps of one and the same run: the
same rows in the same order, the same rank, learning rates and batches of eight. The first step warms up and is not
counted, nor is padding counted as tokens. Memory is what the process has in RAM at the most, less what it had with the
base loaded and everything imported.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from adapters.training.settings import TrainingSettings
from assistant.weights import ensure_model
from benchmarks.measure import Comparison, report
from benchmarks.training import ours, trl
from benchmarks.training.rows import load_rows

STEPS = 3
OWN_STEPS = 4
"""One more, so that a checkpoint, which our loop writes after every third step of such a run, is part of the time."""
SETTINGS = TrainingSettings(epochs=1, seed=1)
OURS, DEFAULTS, PACKED, SINGLE = "ours", "TRL, defaults", "TRL, packed", "TRL, one by one"
TUNED = (PACKED, SINGLE)
"""Tried in the first round; only the quicker of the two goes on."""
GB = 1e9
FASTER_THAN_DEFAULTS, MEMORY_SHARE, OUTSIDE_SHARE = 1.5, 0.7, 0.03


@dataclass(frozen=True)
class Measured:
    """One process."""

    milliseconds: float
    """For each token, from the end of the first step to the end of the last."""
    above_base: float
    """Bytes at the peak."""
    total: float
    """The same, with base and libraries."""
    outside: float
    """Seconds of the counted steps that went neither into forward nor backward nor the optimizer; ours alone."""
    seconds: float
    """Of the counted steps."""

    @classmethod
    def of(cls, result: Mapping[str, Any]) -> Measured:
        first, *counted = result["steps"]
        seconds = counted[-1]["end"] - first["end"]
        return cls(
            milliseconds=1000 * seconds / sum(step["tokens"] for step in counted),
            above_base=result["peak_bytes"] - result["base_bytes"],
            total=result["peak_bytes"],
            outside=seconds - sum(step.get("computing", 0.0) for step in counted),
            seconds=seconds,
        )


def main(rounds: int, threads: int) -> int:
    cases = _cases(threads)
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in cases}
    for number in range(rounds):
        names = list(cases) if number % 2 == 0 else list(reversed(cases))
        for name in names:
            runs[name].append(cases[name]())
            _print(name, Measured.of(runs[name][-1]))
        if number == 0:
            del cases[max(TUNED, key=lambda name: Measured.of(runs[name][0]).milliseconds)]
    return _report(runs, threads)


def _print(name: str, measured: Measured) -> None:
    print(
        f"{name:<16} {1000 / measured.milliseconds:6.0f} tokens/s  {measured.above_base / GB:5.2f} GB above the base, "
        f"{measured.total / GB:5.2f} in all",
        flush=True,
    )


def _cases(threads: int) -> dict[str, Callable[[], dict[str, Any]]]:
    from assistant.engine import load_engine

    base = ensure_model("starter")
    rows = load_rows("train", load_engine(base, "cpu"))
    own = ours.request(rows, SETTINGS, threads, OWN_STEPS)
    ways = {DEFAULTS: trl.DEFAULTS, PACKED: trl.PACKED, SINGLE: trl.ONE_BY_ONE}
    asked = {name: trl.request(base, rows, way, SETTINGS, threads, STEPS) for name, way in ways.items()}
    cases: dict[str, Callable[[], dict[str, Any]]] = {OURS: lambda: _in_folder(ours.train, own)}
    for name, each in asked.items():
        cases[name] = lambda each=each: _in_folder(trl.train, each)
    return cases


def _in_folder(train: Callable[[Mapping[str, Any], Path], dict[str, Any]], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The adapter is not looked at."""
    with tempfile.TemporaryDirectory() as folder:
        return train(asked, Path(folder, "adapter"))


def _report(runs: Mapping[str, list[dict[str, Any]]], threads: int) -> int:
    found = {name: [Measured.of(result) for result in results] for name, results in runs.items()}
    times = {name: [each.milliseconds for each in measured] for name, measured in found.items()}
    above = {name: [each.above_base / GB for each in measured] for name, measured in found.items()}
    total = {name: [each.total / GB for each in measured] for name, measured in found.items()}
    tuned = max(TUNED, key=lambda name: len(times[name]))
    comparisons = [
        Comparison(f"a token / {DEFAULTS}", "ms", times[OURS], times[DEFAULTS], 1 / FASTER_THAN_DEFAULTS),
        Comparison(f"a token / {tuned}", "ms", times[OURS], times[tuned], 1),
        Comparison(f"memory above base / {DEFAULTS}", "GB", above[OURS], above[DEFAULTS], MEMORY_SHARE),
        Comparison(f"memory in all / {DEFAULTS}", "GB", total[OURS], total[DEFAULTS], None),
        Comparison(
            "outside of computing / the steps",
            "s",
            [each.outside for each in found[OURS]],
            [each.seconds for each in found[OURS]],
            OUTSIDE_SHARE,
        ),
    ]
    for name in (DEFAULTS, *TUNED):
        print(f"ours: {median(times[name]) / median(times[OURS]):.2f} times the tokens a second of {name}")
    losses = {name: [[step.get("loss") for step in run["steps"]] for run in results] for name, results in runs.items()}
    details = {
        "steps": {OURS: OWN_STEPS, "TRL": STEPS},
        "threads": threads,
        "tuned": tuned,
        "losses": losses,
        "runs": dict(runs),
    }
    return report("training_speed", comparisons, details)
