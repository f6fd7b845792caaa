"""From a request, or from a run that was begun, to a training that can go on: data, base, tokens, a plan for memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.in_training import InTraining
from adapters.registry import AdapterRecord
from adapters.session import Session
from adapters.training import data as examples_of
from adapters.training import runs
from adapters.training.data import Tokens, TrainingData
from adapters.training.fit import MAX_TOKENS, Demand, shortage_in_words
from adapters.training.ladder import Plan
from adapters.training.run import Run, damaged
from adapters.training.settings import TrainingSettings
from assistant.errors import TrainingError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event, ModelRequest
from assistant.protocol.training_requests import TrainingRequest

if TYPE_CHECKING:
    from adapters.training.forward import Forward
    from adapters.training.lora import AdapterInTraining
    from assistant.engine.adapter_files import LoraSettings
    from assistant.engine.engine import Engine


@dataclass(frozen=True)
class Prepared:
    """A training that can begin, or go on."""

    job: str
    name: str
    settings: TrainingSettings
    data: TrainingData
    engine: Engine
    tokens: Tokens
    windows: tuple[int, ...]
    """See `data.tokenized`."""
    plan: Plan

    @property
    def demand(self) -> Demand:
        return Demand.of(self.engine, self.tokens, self.settings)

    @property
    def lora_settings(self) -> LoraSettings:
        from assistant.engine.adapter_files import LoraSettings

        invocation = self.engine.invocation_tokens() if self.settings.kind == "alora" else ()
        return LoraSettings(self.settings.r, self.settings.lora_alpha, self.settings.lora_dropout, invocation)

    def shortened(self, max_tokens: int) -> Prepared:
        """With texts of so many tokens at the most."""
        windows = (*self.windows, max_tokens)
        return dataclasses.replace(self, windows=windows, tokens=examples_of.tokenized(self.data, self.engine, windows))


def prepare(
    request: TrainingRequest, session: Session, should_stop: ShouldStop, *, few: bool
) -> Generator[Event, None, Prepared]:
    """A training that is new. Raises DatasetError, ModelError, ConfigError."""
    found = yield from examples_of.load(request.data, request.job, session, should_stop, few=few)
    engine = yield from _base(request.job, request.model, request.device, session, should_stop)
    settings = _settings(request)
    device = engine.device.type
    window = min(settings.max_tokens or MAX_TOKENS[device], engine.context_tokens)
    tokens = yield from examples_of.tokenizing(request.job, found, engine, (window,), should_stop)
    plan = Demand.of(engine, tokens, settings).plan(window)
    prepared = Prepared(request.job, request.name, settings, found, engine, tokens, (window,), plan)
    if plan.max_tokens < window:
        prepared = prepared.shortened(plan.max_tokens)
    yield from examples_of.told(request.job, prepared.tokens)
    return prepared


def prepare_again(
    request: TrainingRequest, run: Run, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Prepared]:
    """A training that was begun, as it was: its own data and settings count. Raises TrainingError, ModelError."""
    about, rungs = run.about, run.rungs()
    try:
        found = TrainingData(run.examples(), about["data"])
        model, weights, device = str(about["model"]), str(about["weights_sha256"]), str(about["device"])
        windows = (*about["windows"], *(rung["plan"]["max_tokens"] for rung in rungs if rung["rung"] == "window"))
        plan = Plan(**(rungs[-1]["plan"] if rungs else about["plan"]))
    except (KeyError, TypeError) as error:
        raise damaged(run.name) from error
    engine = yield from _base(request.job, model, request.device or device, session, should_stop)
    if engine.kept.weights_sha256 != weights:
        raise TrainingError(
            _("The base model {model} is not the one that “{name}” was being trained on.").format(
                model=engine.name, name=run.name
            ),
            _("Fetch that one again, or begin the training anew with --overwrite."),
        )
    tokens = yield from examples_of.tokenizing(request.job, found, engine, windows, should_stop)
    return Prepared(request.job, run.name, run.settings, found, engine, tokens, windows, plan)


def create_run(prepared: Prepared, *, subject: str, overwrite: bool) -> Run:
    """The directory in which everything is that is needed to go on. Raises TrainingError."""
    engine = prepared.engine
    about: Mapping[str, Any] = {
        "data": dict(prepared.data.about),
        "model": engine.name,
        "weights_sha256": engine.kept.weights_sha256,
        "device": engine.device.type,
        "subject": subject,
        "overwrite": overwrite,
        "windows": list(prepared.windows),
        "plan": dataclasses.asdict(prepared.plan),
    }
    return runs.create(prepared.name, prepared.settings, about, prepared.data.examples, overwrite=overwrite)


@dataclass(frozen=True)
class Workbench:
    """The base in the layout that has gradients, with an adapter on it."""

    engine: Engine
    adapter: AdapterInTraining
    forward: Forward


@contextmanager
def workbench(prepared: Prepared, session: Session) -> Generator[Workbench]:
    """While it is open, other jobs get the model only in their turn (`adapters.in_training`).

    Raises OutOfMemoryError for whatever in it finds memory too short.
    """
    from adapters.training.forward import Forward
    from adapters.training.lora import AdapterInTraining

    engine, settings = prepared.engine, prepared.settings
    record = AdapterRecord(prepared.name, runs.runs_dir() / prepared.name, engine.name, settings.r, kind=settings.kind)
    with shortage_in_words(prepared.name, engine.device.type), engine.training() as model:
        adapter = AdapterInTraining.attach(model, prepared.lora_settings, settings.seed)
        with session.in_training(InTraining(record, engine, engine.aside, adapter.snapshot)):
            yield Workbench(engine, adapter, Forward(engine, adapter, prepared.plan, settings.kind))


def _base(
    job: str, model: str, device: str, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Engine]:
    return (yield from session.bare_base(ModelRequest(job=job, model=model, device=device), should_stop))


def _settings(request: TrainingRequest) -> TrainingSettings:
    known = {item.name for item in dataclasses.fields(TrainingSettings)}
    given = {item.name: getattr(request, item.name) for item in dataclasses.fields(request) if item.name in known}
    return TrainingSettings(**given)
