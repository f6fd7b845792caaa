"""Runs taken in turn, their medians, the ratio between them, and a JSON file with every raw number."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.hardware import describe_machine

RESULTS = Path(__file__).parent / "results"
ROOT = Path(__file__).parent.parent
PACKAGES = ("sunto", "textual", "torch", "transformers", "bitsandbytes", "peft", "pypdfium2")


@dataclass(frozen=True)
class Comparison:
    what: str
    unit: str
    ours: list[float]
    peer: list[float]
    most: float | None
    """The ratio of the medians must not be above this; None: nothing is asked of it."""

    @property
    def ratio(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.peer)

    def line(self) -> str:
        wanted = "" if self.most is None else f"at most {self.most:g}x  {'ok' if self.is_reached else 'ABOVE'}"
        return (
            f"{self.what:<34} {_amount(self.ours, self.unit):>22} {_amount(self.peer, self.unit):>22} "
            f"{self.ratio:6.2f}x  {wanted}"
        )

    @property
    def is_reached(self) -> bool:
        return self.most is None or self.ratio <= self.most


def take_turns(cases: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """One unrecorded run of each to warm the disk cache, then `rounds` of each, every other round in reverse.

    Interleaved, so that what slows the machine down for a while slows all of them.
    """
    for run in cases.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds):
        for name in list(cases) if number % 2 == 0 else reversed(list(cases)):
            taken[name].append(cases[name]())
    return taken


def report(name: str, comparisons: list[Comparison], details: Mapping[str, object] | None = None) -> int:
    """Print the table, keep the raw numbers, and return an exit code: 1 when a ratio is above its limit."""
    print(f"{'':<34} {'sunto':>22} {'peer':>22}   ratio of medians")
    for comparison in comparisons:
        print(comparison.line())
    rows = [{**dataclasses.asdict(item), "ratio": item.ratio} for item in comparisons]
    keep(name, {"comparisons": rows, **(details or {})})
    return int(not all(item.is_reached for item in comparisons))


def keep(name: str, numbers: Mapping[str, object]) -> None:
    """Write the raw numbers to `results/NAME.json`, with the machine and the versions.

    JSON knows no infinity: ValueError for a number that is none.
    """
    RESULTS.mkdir(exist_ok=True)
    target = RESULTS / f"{name}.json"
    content = {
        "benchmark": name,
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        "versions": {package: importlib.metadata.version(package) for package in PACKAGES},
        **numbers,
    }
    target.write_text(json.dumps(content, indent=2, default=str, allow_nan=False) + "\n", encoding="utf-8")
    print(f"raw numbers: {target.relative_to(ROOT)}")


def _amount(values: list[float], unit: str) -> str:
    """Median and the range around it."""
    median, low, high = statistics.median(values), min(values), max(values)
    return f"{median:.3g} {unit} ({low:.3g}-{high:.3g})"
