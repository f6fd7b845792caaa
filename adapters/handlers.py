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


def list_adapters(_request: protocol.ListAdapters) -> Result:
    from adapters.registry import list_adapters

    return {"adapters": [_adapter_row(record) for record in list_adapters()]}


def show_adapter(request: protocol.ShowAdapter) -> Result:
    from adapters.registry import get_adapter

    record = get_adapter(request.name)
    return {**_adapter_row(record), "card": record.card}


def _adapter_row(record: Any) -> Result:
    """`compatible` says whether the base it was made for is kept here; null when the files do not tell."""
    from adapters.registry import differences
    from assistant.weights import installed_models

    kept = {model.name: model for model in installed_models()}.get(record.model)
    return {
        "name": record.name,
        "model": record.model,
        "kind": record.kind,
        "r": record.r,
        "created": record.created,
        "compatible": not differences(record, kept) if kept else None,
        "directory": str(record.directory),
    }


def train(request: protocol.Train, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    from adapters.training import train_adapter

    return (yield from train_adapter(request, session, should_stop))


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
