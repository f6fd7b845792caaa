"""Summaries and answers about documents that have been read: the request and the settings put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from adapters.reading import Reading
from adapters.session import Session
from assistant import protocol
from assistant.config import Settings
from assistant.generation import ChatMessage, GenerationConfig, ShouldStop
from assistant.protocol import Event

if TYPE_CHECKING:
    from assistant.catalogue import BaseModel
    from assistant.summaries import SummaryOptions

SummaryJob = protocol.Summarize | protocol.Describe
Result = dict[str, Any]


def summary_options(request: SummaryJob, settings: Settings) -> SummaryOptions:
    """What is asked for, as far as it is known before anything is read. Raises ConfigError."""
    from assistant.summaries import SummaryOptions

    summary = request if isinstance(request, protocol.Summarize) else None
    asked = SummaryOptions(
        task="summarize" if summary else "describe",
        style=(summary.style or settings.style) if summary else "brief",
        bullets=(summary.bullets or settings.bullets) if summary else 0,
        language=request.language or settings.language,
        unsupported=request.unsupported or settings.unsupported,  # pyright: ignore[reportArgumentType] - see check()
        extractive=request.extractive or settings.extractive,  # pyright: ignore[reportArgumentType] - see check()
    )
    asked.check()
    return asked


def summarized(
    request: SummaryJob, reading: Reading, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Result]:
    """Raises as `assistant.summaries.summarize` and `Session.engine`."""
    from assistant.advice import language_notices
    from assistant.catalogue import find_base
    from assistant.summaries import summarize

    options = dataclasses.replace(summary_options(request, session.settings), chosen=reading.pages)
    if options.extractive == "only":  # no model is needed, so none is loaded
        return (yield from summarize(request.job, None, reading.documents, options, None, should_stop))
    engine = yield from session.engine(request, should_stop)
    yield from language_notices(request.job, reading.documents, engine, options.language)
    base = find_base(engine.name)
    options = dataclasses.replace(
        options, merge=base.merges if base else True, config=_generation_config(request, session, base)
    )
    return (yield from summarize(request.job, engine, reading.documents, options, session.library, should_stop))


def answered(
    request: protocol.Chat, reading: Reading, session: Session, should_stop: ShouldStop
) -> Generator[Event, None, Result]:
    """Raises as `assistant.answers.reply` and `Session.engine`."""
    from assistant.advice import language_notices
    from assistant.answers import reply
    from assistant.catalogue import find_base

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
