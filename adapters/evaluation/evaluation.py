"""One evaluation from beginning to end: what is tested with, who is measured, what came of it.

    held_out    documents it was not trained on       systems     who is asked, and how
    planning    what is measured, and what cannot be  measuring   losses and texts, each kept
    comparing   figures, differences, the verdict     forgetting  general knowledge before and after
    diagnosis   what is wrong with it, by name        lineage     where it comes from
    assembling  the report                            store       where it is kept

What cannot be judged is said in the report with its reason; only what nothing can be said about is an error.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Generator
from typing import TYPE_CHECKING

from adapters.dataset.prompting import messages
from adapters.evaluation import comparing, diagnosis
from adapters.evaluation.assembling import Findings, assembled, languages_of
from adapters.evaluation.faults import fault
from adapters.evaluation.measuring import Measuring, Meter, cost_of
from adapters.evaluation.planning import plan_for
from adapters.evaluation.report import ADAPTER, BASE, EXAMPLES, Report
from adapters.evaluation.saved import read_saved
from adapters.evaluation.store import weights_sha256
from adapters.evaluation.systems import Measured
from adapters.registry import AdapterRecord
from adapters.registry.journal import looking
from adapters.session import Session
from assistant.errors import AdapterError, AdapterNotFoundError, ContextOverflowError
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

    Afterwards the base answers without an adapter. Raises ModelError, OutOfMemoryError, Stopped; AdapterError for an
    adapter that cannot be used, where no fault has a name for it, or that another one took the place of meanwhile.
    """
    started, weights = time.monotonic(), weights_sha256(record.directory)
    asked = ModelRequest(job=request.job, model=record.model, device=request.device)
    engine = yield from session.bare_base(asked, should_stop)
    found = Findings(plan_for(request, record, dataset, engine), weights)
    evaluation = _Evaluation(request, record, engine, session, found, should_stop)
    try:
        yield from evaluation.run()
    except AdapterError as error:
        if record.directory.exists():
            raise
        raise _not_there_now(record) from error
    finally:
        evaluation.leave()
    if weights_sha256(record.directory) != weights:  # some of it may have been measured of either
        raise _not_there_now(record)
    seconds = time.monotonic() - started
    return assembled(record, dataset, engine, found, seconds, stemming=request.stemming)


def _not_there_now(record: AdapterRecord) -> AdapterError:
    if not record.directory.exists():
        return AdapterNotFoundError(
            _("There is no adapter “{name}” any more; the report about it is not kept.").format(name=record.name),
            _("`sunto adapters list` shows which there are."),
        )
    return AdapterError(
        _("The adapter “{name}” is another one now; the report about it is not kept.").format(name=record.name),
        _("To get it: sunto evaluate {name}").format(name=record.name),
    )


class _Evaluation:
    def __init__(
        self,
        request: Evaluate,
        record: AdapterRecord,
        engine: Engine,
        session: Session,
        found: Findings,
        should_stop: ShouldStop,
    ) -> None:
        self._request, self._record = request, record
        self._engine, self._session, self._should_stop = engine, session, should_stop
        self._found, self._plan = found, found.plan
        self._usable = True
        """Whether the adapter can answer at all."""

    def run(self) -> Generator[Event, None, None]:
        """Raises OutOfMemoryError, Stopped, AdapterError."""
        plan, found, request = self._plan, self._found, self._request
        found.gaps += plan.gaps()
        found.add_faults(diagnosis.of_files(self._record, self._engine))
        cost = cost_of(len(plan.systems), plan.items) + 2 * PROBES_COST * request.forgetting + EXAMINING_COST
        meter = Meter(request.job, cost)
        yield from self._measure(meter)
        yield from self._examine(meter)
        yield from self._look_for_forgetting(meter)
        found.texts = comparing.texts(plan.items, found.measured, stemming=request.stemming)
        yield from self._let_judge(meter)

    def leave(self) -> None:
        """As if nothing had been; earlier versions give up their memory."""
        self._session.use_adapter(None)
        for system in self._plan.systems:
            if system.record is not None and system.key != ADAPTER:
                self._session.forget_adapter(_resident(system).name)

    def _measure(self, meter: Meter) -> Generator[Event, None, None]:
        """Losses and texts of everybody."""
        plan = self._plan
        measuring = Measuring(self._engine, self._session.library, plan.config, meter, self._should_stop)
        self._found.measured = measuring.found
        for system in plan.systems:
            yield from meter.at(_named(system.key))
            if self._use(system):
                yield from measuring.measure(system, plan.items)
            else:
                yield from meter.skip(cost_of(1, plan.items))

    def _use(self, system: Measured) -> bool:
        """Whether it can answer; why not is a fault or a gap."""
        try:
            self._session.use_adapter(_resident(system) if system.record else None)
        except AdapterError as error:
            if system.key == ADAPTER:
                if not self._found.is_broken:
                    raise  # nobody could name it better than the error does
                self._usable = False
            self._found.add_gap(system.key, "broken", reason=error.message)
            return False
        return True

    def _examine(self, meter: Meter) -> Generator[Event, None, None]:
        """What is wrong with it that only asking the model shows."""
        from assistant.engine.adapter_files import read_adapter

        found = self._found
        yield from meter.at(_("whether it works as it should"))
        if count := found.measured.not_numbers.get(ADAPTER):
            found.add_faults([fault("not_a_number", examples=count)])
        items = [
            (messages(item.example.task, item.text, item.example.language), item.example.target)
            for item in self._plan.items
            if item.example.target.strip()
        ]
        if self._usable and not found.has_fault("not_a_number"):
            with looking():
                adapter, saved = read_adapter(self._record.directory), read_saved(self._record.directory)
            found.add_faults(
                diagnosis.of_model(
                    self._engine, adapter, items, try_strengths=saved is None, should_stop=self._should_stop
                )
            )
        yield from meter.advance(EXAMINING_COST)

    def _look_for_forgetting(self, meter: Meter) -> Generator[Event, None, None]:
        """General knowledge of the base and of the adapter."""
        from adapters.evaluation.forgetting import compare

        found = self._found
        if not self._request.forgetting:
            found.add_gap("forgetting", "not_asked")
        elif not self._usable:
            found.add_gap("forgetting", "broken")
        else:
            yield from meter.at(_("general knowledge, before and after"))
            try:
                before = yield from self._probed(None, meter)
                after = yield from self._probed(self._record, meter)
            except ContextOverflowError:
                found.add_gap("forgetting", "does_not_fit")
            else:
                found.forgetting = compare(before, after, languages_of(self._record, self._plan))

    def _probed(self, record: AdapterRecord | None, meter: Meter) -> Generator[Event, None, ProbeScores]:
        """Raises ContextOverflowError, OutOfMemoryError, Stopped."""
        from adapters.evaluation.probes.scores import kept_scores

        self._session.use_adapter(record)
        taking = kept_scores(self._engine, self._session.library, self._should_stop)
        left = PROBES_COST
        while True:
            try:
                _done, total = next(taking)
            except StopIteration as end:
                yield from meter.skip(left)
                return end.value
            yield from meter.advance(PROBES_COST / total)
            left -= PROBES_COST / total

    def _let_judge(self, meter: Meter) -> Generator[Event, None, None]:
        if not self._request.judge:
            return
        from adapters.evaluation.judge import judge

        yield from meter.at(_("the base model as a judge"))
        self._session.use_adapter(None)
        self._found.judge = judge(self._engine, self._found.texts, should_stop=self._should_stop)
        if self._found.judge is None:
            self._found.add_gap("judge", "wrote_nothing")


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
