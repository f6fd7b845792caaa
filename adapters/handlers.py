"""What each request does: puts the parts together, computes nothing itself.

Imports of anything heavy are inside the functions, so that a command pays only for what it uses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from typing import Any

from adapters.answering import SummaryJob, answered, summarized, summary_options
from adapters.reading import read_documents
from adapters.relay import Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import Stopped
from assistant.generation import ShouldStop
from assistant.protocol import Event

Result = dict[str, Any]
Handler = Callable[[Any, Session, ShouldStop], Generator[Event, None, Result]]


def immediate(look_up: Callable[[Any], Result]) -> Handler:
    """A handler from a function that answers at once."""

    def handler(request: Any, _session: Session, _should_stop: ShouldStop) -> Generator[Event, None, Result]:
        yield from ()
        return look_up(request)

    return handler


# --- documents -------------------------------------------------------------------------------------------------


def summarize(request: SummaryJob, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    summary_options(request, session.settings)  # a mistake is heard before anything is read
    reading = yield from read_documents(request, session, should_stop)
    return (yield from summarized(request, reading, session, should_stop))


def chat(request: protocol.Chat, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    reading = yield from read_documents(request, session, should_stop)
    return (yield from answered(request, reading, session, should_stop))


# --- models and adapters ---------------------------------------------------------------------------------------


def load_model(
    request: protocol.LoadModel, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Result]:
    engine = yield from session.engine(request, should_stop)
    return {
        "model": engine.name,
        "adapter": engine.adapter or "",
        "device": engine.device.type,
        "memory_bytes": engine.memory_bytes,
        "context_tokens": engine.context_tokens,
    }


def fetch_model(
    request: protocol.FetchModel, _session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Result]:
    from assistant.weights import ensure_model

    kept = yield from relay(
        lambda emit: ensure_model(
            request.model,
            on_progress=(reporter := Reporter(request.job, emit)).progress,
            on_notice=reporter.notice,
            should_stop=should_stop,
        )
    )
    return {"model": kept.name, "directory": str(kept.directory)}


def list_models(_request: protocol.ListModels) -> Result:
    from assistant.weights import list_models

    return {"models": list_models()}


def remove_model(request: protocol.RemoveModel) -> Result:
    from assistant.weights import remove_model

    return {"model": request.model, "directory": str(remove_model(request.model))}


def train(request: protocol.Train, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    from adapters.training.job import train_adapter

    return (yield from train_adapter(request, session, should_stop))


def check_fit(request: protocol.CheckFit, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    from adapters.training.job import check_fit

    return (yield from check_fit(request, session, should_stop))


def try_rates(request: protocol.TryRates, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    from adapters.training.job import try_rates

    return (yield from try_rates(request, session, should_stop))


def diagnose(request: protocol.Diagnose, _session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    from assistant.doctor import diagnose
    from assistant.hardware import describe_machine

    checks: list[Result] = []
    for check in diagnose():
        if should_stop():
            raise Stopped
        checks.append(dataclasses.asdict(check))
        yield protocol.Progress(job=request.job, stage="check", done=len(checks), total=0, detail=check.name)
    return {"checks": checks, "machine": dataclasses.asdict(describe_machine())}
