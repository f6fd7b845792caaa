"""From all that was found to the report: figures and names, what was left out, and how it was measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from adapters.evaluation import blind, comparing, diagnosis, probes, systems
from adapters.evaluation.held_out import data_of, described
from adapters.evaluation.lineage import lineage_of, with_measured
from adapters.evaluation.measuring import Measurements
from adapters.evaluation.planning import SEED, Plan
from adapters.evaluation.report import FORMAT, Check, Choices, Data, Fault, Forgetting, NotJudged, Report, Text
from adapters.evaluation.saved import FOLDER
from adapters.registry import AdapterRecord
from assistant import __version__

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset
    from assistant.engine.engine import Engine


@dataclass
class Findings:
    """What an evaluation fills in, one part after another."""

    plan: Plan
    weights_sha256: str
    """Of the adapter that was measured."""
    measured: Measurements = field(default_factory=Measurements)
    texts: list[Text] = field(default_factory=list[Text])
    gaps: list[NotJudged] = field(default_factory=list[NotJudged])
    faults: list[Fault] = field(default_factory=list[Fault])
    forgetting: Forgetting | None = None
    judge: Choices | None = None

    def add_gap(self, what: str, why: str, **details: Any) -> None:
        self.gaps.append(NotJudged(what=what, why=why, details=details))

    def add_faults(self, faults: Sequence[Fault]) -> None:
        """Each name once."""
        self.faults += [fault for fault in faults if not self.has_fault(fault["name"])]

    def has_fault(self, name: str) -> bool:
        return any(fault["name"] == name for fault in self.faults)

    @property
    def is_broken(self) -> bool:
        return any(fault["level"] == "error" for fault in self.faults)


def assembled(
    record: AdapterRecord, dataset: Dataset | None, engine: Engine, found: Findings, seconds: float, *, stemming: bool
) -> Report:
    plan = found.plan
    numbers = comparing.compare([system.key for system in plan.systems], plan.items, found.measured, found.texts)
    report = Report(
        format=FORMAT,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        sunto=__version__,
        seconds=round(seconds, 1),
        adapter=_adapter(record, found.weights_sha256),
        model=engine.name,
        device=engine.device.type,
        data=_data(record, dataset, plan),
        settings=_settings(plan, languages_of(record, plan) if stemming else (), texts=bool(found.texts)),
        systems=numbers.systems,
        differences=numbers.differences,
        texts=found.texts,
        best=numbers.best,
        worst=numbers.worst,
        forgetting=found.forgetting,
        checks=checks_on_card(record),
        faults=found.faults,
        not_judged=[*found.gaps, *comparing.gaps(found.measured, found.texts, numbers)],
        judge=found.judge,
        blind=blind.finished(record.directory / FOLDER, found.texts),
        lineage=with_measured(lineage_of(record, plan.training), numbers.systems),
        verdict="not_judged",
    )
    report["faults"] = [*found.faults, *diagnosis.of_report(report)]
    report["verdict"] = comparing.verdict(report)
    return report


def languages_of(record: AdapterRecord, plan: Plan) -> list[str]:
    """Those an adapter is for, as its card says, and those it is tested in."""
    said: object = record.card.get("language")
    named = [code for code in cast("list[object]", said) if isinstance(code, str)] if isinstance(said, list) else []
    return sorted({*named, *plan.languages})


def _settings(plan: Plan, stemmed: Sequence[str], *, texts: bool) -> dict[str, Any]:
    from adapters.evaluation.chrf import signature
    from adapters.evaluation.words import STEMMERS

    return {
        "stemming": {code: STEMMERS[code] for code in stemmed if code in STEMMERS} or "",
        "chrf": signature() if texts else "",
        "max_new_tokens": plan.config.max_new_tokens,
        "repetition_penalty": plan.config.repetition_penalty,
        "max_tokens": plan.window,
        "seed": SEED,
        "examples_in_prompt": plan.shots,
        "prompts": systems.PROMPTS,
        "probes": probes.VERSION,
    }


def _adapter(record: AdapterRecord, sha256: str) -> dict[str, Any]:
    return {
        "name": record.name,
        "version": record.version,
        "kind": record.kind,
        "subject": record.subject,
        "created": record.created,
        "sha256": sha256,
    }


def _data(record: AdapterRecord, dataset: Dataset | None, plan: Plan) -> Data:
    """`file` is what a person called the data: on the card where it is the adapter's own, else where it came from."""
    said = data_of(record)
    own = dataset is not None and dataset.sha256 == said.get("sha256")
    file = str(said.get("file") or "") if own else _file_of(dataset)
    return described(plan.data, dataset, plan.written, file)


def _file_of(dataset: Dataset | None) -> str:
    paths = (dataset.about.get("paths") or []) if dataset else []
    return PurePath(str(paths[0])).name if paths else (dataset.name if dataset else "")


def checks_on_card(record: AdapterRecord) -> list[Check]:
    """What was looked at when it was saved, from its card, which a stranger may have written."""
    scores: object = record.card.get("scores")
    checks: object = cast("dict[str, Any]", scores).get("checks") if isinstance(scores, dict) else None
    listed = cast("list[object]", checks) if isinstance(checks, list) else []
    return [cast("Check", one) for one in listed if isinstance(one, dict) and _is_check(cast("dict[str, Any]", one))]


def _is_check(said: dict[str, Any]) -> bool:
    passed = said.get("passed", "")
    return isinstance(said.get("name"), str) and (passed is None or isinstance(passed, bool))
