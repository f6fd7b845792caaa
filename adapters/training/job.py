"""The training jobs: a data set → the loop → an adapter that is published at once when it is whole.

A training is prepared, tried for memory, run and published. Its run keeps everything that is needed to go on, so that
the job can be ended at any moment: stopped, paused or killed.

    checks       what is wrong before it begins        preparing    data, base, tokens, a plan for memory
    fit_trial    whether it fits; `fit`, `formula`     loop         the training itself
    telling      what is said on the way; `samples`    publishing   the card, and the adapter's place
    forgetting_watch   what the training costs, where the setting asks for it
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters import registry
from adapters.cards import Card
from adapters.evaluation import verification
from adapters.evaluation.verification import Expected
from adapters.registry import AdapterRecord
from adapters.session import Session
from adapters.training import fit, publishing, runs
from adapters.training.checks import check_alone, check_new, check_room, check_settings, check_unfinished
from adapters.training.fit_trial import FitTrial
from adapters.training.forgetting_watch import ForgettingWatch, what_is_known
from adapters.training.preparing import Prepared, Workbench, create_run, prepare, prepare_again, workbench
from adapters.training.rate_trial import rate_trial
from adapters.training.run import Run
from adapters.training.samples import Sampler, choose
from adapters.training.telling import Teller
from assistant.errors import Stopped, SuntoError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import CheckFit, Event, Notice, Progress, Train, TryRates

if TYPE_CHECKING:
    from adapters.evaluation.probes.scores import ProbeScores
    from adapters.training.records import Outcome
    from assistant.weights import KeptModel

Result = dict[str, Any]
Job = Generator[Event, None, Result]


def train_adapter(request: Train, session: Session, should_stop: ShouldStop) -> Job:
    """Raises DatasetError, AdapterError, ModelError, TrainingError; nothing is published unless all went well."""
    started = time.monotonic()
    check_alone(session)
    with ExitStack() as held:
        trained = yield from _trained(request, session, held, should_stop)
        run = trained.run
        with _failing(run):
            record = yield from _published(request.job, trained, session, should_stop)
        with suppress(OSError):  # the adapter is there: what is noted of it is no reason to fail
            run.note(published=True, state="finished")
        session.forget_adapter(record.name)
    if subject := str(run.about["subject"]):
        session.library.set_subject_adapter(subject, record.name)
    result = {**_result(record, trained), "subject": subject, "seconds": time.monotonic() - started}
    return {**result, "evaluation": (yield from _evaluated(request, record, trained, session, should_stop))}


def _evaluated(
    request: Train, record: AdapterRecord, trained: _Trained, session: Session, should_stop: ShouldStop
) -> Job:
    """What came of the adapter, summed up; empty where nobody asked."""
    from adapters.evaluation_jobs import report_after_training

    if not request.evaluate:
        return {}
    return (yield from report_after_training(request, record, trained.device, session, should_stop))


def check_fit(request: CheckFit, session: Session, should_stop: ShouldStop) -> Job:
    """What was said of the fit last. Raises as `train_adapter`, but not for want of memory."""
    check_alone(session)
    check_settings(request)
    prepared = yield from prepare(request, session, should_stop, few=True)
    with workbench(prepared, session) as bench:
        trial = FitTrial(prepared, bench)
        yield from trial.events(should_stop)
    told = trial.told
    return {
        "fits": told.fits,
        "measured": told.measured,
        "needed_bytes": told.needed_bytes,
        "free_bytes": told.free_bytes,
        "steps": told.steps,
        "seconds": told.seconds_left,
        "parts": [list(part) for part in told.parts],
        "advice": list(told.advice),
        "plan": asdict(trial.prepared.plan),
    }


def try_rates(request: TryRates, session: Session, should_stop: ShouldStop) -> Job:
    """Raises as `train_adapter`."""
    check_alone(session)
    check_settings(request)
    prepared = yield from prepare(request, session, should_stop, few=True)
    with workbench(prepared, session) as bench:
        return (yield from rate_trial(prepared, bench, should_stop))


def _fitted(prepared: Prepared, bench: Workbench, should_stop: ShouldStop) -> Generator[Event, None, Prepared]:
    """With a plan that fits. Raises OutOfMemoryError where there is none."""
    trial = FitTrial(prepared, bench, anew=False)
    yield from trial.events(should_stop)
    if not trial.told.fits:
        raise fit.too_large(prepared.name, bench.engine.device.type)
    return trial.prepared


def _run(
    prepared: Prepared, bench: Workbench, run: Run, known: ProbeScores | None, should_stop: ShouldStop
) -> Generator[Event, None, Outcome]:
    """Raises Stopped, with a checkpoint written."""
    from adapters.training.loop import train

    engine, adapter = bench.engine, bench.adapter
    sampler = Sampler(engine, adapter.snapshot, engine.aside, choose(prepared.data.held_out))
    teller = Teller(prepared.job, engine, sampler, should_stop)
    watch = known and ForgettingWatch(engine, adapter.snapshot, engine.aside, known, should_stop)
    yield Progress(job=prepared.job, stage="train", done=0, total=0)
    loop = train(
        bench.forward,
        adapter,
        prepared.tokens.train,
        prepared.tokens.held_out,
        prepared.settings,
        run,
        should_stop,
        fit.RoomMaker(prepared, engine.forget),
        prepared.plan.optimizer,
        watch,
    )
    while True:
        try:
            told = next(loop)
        except StopIteration as end:
            outcome: Outcome = end.value
            break
        yield from teller.events(told)
    if outcome.end == "stopped":
        raise Stopped
    return outcome


@dataclass(frozen=True)
class _Trained:
    """What is left when the model is free again: no part of it is held here, so that it can be unloaded."""

    run: Run
    outcome: Outcome
    saved: Path
    """The folder that can be published."""
    card: Card
    expected: Expected
    kept: KeptModel
    device: str
    base_bytes: int
    examples: int
    held_out: int


def _trained(
    request: Train, session: Session, held: ExitStack, should_stop: ShouldStop
) -> Generator[Event, None, _Trained]:
    """The adapter in a folder of its own, not published yet."""
    if request.resume:
        run = held.enter_context(runs.open_run(request.name))
        check_unfinished(run)
        prepared = yield from prepare_again(request, run, session, should_stop)
    else:
        check_settings(request)
        check_new(request, session)
        run = None
        prepared = yield from prepare(request, session, should_stop, few=request.few)
    base_bytes = prepared.engine.memory_bytes
    known = yield from what_is_known(prepared.job, prepared.engine, session, should_stop)
    with workbench(prepared, session) as bench:
        check_room(prepared.name, bench.adapter.nbytes)
        if run is None:
            prepared = yield from _fitted(prepared, bench, should_stop)
            run = held.enter_context(create_run(prepared, subject=request.subject, overwrite=request.overwrite))
        with _failing(run):
            outcome = yield from _run(prepared, bench, run, known, should_stop)
            saved = held.enter_context(registry.staging())
            card = publishing.card_of(prepared, outcome, run)
            digests = publishing.save(saved, bench.engine, bench.adapter, card)
            expected = publishing.expected_of(bench, prepared, digests)
    return _Trained(
        run=run,
        outcome=outcome,
        saved=saved,
        card=card,
        expected=expected,
        kept=prepared.engine.kept,
        device=prepared.engine.device.type,
        base_bytes=base_bytes,
        examples=len(prepared.tokens.train),
        held_out=len(prepared.tokens.held_out),
    )


def _published(
    job: str, trained: _Trained, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, AdapterRecord]:
    """Raises TrainingError, AdapterError; the run can then go on, which is to publish again."""
    with suppress(OSError):
        trained.run.note(state="running")  # killed from here on, it was interrupted
    yield Progress(job=job, stage="check", done=0, total=0)
    if not verification.has_room(trained.device, trained.base_bytes):
        session.unload()  # the process that checks loads the base a second time
    try:
        checks = verification.verify(
            trained.saved, trained.kept, trained.device, trained.expected, trained.card, should_stop
        )
    except Stopped:
        with suppress(OSError):
            trained.run.note(state="paused")
        raise
    name, overwrite = trained.run.name, bool(trained.run.about["overwrite"])
    if reason := verification.why_not_looked_at(checks):
        yield Notice(
            job=job,
            level="warning",
            message=_("Whether “{name}” works as it was saved could not be checked: {reason}.").format(
                name=name, reason=reason.rstrip(".")
            ),
            hint=_("Try it on a text before you rely on it."),
        )
    return publishing.publish(trained.saved, name, trained.card, checks, overwrite=overwrite)


@contextmanager
def _failing(run: Run) -> Generator[None]:
    """Note with the run that it failed, so that nobody takes it for one that was interrupted."""
    try:
        yield
    except SuntoError:
        with suppress(OSError):  # a full disk may be the very reason
            run.note(state="failed")
        raise


def _result(record: AdapterRecord, trained: _Trained) -> Result:
    run, outcome = trained.run, trained.outcome
    steps, _evaluations, _changes = publishing.curves(run.directory)
    return {
        "name": record.name,
        "directory": str(record.directory),
        "version": record.version,
        "versions": list(record.versions),
        "model": trained.kept.name,
        "kind": run.settings.kind,
        "steps": outcome.steps,
        "kept_step": outcome.kept_step,
        "ended": outcome.end,
        "examples": trained.examples,
        "held_out": trained.held_out,
        "first_loss": None,
        "last_loss": None,
        **publishing.trend([loss for _step, loss in steps]),
        "held_out_before": outcome.base_loss,
        "held_out_after": outcome.best_loss,
        "learning_rate": run.settings.learning_rate,
        "run": str(run.directory),
    }
