"""The same request through two adapters, or an adapter and the base: what each writes, side by side.

The documents are read once. Both sides are made ready before either writes, so that a damaged adapter is known at
once and not after the first text. What is written is kept in the library like any summary: the same comparison again
costs nothing.

A comparison can be blind: then nothing tells which side is which until it is finished. Chance places the sides, and
the same request about the same text is placed the same way again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from adapters.answering import SummaryJob, answered, summarized, summary_options
from adapters.reading import Reading, read_documents
from adapters.session import Session
from adapters.sides import BASE, differences, headed, text_of, two_adapters
from assistant import protocol
from assistant.config import Settings
from assistant.errors import ConfigError, Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.protocol import Event

TASKS = ("summarize", "describe", "ask")

Result = dict[str, Any]
Job = SummaryJob | protocol.Chat


def compare(request: protocol.Compare, session: Session, should_stop: ShouldStop) -> Generator[Event, None, Result]:
    """The result of both sides, and how they differ.

    What follows a `Side` belongs to that side. Raises ConfigError for adapters that cannot be compared, AdapterError
    for one that cannot be used, and what summaries and answers raise. Stopped, with what both wrote so far.
    """
    names = two_adapters(request.adapters)
    job = _job(request, session.settings)
    reading = yield from read_documents(request, session, should_stop)
    if request.blind:
        names = shuffled(names, request, reading, session.settings)
    comparison = _Comparison(request, names, job, session, should_stop)
    yield from comparison.make_ready()
    sides = yield from comparison.write(reading)
    return {
        "task": "compare",
        "compared": request.task,
        "question": request.question,
        "style": sides[0].get("style", ""),
        "blind": request.blind,
        "title": ", ".join(document.title for document in reading.whole),
        "documents": [document.path for document in reading.whole],
        "language": sides[0]["language"],
        "model": sides[0]["model"],
        "sides": sides,
        "differences": differences(sides),
    }


def shuffled(names: Sequence[str], request: protocol.Compare, reading: Reading, settings: Settings) -> list[str]:
    """The names in an order that depends on the seed and on what is asked about which text, not on how they came."""
    ordered = sorted(names)
    seed = request.seed if request.seed >= 0 else settings.seed
    asked = [seed, request.task, request.style, request.bullets, request.question, *ordered]
    digest = hashlib.sha256(json.dumps(asked).encode())
    for document in reading.documents:
        for page in document.pages:
            digest.update(page.text.encode("utf-8", "surrogatepass"))
    return ordered if digest.digest()[0] % 2 else ordered[::-1]


def _job(request: protocol.Compare, settings: Settings) -> Job:
    """What both sides are asked, but for the adapter. Raises ConfigError; nothing has been read yet."""
    common: dict[str, Any] = {
        field.name: getattr(request, field.name) for field in dataclasses.fields(protocol.DocumentRequest)
    }
    if request.task == "ask":
        if not request.question.strip():
            raise ConfigError(_("There is no question."), _("Say what both should answer."))
        return protocol.Chat(**common, messages=(("user", request.question),))
    # The document's own sentences would be the same on both sides: no model writes them.
    common["extractive"] = "auto" if settings.extractive == "only" else ""
    job: Job
    if request.task == "summarize":
        job = protocol.Summarize(**common, style=request.style, bullets=request.bullets)
    elif request.task == "describe":
        job = protocol.Describe(**common)
    else:
        raise ConfigError(
            _("“{task}” cannot be compared.").format(task=request.task),
            _("Choose one of: {tasks}.").format(tasks=", ".join(TASKS)),
        )
    summary_options(job, settings)
    return job


class _Comparison:
    def __init__(
        self,
        request: protocol.Compare,
        names: Sequence[str],
        job: Job,
        session: Session,
        should_stop: ShouldStop,
    ) -> None:
        self._blind = request.blind
        self._names = names
        self._jobs = [dataclasses.replace(job, adapter=name) for name in names]
        self._session, self._should_stop = session, should_stop
        hidden = [name for name in names if request.blind and name != BASE]
        self._hidden = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, hidden))})(?!\w)") if hidden else None
        self._told: set[protocol.Notice] = set()

    def make_ready(self) -> Iterator[Event]:
        """Load both, the first to write last: its adapter is then the one that is on."""
        for job in reversed(self._jobs):
            for event in self._session.engine(job, self._should_stop):
                if not isinstance(event, protocol.Answering):  # said of each side when it begins
                    yield from self._shown(event)

    def write(self, reading: Reading) -> Generator[Event, None, list[Result]]:
        """The results of the sides in their order, each with its adapter's name."""
        sides: list[Result] = []
        for number, (name, job) in enumerate(zip(self._names, self._jobs, strict=True)):
            yield protocol.Side(job=job.job, number=number)
            try:
                result = yield from self._side(number, self._written(job, reading))
            except Stopped as stopped:
                raise Stopped(self._so_far(sides, stopped.text)) from stopped
            sides.append({**result, "adapter": name})
        return sides

    def _written(self, job: Job, reading: Reading) -> Generator[Event, None, Result]:
        if isinstance(job, protocol.Chat):
            return (yield from answered(job, reading, self._session, self._should_stop))
        return (yield from summarized(job, reading, self._session, self._should_stop))

    def _side(self, number: int, events: Generator[Event, None, Result]) -> Generator[Event, None, Result]:
        """The events of one side, as they may be seen; its result."""
        where = _("text {number} of 2").format(number=number + 1)
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                return end.value
            if isinstance(event, protocol.Progress):
                event = dataclasses.replace(event, detail=" · ".join(filter(None, (where, event.detail))))
            yield from self._shown(event)

    def _shown(self, event: Event) -> Iterator[Event]:
        """The event, once, and in a blind comparison without what tells the adapter."""
        match event:
            case protocol.Answering() if self._blind:
                return
            case protocol.ModelLoaded() if self._blind:
                event = dataclasses.replace(event, adapter="")
            case protocol.Progress():
                event = dataclasses.replace(event, detail=self._veiled(event.detail))
            case protocol.Notice():
                if event in self._told:
                    return
                self._told.add(event)
                event = dataclasses.replace(event, message=self._veiled(event.message), hint=self._veiled(event.hint))
            case _:
                pass
        yield event

    def _veiled(self, text: str) -> str:
        return self._hidden.sub("…", text) if self._hidden else text

    def _so_far(self, sides: Sequence[Result], text: str) -> str:
        """What was written before it was stopped, each side under its name, or under its number while it is blind."""
        titles = ["1", "2"] if self._blind else self._names
        texts = [*map(text_of, sides), text]
        return headed([(title, one) for title, one in zip(titles, texts, strict=False) if one.strip()])
