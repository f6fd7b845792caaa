"""Which kind of adapter is worth more, `lora` or `alora`: judged by the report that every student gets.

The adapters are those of `python -m benchmarks.training quality`, whose figures are published: 300 real pairs, one
epoch at 1e-4, three seeds. Each is installed with the data it was trained on, measured on the 60 pairs held out, and
told whether it forgot. Then the two kinds are compared document by document, the mean over the seeds of each: losses on
all 60, texts on as many as were written.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, TypeVar

from adapters import registry
from adapters.cards import new_card, write_card
from adapters.dataset import store as datasets
from adapters.dataset.example import Example, Place, Split, example_id
from adapters.evaluation import statistics, store
from adapters.evaluation.evaluation import evaluate
from adapters.evaluation.measuring import Measuring, Meter
from adapters.evaluation.metrics import METRICS
from adapters.evaluation.planning import plan_for
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, PRIMARY, Difference, Report
from adapters.session import Session
from assistant.config import Settings
from assistant.generation import never_stop
from assistant.protocol import Evaluate, ModelRequest, Progress
from assistant.weights import KeptModel, ensure_model
from benchmarks.measure import RESULTS, keep
from benchmarks.training.kept import kept_dir
from benchmarks.training.pairs import load_pairs

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset

KINDS = ("lora", "alora")
DATA = "scitldr"
T = TypeVar("T")
Values = dict[str, dict[str, float]]
"""By metric, then by document."""
_SPLITS: dict[str, Split] = {"train": "train", "held_out": "test"}


def main(seeds: Sequence[int], texts: int, threads: int) -> int:
    import torch

    torch.set_num_threads(threads)
    base, dataset = ensure_model("starter"), _dataset()
    trained = {(kind, seed): kept_adapter(kind, seed) for kind in KINDS for seed in seeds}
    session = Session(Settings(model="starter", device="cpu"))
    reports: dict[tuple[str, int], Report] = {}
    values: dict[tuple[str, int], dict[str, Values]] = {}
    try:
        for (kind, seed), directory in trained.items():
            record = installed(f"benchmark-{kind}-{seed}", directory, base, dataset)
            asked = Evaluate(job="benchmark", name=record.name, texts=texts, earlier=0)
            report = _done(evaluate(asked, record, dataset, session, never_stop))
            store.keep(record.name, report)
            reports[kind, seed] = report
            losses = {system: _losses(asked, record, dataset, session, system) for system in (BASE, ADAPTER)}
            values[kind, seed] = {
                system: {**_of_texts(report, system), PRIMARY: found} for system, found in losses.items()
            }
            print(f"{kind}, seed {seed}: {json.dumps(_judged(report))}", flush=True)
    finally:
        session.close()
    return _report(seeds, reports, values)


def kept_adapter(kind: str, seed: int) -> Path:
    """The very one whose training is published. Raises SystemExit where it is not kept here."""
    published = json.loads((RESULTS / "training_quality.json").read_text(encoding="utf-8"))["runs"]
    steps = published[f"ours, {kind}, seed {seed}"]["steps"]
    for result in kept_dir().glob("ours-*/result.json"):
        if json.loads(result.read_text(encoding="utf-8"))["steps"] == steps:
            return result.parent / "adapter"
    raise SystemExit("The published adapters are not here: python -m benchmarks.training quality makes them anew.")


def installed(name: str, directory: Path, base: KeptModel, dataset: Dataset) -> registry.AdapterRecord:
    """In the registry, with a card that names its base and its data."""
    card = new_card(
        name=name,
        base=base,
        language=["en"],
        data={"name": dataset.name, "file": "train.jsonl", "sha256": dataset.sha256},
    )
    if registry.is_taken(name):
        registry.remove(name)
    with registry.staging() as staging:
        for file in sorted(directory.iterdir()):
            (staging / file.name).write_bytes(file.read_bytes())
        write_card(staging, card)
        registry.publish(staging, name, overwrite=False)
    return registry.get_adapter(name)


def _dataset() -> Dataset:
    """The 300 pairs as what was trained on, the 60 as what is tested with."""
    examples = [_example(pair, split) for name, split in _SPLITS.items() for pair in load_pairs(name)]
    return datasets.save(DATA, examples, {}, overwrite=True)


def _example(pair: Any, split: Split) -> Example:
    return Example(
        id=example_id("summarize", pair.document, pair.summary, pair.name),
        task="summarize",
        text=pair.document,
        target=pair.summary,
        language="en",
        tier="A",
        origin="row",
        group=pair.name,
        place=Place(document=pair.name),
        split=split,
    )


def _losses(
    asked: Evaluate, record: registry.AdapterRecord, dataset: Dataset, session: Session, system: str
) -> dict[str, float]:
    """Of all held-out pairs, by document. The evaluation has kept them: nothing is measured again."""
    engine = _done(session.bare_base(ModelRequest(job=asked.job, model=record.model), never_stop))
    plan = plan_for(asked, record, dataset, engine)
    measured = next(one for one in plan.systems if one.key == system)
    measuring = Measuring(engine, session.library, plan.config, Meter(asked.job, 1.0), never_stop)
    session.use_adapter(measured.record)
    _done(measuring.measure(measured, [item._replace(write=False) for item in plan.items]))
    found = measuring.found.losses[system]
    return {
        item.example.place.document: found[item.example.id].nats / found[item.example.id].tokens for item in plan.items
    }


def _done(job: Generator[Any, None, T]) -> T:
    while True:
        try:
            event = next(job)
        except StopIteration as end:
            return end.value
        if isinstance(event, Progress) and event.stage == "evaluate":
            print(f"\r{event.done:.0f} of {event.total:.0f}  {event.detail:<40}", end="", flush=True)


def _judged(report: Report) -> dict[str, Any]:
    """What decides, and what it costs."""
    found = store.summed_up(report)
    beside = [one for one in report["differences"] if one["metric"] == PRIMARY and one["against"] == EXAMPLES]
    forgetting = report["forgetting"]
    return {
        **found,
        "beside_two_examples": beside[0] if beside else None,
        "forgetting": {p["language"] or "all": p["loss_change"] for p in forgetting["probes"]} if forgetting else None,
    }


def _report(
    seeds: Sequence[int],
    reports: Mapping[tuple[str, int], Report],
    values: Mapping[tuple[str, int], Mapping[str, Values]],
) -> int:
    documents = {kind: _mean_of([values[kind, seed][ADAPTER] for seed in seeds]) for kind in KINDS}
    base = values["lora", seeds[0]][BASE]
    against = _between(documents["lora"], documents["alora"], "lora", "alora")
    less_base = {kind: _between(documents[kind], base, kind, BASE) for kind in KINDS}
    print("\nlora less alora, the mean over the seeds; 95 % intervals over documents")
    for difference in against:
        print(f"{difference['metric']:<14} {_shown(difference)}")
    for kind, differences in less_base.items():
        print(f"{kind:<6} less the base, {PRIMARY}: {_shown(differences[0])}")
    keep(
        "evaluation_kinds",
        {
            "seeds": list(seeds),
            "lora_less_alora": against,
            "less_the_base": less_base,
            "judged": {f"{kind}, seed {seed}": _judged(report) for (kind, seed), report in reports.items()},
            "settings": next(iter(reports.values()))["settings"],
            "systems": {f"{kind}, seed {seed}": report["systems"] for (kind, seed), report in reports.items()},
        },
    )
    return 0


def _of_texts(report: Report, system: str) -> Values:
    found: Values = {}
    for text in report["texts"]:
        for metric, value in text["scores"].get(system, {}).items():
            found.setdefault(metric, {})[text["document"]] = value
    return found


def _mean_of(seeds: Sequence[Values]) -> Values:
    """Over the seeds, of what all of them have."""
    metrics = [metric for metric in METRICS if all(metric in values for values in seeds)]
    return {
        metric: {
            document: fmean(values[metric][document] for values in seeds)
            for document in seeds[0][metric]
            if all(document in values[metric] for values in seeds)
        }
        for metric in metrics
    }


def _between(of: Values, against: Values, name: str, other: str) -> list[Difference]:
    found = [
        statistics.difference(metric, name, other, values, against[metric])
        for metric, values in of.items()
        if metric in against
    ]
    return statistics.adjusted(found)


def _shown(found: Difference) -> str:
    low, high = found["low"], found["high"]
    if low is None or high is None:
        return f"{found['mean']:+.4f}"
    return f"{found['mean']:+.4f} [{low:+.4f}, {high:+.4f}] {found['verdict']}"
