"""A training as its events tell it: kept whether or not anybody looks, drawn by whoever does."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.errors import SuntoError
from assistant.protocol import (
    Adjusted,
    Evaluated,
    Event,
    FitChecked,
    Notice,
    Progress,
    RateTried,
    Train,
    TrainStep,
)

State = Literal["starting", "running", "pausing", "paused", "failed", "finished"]

MAX_POINTS = 4000
"""Of a curve; of a longer one every second is forgotten, again and again."""
MAX_NOTES = 200

Point = tuple[float, float]
"""(step, loss)"""


@dataclass(frozen=True)
class Note:
    """Something a person should know of the training."""

    text: str
    hint: str = ""
    step: int = 0
    """0 where it belongs to none."""
    kind: str = ""
    """Of an `Adjusted`; info or warning for a notice."""


class Curve:
    """Losses by step. What is no number is left out; as many points as a screen can show are kept."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._every = 1
        """Of the steps, so many make a point."""

    def add(self, step: int, loss: float) -> None:
        if self.points and step <= self.points[-1][0]:  # it went back to an earlier state
            self.points = [point for point in self.points if point[0] < step]
        if not math.isfinite(loss) or (self.points and step < self.points[-1][0] + self._every):
            return
        self.points.append((step, loss))
        if len(self.points) > MAX_POINTS:
            self.points = self.points[::2]
            self._every *= 2


@dataclass(eq=False)
class LiveTraining:
    request: Train
    """As it was asked for; its job is replaced when it goes on."""
    state: State = "starting"
    steps: Curve = field(default_factory=Curve)
    held_out: Curve = field(default_factory=Curve)
    best: Point | None = None
    """Of the evaluations."""
    last: TrainStep | None = None
    progress: Progress | None = None
    """What it is doing, where that is not a step."""
    fit: FitChecked | None = None
    samples: tuple[tuple[str, str, str], ...] = ()
    """(document, what it writes now, the target), of the last evaluation that had some."""
    samples_at: int = 0
    is_kept: bool = False
    """A folder on the disk holds what is needed to go on with it; before its first step, too."""
    is_checked: bool = False
    """It has learned, and what came of it is being looked at before it is published …"""
    is_measured: bool = False
    """… which has been done: what goes on is the report on it."""
    notes: list[Note] = field(default_factory=list[Note])
    result: dict[str, Any] = field(default_factory=dict[str, Any])
    error: SuntoError | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def name(self) -> str:
        return self.request.name

    @property
    def goes_on(self) -> bool:
        """Its job has not ended."""
        return self.state in ("starting", "running", "pausing")

    @property
    def has_begun(self) -> bool:
        """There is something of it to go on with."""
        return self.is_kept or self.last is not None or self.request.resume

    def receive(self, event: Event) -> None:
        match event:
            case TrainStep():
                self._step(event)
            case Evaluated():
                self._evaluated(event)
            case Progress(stage=stage):
                self.progress = event
                self.is_kept = self.is_kept or stage == "train"
                self.is_checked = self.is_checked or stage == "check"
                self.is_measured = self.is_measured or (self.is_checked and stage == "evaluate")
            case FitChecked():
                self.fit = event
            case Adjusted(step=step, kind=kind, message=message, hint=hint):
                self._note(Note(message, hint, step, kind))
            case Notice(level=level, message=message, hint=hint):
                self._note(Note(message, hint, self.last.step if self.last else 0, level))
            case _:
                pass

    def _step(self, step: TrainStep) -> None:
        if self.state == "starting":
            self.state = "running"
        self.last, self.progress = step, None
        self.steps.add(step.step, step.loss)

    def _evaluated(self, event: Evaluated) -> None:
        self.progress = None
        self.held_out.add(event.step, event.loss)
        if event.best:
            self.best = (event.step, event.loss)
        if event.samples:
            self.samples, self.samples_at = event.samples, event.step

    def _note(self, note: Note) -> None:
        self.notes.append(note)
        del self.notes[:-MAX_NOTES]


@dataclass(eq=False)
class RateTest:
    """A few steps with each of several learning rates."""

    curves: dict[float, Curve] = field(default_factory=dict[float, Curve])
    total: int = 0

    def receive(self, event: RateTried) -> None:
        self.curves.setdefault(event.learning_rate, Curve()).add(event.step, event.loss)
        self.total = event.total_steps
