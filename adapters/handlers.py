"""What each request does: puts the parts together, computes nothing itself.

Imports of anything heavy are inside the functions, so that a command pays only for what it uses.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from adapters.reading import read_documents
from adapters.relay import Reporter, relay
from adapters.session import Session
from assistant import protocol
from assistant.errors import Stopped
from assistant.generation import ChatMessage, GenerationConfig, ShouldStop
from assistant.protocol import Event

if TYPE_CHECKING:
    from assistant.catalogue import BaseModel

Result = dict[str, Any]
Handler = Callable[[Any, Session, ShouldStop], Generator[Event, None, Result]]


def immediate(look_up: Callable[[Any], Result]) -> Handler:
    """A handler from a function that answers at once."""

    def handler(request: Any, _session: Session, _should_stop: ShouldStop) -> Generator[Event, None, Result]:
        yield from ()
        return look_up(request)

    return handler


# --- documents -------------------------------------------------------------------------------------------------


def summarize(
    request: protocol.Summarize | protocol.Describe, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Result]:
    from assistant.advice import language_notices
    from assistant.catalogue import find_base
    from assistant.summaries import SummaryOptions, summarize

    settings = session.settings
    summary = request if isinstance(request, protocol.Summarize) else None
    asked = SummaryOptions(
        task="summarize" if summary else "describe",
        style=(summary.style or settings.style) if summary else "brief",
        bullets=(summary.bullets or settings.bullets) if summary else 0,
        language=request.language or settings.language,
        unsupported=request.unsupported or settings.unsupported,  # pyright: ignore[reportArgumentType] - see check()
        extractive=request.extractive or settings.extractive,  # pyright: ignore[reportArgumentType] - see check()
    )
    asked.check()  # a mistake is heard before anything is read
    reading = yield from read_documents(request, session, should_stop)
    options = dataclasses.replace(asked, chosen=reading.pages)
    if options.extractive == "only":  # no model is needed, so none is loaded
        return (yield from summarize(request.job, None, reading.documents, options, None, should_stop))
    engine = yield from session.engine(request, should_stop)
    yield from language_notices(request.job, reading.documents, engine, options.language)
    base = find_base(engine.name)
    options = dataclasses.replace(
        options, merge=base.merges if base else True, config=_generation_config(request, session, base)
    )
    return (yield from summarize(request.job, engine, reading.documents, options, session.library, should_stop))


def chat(request: protocol.Chat, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    from assistant.advice import language_notices
    from assistant.answers import reply
    from assistant.catalogue import find_base

    reading = yield from read_documents(request, session, should_stop)
    engine = yield from session.engine(request, should_stop)
    language = request.language or session.settings.language
    yield from language_notices(request.job, reading.documents, engine, language)
    base = find_base(engine.name)
    messages = [ChatMessage(role, content) for role, content in request.messages]  # pyright: ignore[reportArgumentType]
    return (
        yield from reply(
            request.job,
            engine,
            messages,
            reading.documents,
            config=_generation_config(request, session, base),
            language=language,
            chosen=reading.pages,
            library=session.library,
            merge=base.merges if base else True,
            extractive=session.settings.extractive,  # pyright: ignore[reportArgumentType] - one of its choices
            should_stop=should_stop,
        )
    )


def _generation_config(request: protocol.ModelRequest, session: Session, base: BaseModel | None) -> GenerationConfig:
    settings = session.settings
    return GenerationConfig(
        max_new_tokens=request.max_new_tokens or settings.max_new_tokens,
        temperature=request.temperature if request.temperature >= 0 else settings.temperature,
        repetition_penalty=base.repetition_penalty if base else 1.0,
        seed=request.seed if request.seed >= 0 else settings.seed,
    )


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
