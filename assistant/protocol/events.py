"""What a job says while it runs, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from assistant.protocol.registered import wire


@dataclass(frozen=True, kw_only=True)
class Event:
    job: str


@wire
@dataclass(frozen=True, kw_only=True)
class ProcessReady:
    """The first line of a model process; the only event without a job."""

    pid: int


@wire
@dataclass(frozen=True, kw_only=True)
class Progress(Event):
    stage: str
    """download, quantize, load, read, add, ocr, prefill, map, items, merge, write, check, import,
    build, prepare, fit, train, evaluate, rates"""
    done: float
    total: float
    """0 when it is not known."""
    unit: str = ""
    """bytes, tokens, pages, files, chunks, steps, examples or empty"""
    detail: str = ""
    seconds_left: float | None = None


@wire
@dataclass(frozen=True, kw_only=True)
class Notice(Event):
    """Something a person should know; the job goes on."""

    level: str
    """info or warning"""
    message: str
    hint: str = ""


@wire
@dataclass(frozen=True, kw_only=True)
class ModelLoaded(Event):
    model: str
    adapter: str
    """Empty for the bare base."""
    device: str
    memory_bytes: int
    seconds: float
    context_tokens: int


@wire
@dataclass(frozen=True, kw_only=True)
class Answering(Event):
    """Who answers: said once, before anything is written."""

    model: str
    adapter: str
    """Empty for the bare base."""
    why: str
    """asked, setting, subject or none"""
    subject: str = ""
    """Whose adapter it is, where `why` is subject."""


@wire
@dataclass(frozen=True, kw_only=True)
class Side(Event):
    """What follows of the text belongs to this side of a comparison."""

    number: int
    """0 or 1"""


@wire
@dataclass(frozen=True, kw_only=True)
class DocumentRead(Event):
    path: str
    title: str
    pages: int
    readable_pages: int
    language: str
    warnings: tuple[str, ...] = ()


@wire
@dataclass(frozen=True, kw_only=True)
class Routed(Event):
    """What a question is answered from; said as soon as it is known, before the answer."""

    kind: str
    """plain (no document), whole (all of the text at once), map (all of it, part by part) or search (passages)"""
    detail: str
    """The same in one sentence for the person."""
    pages: int
    """How many are read."""


@wire
@dataclass(frozen=True, kw_only=True)
class TextDelta(Event):
    text: str


@wire
@dataclass(frozen=True, kw_only=True)
class TextReset(Event):
    """Forget the text streamed so far: it is written again (from here on, `TextDelta` starts from nothing)."""


@wire
@dataclass(frozen=True, kw_only=True)
class FitChecked(Event):
    """Whether a training fits; once before its two trial steps (estimated), once after them (measured)."""

    measured: bool
    needed_bytes: int
    """At the peak, the base included."""
    free_bytes: int
    """For it, the base included."""
    fits: bool
    steps: int
    seconds_left: float | None
    """For the whole training; None before it was measured."""
    parts: tuple[tuple[str, int], ...] = ()
    """(in words, bytes) what the memory is for."""
    advice: tuple[str, ...] = ()
    """What to change where it does not fit, in words."""


@wire
@dataclass(frozen=True, kw_only=True)
class TrainStep(Event):
    step: int
    total_steps: int
    loss: float
    learning_rate: float
    gradient_norm: float
    tokens_per_second: float
    peak_memory_bytes: int
    seconds_left: float
    epoch: float = 0.0
    """How often all examples have been seen so far."""
    held_out_loss: float | None = None
    """Of the last evaluation."""


@wire
@dataclass(frozen=True, kw_only=True)
class Evaluated(Event):
    """The adapter as it is now, on documents it was not trained on. Step 0 is the bare base."""

    step: int
    loss: float
    """Mean over target tokens, in nats."""
    best: bool
    """The lowest so far."""
    samples: tuple[tuple[str, str, str], ...] = ()
    """(document, what it writes now, the target)"""


@wire
@dataclass(frozen=True, kw_only=True)
class Adjusted(Event):
    """The training changed its course by itself: it stepped back, slowed down, took less memory, or stops early."""

    step: int
    kind: str
    """diverged, no_learning, overfitting, forgetting, memory, disk or power"""
    message: str
    """What happened and what was done, in plain words."""
    hint: str = ""


@wire
@dataclass(frozen=True, kw_only=True)
class RateTried(Event):
    """A step of a learning-rate test."""

    learning_rate: float
    step: int
    total_steps: int
    loss: float


@wire
@dataclass(frozen=True, kw_only=True)
class Finished(Event):
    result: dict[str, Any]
    """What `--json` prints; for a summary, the object of the command-line contract."""


@wire
@dataclass(frozen=True, kw_only=True)
class Failed(Event):
    kind: str
    """Name of the error class, see `assistant.errors`."""
    message: str
    hint: str = ""
    exit_code: int = 1
    path: str = ""
    """Of the document that could not be read."""


@wire
@dataclass(frozen=True, kw_only=True)
class Cancelled(Event):
    text: str = ""
    """What had been written when it was stopped."""


TERMINAL = (Finished, Failed, Cancelled)
