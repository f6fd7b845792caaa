"""What the loop says → events for the front ends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.training.power import PowerWatch
from adapters.training.records import Adjustment, EvaluationDone, Stepped, Told
from adapters.training.samples import Sampler
from assistant.generation import ShouldStop
from assistant.protocol import Adjusted, Evaluated, Event, TrainStep

if TYPE_CHECKING:
    from assistant.engine.engine import Engine


_DISK_SECONDS = 300.0
"""A full disk is met at every checkpoint, and told again only after so long."""


class Teller:
    def __init__(self, job: str, engine: Engine, sampler: Sampler, should_stop: ShouldStop) -> None:
        self._job = job
        self._engine = engine
        self._sampler = sampler
        self._should_stop = should_stop
        self._power = PowerWatch()
        self._told_of_disk = float("-inf")

    def events(self, told: Told) -> Iterator[Event]:
        match told:
            case Stepped():
                yield self._step(told)
                if news := self._power.look(told.step):
                    yield self._adjusted(news)
            case EvaluationDone():
                yield Evaluated(
                    job=self._job,
                    step=told.step,
                    loss=told.loss,
                    best=told.best,
                    samples=self._sampler.write(self._should_stop),
                )
            case Adjustment(kind="disk") if time.monotonic() - self._told_of_disk < _DISK_SECONDS:
                pass
            case Adjustment():
                if told.kind == "disk":
                    self._told_of_disk = time.monotonic()
                yield self._adjusted(told)

    def _step(self, told: Stepped) -> TrainStep:
        return TrainStep(
            job=self._job,
            step=told.step,
            total_steps=told.total,
            loss=told.loss,
            learning_rate=told.learning_rate,
            gradient_norm=told.gradient_norm,
            tokens_per_second=told.tokens / told.seconds if told.seconds else 0.0,
            peak_memory_bytes=self._engine.peak_memory_bytes(),
            seconds_left=told.seconds_left,
            epoch=told.epoch,
            held_out_loss=told.held_out_loss,
        )

    def _adjusted(self, told: Adjustment) -> Adjusted:
        return Adjusted(job=self._job, step=told.step, kind=told.kind, message=told.message, hint=told.hint)
