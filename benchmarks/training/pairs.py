"""The real pairs that are trained on, and those that are held out; see README.md beside them."""

from __future__ import annotations

import json
from dataclasses import dataclass

from benchmarks.measure import ROOT

FOLDER = ROOT / "tests" / "data" / "scitldr"


@dataclass(frozen=True)
class Pair:
    name: str
    document: str
    summary: str


def load_pairs(name: str, limit: int = 0) -> list[Pair]:
    """`train` or `held_out`; the first `limit` of them, 0 for all."""
    rows = [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return [Pair(row["id"], row["document"], row["summary"]) for row in rows[: limit or None]]
