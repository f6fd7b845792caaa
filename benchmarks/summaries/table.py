"""What came out: a table of means with intervals, and every text and score in a file."""

from __future__ import annotations

import dataclasses
import gzip
import json
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.hardware import describe_machine
from benchmarks.measure import RESULTS
from benchmarks.summaries.corpus import LANGUAGES, Case
from benchmarks.summaries.scores import Estimate, difference, estimate
from benchmarks.summaries.writers import TASKS, Output

SYSTEMS = ("ours", "one prompt", "one prompt, cut", "lead-3")
"""The third is the second with no more sentences than ours may have."""
METRICS = ("ROUGE-L", "chrF")
_MAX_PLAIN_BYTES = 300_000
_LABEL_WIDTH, _CELL_WIDTH = 26, 20


@dataclass(frozen=True)
class Row:
    """One summary of one document."""

    case: Case
    task: str
    system: str
    output: Output
    scores: dict[str, float]


@dataclass(frozen=True)
class Comparison:
    """One task, one measure, documents of one language ("all" for every one)."""

    task: str
    metric: str
    language: str
    documents: int
    means: dict[str, Estimate]
    ahead: Estimate
    """Ours less one prompt, document by document."""
    ahead_of_cut: Estimate
    """Ours less one prompt cut to as many sentences."""

    @property
    def verdict(self) -> str:
        if self.ahead.low > 0:
            return "better"
        return "WORSE" if self.ahead.high < 0 else "no difference shown"


def compare(rows: Sequence[Row]) -> list[Comparison]:
    """Raises ValueError where a document lacks one of the three."""
    return [
        comparison
        for task in TASKS
        for metric in METRICS
        for language in (*LANGUAGES, "all")
        if (comparison := _compare(rows, task, metric, language))
    ]


def _compare(rows: Sequence[Row], task: str, metric: str, language: str) -> Comparison | None:
    chosen = [row for row in rows if row.task == task and language in (row.case.language, "all")]
    if not chosen:
        return None
    by_system = {
        system: {row.case.name: row.scores[metric] for row in chosen if row.system == system} for system in SYSTEMS
    }
    if len({frozenset(scores) for scores in by_system.values()}) > 1:
        raise ValueError("not everybody summarized the same documents")
    ours, *others = [[by_system[system][name] for name in by_system["ours"]] for system in SYSTEMS]
    means = {system: estimate(scores) for system, scores in zip(SYSTEMS, (ours, *others), strict=True)}
    ahead, ahead_of_cut = (difference(ours, theirs) for theirs in others[:2])
    return Comparison(task, metric, language, len(ours), means, ahead, ahead_of_cut)


def print_table(comparisons: Sequence[Comparison]) -> None:
    heads = (*SYSTEMS, "ours - one prompt", "ours - cut")
    print(f"{'':<{_LABEL_WIDTH}}" + "".join(f"{head:>{_CELL_WIDTH}}" for head in heads))
    for item in comparisons:
        label = f"{item.task} {item.metric} {item.language} ({item.documents})"
        cells = [*(str(item.means[system]) for system in SYSTEMS), str(item.ahead), str(item.ahead_of_cut)]
        print(f"{label:<{_LABEL_WIDTH}}" + "".join(f"{cell:>{_CELL_WIDTH}}" for cell in cells) + f"  {item.verdict}")


def print_times(rows: Sequence[Row]) -> None:
    for task in TASKS:
        for system in ("ours", "one prompt"):
            chosen = [row.output for row in rows if (row.task, row.system) == (task, system)]
            empty = sum(not output.text for output in chosen)
            words = sum(len(output.text.split()) for output in chosen)
            seconds = sum(output.seconds for output in chosen)
            print(
                f"{task}, {system}: {seconds / len(chosen):.1f} s and {words / len(chosen):.0f} words a document, "
                f"{empty} without a summary"
            )


def keep(rows: Sequence[Row], comparisons: Sequence[Comparison], about: dict[str, Any]) -> Path:
    """Write `results/summaries.json`, packed where it is large; the other of the two is removed."""
    content = {
        "benchmark": "summaries",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        **about,
        "comparisons": [{**dataclasses.asdict(item), "verdict": item.verdict} for item in comparisons],
        "documents": [_record(row) for row in rows],
    }
    data = (json.dumps(content, indent=1, ensure_ascii=False, default=str) + "\n").encode()
    plain = RESULTS / "summaries.json"
    packed = RESULTS / "summaries.json.gz"
    target, other = (packed, plain) if len(data) > _MAX_PLAIN_BYTES else (plain, packed)
    RESULTS.mkdir(exist_ok=True)
    target.write_bytes(gzip.compress(data, mtime=0) if target is packed else data)
    other.unlink(missing_ok=True)
    return target


def _record(row: Row) -> dict[str, Any]:
    return {
        "document": row.case.name,
        "language": row.case.language,
        "task": row.task,
        "system": row.system,
        **{metric: round(score, 2) for metric, score in row.scores.items()},
        "seconds": round(row.output.seconds, 1),
        "note": row.output.note,
        "text": row.output.text,
    }
