"""What is learned from 300 real pairs in one epoch at 1e-4: ours beside TRL at the same settings, three seeds.

Both make the same steps with the same tokens. Whoever trained an adapter, its loss on the 60 pairs held out is taken
by PEFT, in the peers' environment, with the same few lines (`peers/peft_losses.py`); ROUGE-L is that of what the base
writes with it here. Every run and every judgement is kept, and a run of the benchmark goes on where it was stopped.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from adapters.training.settings import Kind, TrainingSettings
from assistant.weights import KeptModel, ensure_model
from benchmarks.measure import Comparison, report
from benchmarks.summaries.scores import Estimate, difference, estimate
from benchmarks.training import judging, ours, trl
from benchmarks.training.judging import BARE
from benchmarks.training.kept import own_code, train_once
from benchmarks.training.pairs import load_pairs
from benchmarks.training.rows import Row, load_rows

LORA, ALORA, PEER = "ours, lora", "ours, alora", "TRL, lora"
KINDS: dict[str, Kind] = {LORA: "lora", ALORA: "alora"}
SYSTEMS = (LORA, ALORA, PEER)
WITHIN = 1.01


def main(seeds: Sequence[int], threads: int, only: str | None) -> int:
    from assistant.engine import load_engine

    base = ensure_model("starter")
    engine = load_engine(base, "cpu")
    train, held_out = load_rows("train", engine), load_rows("held_out", engine)
    wanted = [system for system in SYSTEMS if only is None or (system == PEER) == (only == "trl")]
    runs = {(system, seed): _train(system, seed, base, train, threads) for seed in seeds for system in wanted}
    if only:
        return 0
    adapters = {_name(system, seed): directory for (system, seed), (_result, directory) in runs.items()}
    found = judging.losses(base.directory, {BARE: None, **adapters}, held_out, threads)
    judged = {BARE: None, **{system: adapters[_name(system, seeds[0])] for system in SYSTEMS}}
    pairs = load_pairs("held_out")
    written = judging.summaries(engine, judged, pairs, held_out)
    rouge = {system: judging.scores(texts, pairs) for system, texts in written.items()}
    results = {_name(*key): result for key, (result, _directory) in runs.items()}
    return _report(seeds, _Losses(found, held_out), rouge, {"runs": results, "written": written})


def _train(system: str, seed: int, base: KeptModel, rows: Sequence[Row], threads: int) -> tuple[dict[str, Any], Path]:
    if system == PEER:
        settings = TrainingSettings(epochs=1, seed=seed)
        found = train_once("trl", trl.request(base, rows, trl.ONE_BY_ONE, settings, threads), trl.train)
    else:
        settings = TrainingSettings(epochs=1, seed=seed, kind=KINDS[system])
        asked = {"base": base.weights_sha256, "code": own_code(), **ours.request(rows, settings, threads)}
        found = train_once("ours", asked, ours.train)
    steps = found[0]["steps"]
    print(f"{_name(system, seed)}: {len(steps)} steps, {steps[-1]['end'] - steps[0]['begin']:.0f} s", flush=True)
    return found


def _name(system: str, seed: int) -> str:
    return f"{system}, seed {seed}"


class _Losses:
    """Of held-out rows, by run."""

    def __init__(self, sums: Mapping[str, Sequence[float]], rows: Sequence[Row]) -> None:
        self.sums = sums
        self._targets = [sum(label >= 0 for label in row["labels"]) for row in rows]

    def of(self, run: str) -> float:
        """Mean over all target tokens, in nats."""
        return sum(self.sums[run]) / sum(self._targets)

    def by_document(self, runs: Sequence[str]) -> list[float]:
        """Of each row the mean over its tokens, and over the runs."""
        rows = zip(*(self.sums[run] for run in runs), strict=True)
        return [fmean(sums) / targets for sums, targets in zip(rows, self._targets, strict=True)]


def _report(
    seeds: Sequence[int], losses: _Losses, rouge: Mapping[str, Sequence[float]], details: Mapping[str, object]
) -> int:
    names = {BARE: [BARE], **{system: [_name(system, seed) for seed in seeds] for system in SYSTEMS}}
    documents = {system: losses.by_document(runs) for system, runs in names.items()}
    whole = {system: [losses.of(run) for run in runs] for system, runs in names.items()}
    changes = {system: difference(documents[system], documents[BARE]) for system in SYSTEMS}
    beside = {system: difference(documents[system], documents[PEER]) for system in KINDS}
    print("held-out loss in nats a token, a document counting as much as another; 95 % intervals over documents")
    for system, values in documents.items():
        print(
            f"{system:<12} {_shown(estimate(values))}"
            + (f"  less the base: {_shown(changes[system])}" if system in changes else "")
        )
    for system, change in beside.items():
        print(f"{system} less TRL: {_shown(change)}")
    for system, values in rouge.items():
        ahead = "" if system == BARE else f"  less the base: {difference(values, rouge[BARE])}"
        print(f"ROUGE-L, {system:<12} {estimate(values)}{ahead}")
    comparisons = [
        Comparison("held-out loss, lora / TRL", "nats", whole[LORA], whole[PEER], WITHIN),
        Comparison("held-out loss, alora / TRL", "nats", whole[ALORA], whole[PEER], None),
        *(Comparison(f"held-out loss, {system} / base", "nats", whole[system], whole[BARE], 1) for system in SYSTEMS),
    ]
    more = {
        "seeds": list(seeds),
        "documents": documents,
        "less_the_base": {system: dataclasses.asdict(change) for system, change in changes.items()},
        "less_trl": {system: dataclasses.asdict(change) for system, change in beside.items()},
        "rouge_l": dict(rouge),
        **details,
    }
    code = report("training_quality", comparisons, more)
    return code | int(changes[LORA].high >= 0 or beside[LORA].low > 0)


def _shown(found: Estimate) -> str:
    return f"{found.mean:+.4f} [{found.low:+.4f}, {found.high:+.4f}]"
