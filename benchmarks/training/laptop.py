"""Whether a laptop can train a base of 4 billion weights: examples of 2,048 tokens, rank 16, under 6 and under 8 GiB.

    python -m benchmarks.training.laptop [GIB …]

The base has the shape of Qwen3-4B and random weights, so that memory and time are real and what is written is not.
Without a graphics card only the formula speaks, and the file says that nothing was measured.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from adapters.training.fit import Demand
from adapters.training.formula import Shape, Texts
from adapters.training.settings import Kind, TrainingSettings
from benchmarks.measure import ROOT, keep
from benchmarks.training.random_base import QWEN3_4B, configuration

GIB = 1 << 30
CAPS = (6.0, 8.0)
HOST_LIMIT = 16 * GIB
KINDS: tuple[Kind, ...] = ("lora", "alora")
EXAMPLES, STEPS = 8, 3
SHARE = 0.92
"""Of the cap, that is planned with, as the training job does with what is free."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    kind: Kind
    cap_bytes: int
    """That may be allocated on the card."""
    model: dict[str, Any] = field(default_factory=lambda: dict(QWEN3_4B))
    tokens: int = 2048
    """Of each example."""
    targets: int = 256


def main(caps: Sequence[float]) -> int:
    measured = has_card()
    if not measured:
        print("No graphics card: these are the formula's figures, not measured.")
    figures: list[dict[str, Any]] = []
    for gib in caps:
        for kind in KINDS:
            asked = Asked(kind=kind, cap_bytes=round(gib * GIB))
            figures.append({"gib": gib, "kind": kind, "formula": by_formula(asked), "measured": None})
            if measured:
                figures[-1]["measured"] = measure(gib, kind)
            print(_line(figures[-1]), flush=True)
    keep("training_laptop", {"measured": measured, "figures": figures})
    return int(not all(_holds(figure) for figure in figures))


def has_card() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()


def by_formula(asked: Asked) -> dict[str, Any]:
    """Bytes at the peak by what they are for, and the plan that is chosen."""
    demand = demand_of(asked)
    plan = demand.plan(asked.tokens)
    parts = demand.at(plan)
    return {"total": parts.total, "parts": asdict(parts), "plan": asdict(plan), "fits": demand.fits(plan)}


def demand_of(asked: Asked) -> Demand:
    shape = Shape.of(configuration(asked.model))
    settings = TrainingSettings()
    return Demand(
        shape=shape,
        texts=Texts.of([(asked.tokens, asked.targets)] * EXAMPLES, settings.batch_size),
        r=settings.r,
        kind=asked.kind,
        itemsize=2,
        base_bytes=shape.base_bytes,
        free_bytes=round(asked.cap_bytes * SHARE),
        host_free_bytes=HOST_LIMIT // 2,
        prompt_tokens=EXAMPLES * (asked.tokens - asked.targets),
        device="cuda",
    )


def measure(gib: float, kind: Kind) -> dict[str, Any]:
    """In a process of its own. Raises RuntimeError with what it said where it failed."""
    command = [sys.executable, "-m", "benchmarks.training.laptop_run", str(gib), kind]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT)
    if done.returncode:
        raise RuntimeError(done.stderr[-4000:])
    return json.loads(done.stdout.splitlines()[-1])


def _holds(figure: dict[str, Any]) -> bool:
    found = figure["measured"]
    if found is None:
        return figure["formula"]["fits"]
    return found["peak_reserved"] <= figure["gib"] * GIB and found["peak_host"] < HOST_LIMIT


def _line(figure: dict[str, Any]) -> str:
    formula, found = figure["formula"], figure["measured"]
    plan = formula["plan"]
    line = (
        f"{figure['gib']:g} GiB, {figure['kind']:<5}  by formula {formula['total'] / GIB:.2f} GiB "
        f"({plan['checkpointed_layers']} layers computed again, {plan['micro_tokens']} tokens at a time)"
    )
    if found is None:
        return f"{line}; not measured"
    speed = sum(step["tokens"] for step in found["steps"][1:]) / sum(step["seconds"] for step in found["steps"][1:])
    return (
        f"{line}; measured {found['peak_reserved'] / GIB:.2f} GiB on the card, {found['peak_host'] / GIB:.1f} of the "
        f"machine, {speed:.0f} tokens/s, rungs {found['rungs'] or 'none'}"
    )


if __name__ == "__main__":
    sys.exit(main([float(word) for word in sys.argv[1:]] or CAPS))
