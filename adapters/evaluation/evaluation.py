"""One evaluation from beginning to end: what is tested with, who is measured, what came of it.

    held_out    documents it was not trained on       systems     who is asked, and how
    planning    what is measured, and what cannot be  measuring   losses and texts, each kept
    comparing   figures, differences, the verdict     forgetting  general knowledge before and after
    diagnosis   what is wrong with it, by name        lineage     where it comes from

What cannot be judged is said in the report with its reason; only what nothing can be said about is an error.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, cast

from adapters.dataset.prompting import messages
from adapters.evaluation import blind, comparing, diagnosis, probes, systems
from adapters.evaluation.faults import fault
from adapters.evaluation.held_out import data_of, described
from adapters.evaluation.lineage import lineage_of
from adapters.evaluation.measuring import Measurements, Measuring, Meter, cost_of
from adapters.evaluation.planning import SEED, Plan, plan_for
from adapters.evaluation.report import (
    ADAPTER,
    BASE,
    EXAMPLES,
    FORMAT,
    Check,
    Choices,
    Data,
    Fault,
    Forgetting,
    NotJudged,
    Report,
    Text,
)
from adapters.evaluation.saved import FOLDER, read_saved
from adapters.evaluation.store import weights_sha256
from adapters.evaluation.systems import Measured
from adapters.registry import AdapterRecord
from adapters.registry.journal import looking
from adapters.session import Session
from assistant import __version__
from assistant.errors import AdapterError, ContextOverflowError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Evaluate, Event, ModelRequest

if TYPE_CHECKING:
    from adapters.dataset.store import Dataset
    from adapters.evaluation.probes.scores import ProbeScores
    from assistant.engine.engine import Engine

PROBES_COST, EXAMINING_COST = 80.0, 30.0
"""Of the shipped probes with one system, and of looking for faults, beside a loss of `measuring.LOSS_COST`."""


def evaluate(
    request: Evaluate, record: AdapterRecord, dataset: Dataset | None, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Report]:
    """The report on an adapter as it is measured now. `dataset` is None where there is nothing to test with.

    Raises ModelError, OutOfMemoryError, Stopped.
    """
    started = time.monotonic()
    asked = ModelRequest(job=request.job, model=record.model, device=request.device)
    engine = yield from session.bare_base(asked, should_stop)
    evaluation = _Evaluation(request, record, dataset, engine, session, should_stop)
    try:
        yield from evaluation.run()
    finally:
        evaluation.leave()
    return evaluation.report(time.monotonic() - started)


class _Evaluation:
    """Fills in what a report holds, one part after another."""

    def __init__(
        self,
        request: Evaluate,
        record: AdapterRecord,
        dataset: Dataset | None,
        engine: Engine,
        session: Session,
        should_stop: ShouldStop,
    ) -> None:
        self._request, self._record, self._dataset = request, record, dataset
        self._engine, self._session, self._should_stop = engine, session, should_stop
        self._plan = plan_for(request, record, dataset, engine)
        self._gaps = list(self._plan.gaps())
        self._faults: list[Fault] = []
        self._unusable: set[str] = set()
        """Systems whose adapter cannot be used."""
        self._found = Measurements()
        self._texts: list[Text] = []
        self._forgetting: Forgetting | None = None
        self._judge: Choices | None = None

    def run(self) -> Generator[Event, None, None]:
        """Raises OutOfMemoryError, Stopped."""
        plan, request = self._plan, self._request
        self._faults = diagnosis.of_files(self._record, self._engine)
        cost = cost_of(len(plan.systems), plan.items) + 2 * PROBES_COST * request.forgetting + EXAMINING_COST
        meter = Meter(request.job, cost)
        yield from self._measure(meter)
        yield from self._examine(meter)
        yield from self._look_for_forgetting(meter)
        self._texts = comparing.texts(plan.items, self._found, stemming=request.stemming)
        yield from self._let_judge(meter)

    def leave(self) -> None:
        """Answer as if nothing had been; earlier versions give up their memory."""
        self._session.use_adapter(None)
        for system in self._plan.systems:
            if system.record is not None and system.key != ADAPTER:
                self._session.forget_adapter(_resident(system).name)

    # --- measuring -------------------------------------------------------------------------------------------

    def _measure(self, meter: Meter) -> Generator[Event, None, None]:
        plan = self._plan
        measuring = Measuring(self._engine, self._session.library, plan.config, meter, self._should_stop)
        self._found = measuring.found
        for system in plan.systems:
            yield from meter.at(_named(system.key))
            if self._use(system):
                yield from measuring.measure(system, plan.items)
            else:
                yield from meter.advance(cost_of(1, plan.items))

    def _use(self, system: Measured) -> bool:
        """Whether it can answer; why not is a fault or a gap."""
        try:
            self._session.use_adapter(_resident(system) if system.record else None)
        except AdapterError as error:
            if system.key == ADAPTER and not any(one["level"] == "error" for one in self._faults):
                raise  # nobody could name it better than the error does
            self._unusable.add(system.key)
            self._gaps.append(NotJudged(what=system.key, why="broken", details={"reason": error.message}))
            return False
        return True

    def _look_for_forgetting(self, meter: Meter) -> Generator[Event, None, None]:
        """General knowledge of the base and of the adapter. Raises OutOfMemoryError, Stopped."""
        from adapters.evaluation.forgetting import compare

        if not self._request.forgetting:
            self._gaps.append(NotJudged(what="forgetting", why="not_asked", details={}))
        elif ADAPTER in self._unusable:
            self._gaps.append(NotJudged(what="forgetting", why="broken", details={}))
        else:
            yield from meter.at(_("general knowledge, before and after"))
            try:
                before = yield from self._probed(None, meter)
                after = yield from self._probed(self._record, meter)
            except ContextOverflowError:
                self._gaps.append(NotJudged(what="forgetting", why="does_not_fit", details={}))
            else:
                self._forgetting = compare(before, after, _languages(self._record, self._plan))

    def _probed(self, record: AdapterRecord | None, meter: Meter) -> Generator[Event, None, ProbeScores]:
        """Raises ContextOverflowError, OutOfMemoryError, Stopped."""
        from adapters.evaluation.probes.scores import kept_scores

        self._session.use_adapter(record)
        taking = kept_scores(self._engine, self._session.library, self._should_stop)
        spent = 0.0
        while True:
            try:
                _done, total = next(taking)
            except StopIteration as end:
                yield from meter.advance(PROBES_COST - spent)
                return end.value
            yield from meter.advance(PROBES_COST / total)
            spent += PROBES_COST / total

    def _examine(self, meter: Meter) -> Generator[Event, None, None]:
        """What is wrong with it that only asking the model shows. Raises OutOfMemoryError, Stopped."""
        from assistant.engine.adapter_files import read_adapter

        yield from meter.at(_("whether it works as it should"))
        self._faults += [one for one in _not_numbers(self._found) if one["name"] not in _names(self._faults)]
        items = [
            (messages(item.example.task, item.text, item.example.language), item.example.target)
            for item in self._plan.items
            if item.example.target.strip()
        ]
        if ADAPTER not in self._unusable and "not_a_number" not in _names(self._faults):
            with looking():
                adapter = read_adapter(self._record.directory)
                unknown = read_saved(self._record.directory) is None
            found = diagnosis.of_model(
                self._engine, adapter, items, try_strengths=unknown, should_stop=self._should_stop
            )
            self._faults += [one for one in found if one["name"] not in _names(self._faults)]
        yield from meter.advance(EXAMINING_COST)

    def _let_judge(self, meter: Meter) -> Generator[Event, None, None]:
        """Raises OutOfMemoryError, Stopped."""
        from adapters.evaluation.judge import judge

        if self._request.judge:
            yield from meter.at(_("the base model as a judge"))
            self._session.use_adapter(None)
            self._judge = judge(self._engine, self._texts, should_stop=self._should_stop)
            if self._judge is None:
                self._gaps.append(NotJudged(what="judge", why="wrote_nothing", details={}))

    # --- the report ------------------------------------------------------------------------------------------

    def report(self, seconds: float) -> Report:
        plan, found = self._plan, self._found
        numbers = comparing.compare([system.key for system in plan.systems], plan.items, found, self._texts)
        languages = _languages(self._record, plan)
        report = Report(
            format=FORMAT,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            sunto=__version__,
            seconds=round(seconds, 1),
            adapter=_adapter(self._record),
            model=self._engine.name,
            device=self._engine.device.type,
            data=_data(self._record, self._dataset, plan),
            settings=self._settings(languages),
            systems=numbers.systems,
            differences=numbers.differences,
            texts=self._texts,
            best=numbers.best,
            worst=numbers.worst,
            forgetting=self._forgetting,
            checks=_checks(self._record),
            faults=self._faults,
            not_judged=[*self._gaps, *comparing.gaps(found, self._texts, numbers)],
            judge=self._judge,
            blind=blind.finished(self._record.directory / FOLDER, self._texts),
            lineage=lineage_of(self._record, plan.training),
            verdict="not_judged",
        )
        report["faults"] += diagnosis.of_report(report)
        report["verdict"] = comparing.verdict(report)
        return report

    def _settings(self, languages: Sequence[str]) -> dict[str, Any]:
        from adapters.evaluation.chrf import signature
        from adapters.evaluation.words import STEMMERS

        plan = self._plan
        return {
            "stemming": {code: STEMMERS[code] for code in languages if code in STEMMERS}
            if self._request.stemming
            else "",
            "chrf": signature() if self._texts else "",
            "max_new_tokens": plan.config.max_new_tokens,
            "repetition_penalty": plan.config.repetition_penalty,
            "max_tokens": plan.window,
            "seed": SEED,
            "examples_in_prompt": plan.shots,
            "prompts": systems.PROMPTS,
            "probes": probes.VERSION,
        }


def _not_numbers(found: Measurements) -> list[Fault]:
    count = found.not_numbers.get(ADAPTER, 0)
    return [fault("not_a_number", examples=count)] if count else []


def _names(faults: Sequence[Fault]) -> set[str]:
    return {one["name"] for one in faults}


def _adapter(record: AdapterRecord) -> dict[str, Any]:
    return {
        "name": record.name,
        "version": record.version,
        "kind": record.kind,
        "subject": record.subject,
        "created": record.created,
        "sha256": weights_sha256(record.directory),
    }


def _data(record: AdapterRecord, dataset: Dataset | None, plan: Plan) -> Data:
    """`file` is what a person called the data: on the card where it is the adapter's own, else the data set's name."""
    said = data_of(record)
    own = dataset is not None and dataset.sha256 == said.get("sha256")
    file = str(said.get("file") or "") if own else _file_of(dataset)
    return described(plan.data, dataset, plan.written, file)


def _file_of(dataset: Dataset | None) -> str:
    paths = (dataset.about.get("paths") or []) if dataset else []
    return PurePath(str(paths[0])).name if paths else (dataset.name if dataset else "")


def _checks(record: AdapterRecord) -> list[Check]:
    """What was looked at when it was saved, from its card, which may be a stranger's."""
    scores: object = record.card.get("scores")
    checks: object = cast("Mapping[str, Any]", scores).get("checks") if isinstance(scores, dict) else None
    rows = cast("list[Any]", checks) if isinstance(checks, list) else []
    return [
        cast("Check", row)
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("name"), str) and row.get("passed") in (True, False, None)
    ]


def _languages(record: AdapterRecord, plan: Plan) -> list[str]:
    """Those it is for, as its card says, and those it was tested in."""
    said: object = record.card.get("language")
    named = [code for code in cast("list[object]", said) if isinstance(code, str)] if isinstance(said, list) else []
    return sorted({*named, *plan.languages})


def _resident(system: Measured) -> AdapterRecord:
    """Under a name of its own in memory: an earlier version has its adapter's."""
    assert system.record is not None
    if system.key == ADAPTER:
        return system.record
    return dataclasses.replace(system.record, name=f"{system.record.name} {system.key}")


def _named(system: str) -> str:
    """For the line of progress."""
    names = {
        BASE: _("the base model"),
        EXAMPLES: _("the base model with two examples"),
        ADAPTER: _("the adapter"),
    }
    return names.get(system) or _("version {number}").format(number=system.partition(":")[2])
