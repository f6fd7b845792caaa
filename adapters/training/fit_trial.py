"""The fit check of a training that is prepared: said by formula, tried with two real steps, mended where it can be."""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from adapters.training import fit, schedule
from adapters.training.preparing import Prepared, Workbench
from assistant.errors import Stopped
from assistant.generation import ShouldStop
from assistant.protocol import Adjusted, Event, FitChecked, Progress

if TYPE_CHECKING:
    from adapters.training.fit import Trial
    from adapters.training.ladder import Plan
    from adapters.training.settings import TrainingSettings
    from assistant.engine.engine import Engine


@dataclass(frozen=True)
class _Tried:
    """What two steps showed, and what they were made with: the same again would show the same."""

    settings: TrainingSettings
    plan: Plan
    lengths: tuple[int, ...]
    """Of the examples, in tokens."""
    trial: Trial | None = None


_last: WeakKeyDictionary[Engine, _Tried] = WeakKeyDictionary()
"""Of each model in memory, the latest trial that came to its end."""


class FitTrial:
    def __init__(self, prepared: Prepared, bench: Workbench, *, anew: bool = True) -> None:
        """Unless it is to be `anew`, what was just tried with the same examples and settings is taken as it was."""
        self._anew = anew
        self.prepared = prepared
        """With the plan that fits, after `events`."""
        self._bench = bench
        self._demand = prepared.demand
        self._has_forgotten = False
        self.told = self._estimated()
        """What was said last."""
        if not self.told.fits:
            self._forget()

    def events(self, should_stop: ShouldStop) -> Generator[Event, None, None]:
        """Whether it fits is then in `told`. Raises Stopped."""
        yield self.told
        if not self.told.fits and self._bench.engine.device.type == "cpu":
            return  # a machine that runs out of memory stalls; a graphics card says so
        yield Progress(job=self.prepared.job, stage="fit", done=0, total=2, unit="steps")
        while True:
            if should_stop():
                raise Stopped
            trial = self._try()
            if trial is not None and trial.needed_bytes <= self._demand.free_bytes:
                break
            if not self._has_forgotten:
                self._forget()
                continue
            mended = self._mend()
            if mended is None:
                self.told = self._measured(trial) if trial else dataclasses.replace(self.told, fits=False)
                break
            yield mended
        if trial is not None:
            self.told = self._measured(trial)
        yield self.told

    def _forget(self) -> None:
        """Let go of what is only kept, such as documents of a conversation, before the training gives up anything."""
        from assistant.engine.memory import release

        self._has_forgotten = True
        self._bench.engine.forget()
        release(self._bench.engine.device)
        self._demand = self.prepared.demand
        self.told = self._estimated()

    def _try(self) -> Trial | None:
        """None where memory ran out."""
        engine, last = self._bench.engine, _last.get(self._bench.engine)
        tried = self._to_try()
        if not self._anew and last is not None and dataclasses.replace(last, trial=None) == tried:
            return last.trial
        trial = self._two_steps()
        if trial is not None:
            _last[engine] = dataclasses.replace(tried, trial=trial)
        return trial

    def _to_try(self) -> _Tried:
        prepared = self.prepared
        lengths = tuple(len(example.input_ids) for example in prepared.tokens.train)
        return _Tried(prepared.settings, prepared.plan, lengths)

    def _two_steps(self) -> Trial | None:
        """None where memory ran out."""
        from assistant.engine.memory import is_out_of_memory, release

        prepared, bench = self.prepared, self._bench
        try:
            return fit.try_two_steps(
                bench.engine,
                bench.forward,
                bench.adapter,
                prepared.tokens.train,
                prepared.plan,
                prepared.settings.batch_size,
            )
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            shortage = error.with_traceback(None)
        del shortage
        release(bench.engine.device)
        return None

    def _mend(self) -> Adjusted | None:
        """The next rung of the ladder; None where there is none."""
        from adapters.training.ladder import rung_in_words, step_down

        lower = step_down(self.prepared.plan, self._demand.bounds)
        if lower is None:
            return None
        plan, rung = lower
        if rung == "window":
            self.prepared = self.prepared.shortened(plan.max_tokens)
        self.prepared = dataclasses.replace(self.prepared, plan=plan)
        self._bench.forward.set_plan(plan)
        return Adjusted(
            job=self.prepared.job, step=0, kind="memory", message=rung_in_words(rung, plan, self._demand.bounds)
        )

    def _estimated(self) -> FitChecked:
        parts = self._demand.at(self.prepared.plan)
        fits = parts.total <= self._demand.free_bytes
        return self._checked(parts.total, fits=fits, parts=fit.parts_in_words(parts))

    def _measured(self, trial: Trial) -> FitChecked:
        return self._checked(
            trial.needed_bytes,
            fits=trial.needed_bytes <= self._demand.free_bytes,
            parts=self.told.parts,
            measured=True,
            seconds_left=fit.seconds_of_all(trial, self.prepared.tokens, self.prepared.settings),
        )

    def _checked(
        self,
        needed: int,
        *,
        fits: bool,
        parts: tuple[tuple[str, int], ...],
        measured: bool = False,
        seconds_left: float | None = None,
    ) -> FitChecked:
        prepared = self.prepared
        return FitChecked(
            job=prepared.job,
            measured=measured,
            needed_bytes=needed,
            free_bytes=self._demand.free_bytes,
            fits=fits,
            steps=schedule.total_steps(prepared.settings, len(prepared.tokens.train)),
            seconds_left=seconds_left,
            parts=parts,
            advice=() if fits else fit.advice(prepared.engine.device.type),
        )
