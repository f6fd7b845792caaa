"""The training loop: a step, what is due after it, and the next one, until the settings or the guard end it.

All that the loop is at one moment is a step's number, the weights, what the optimizer remembers and the guard's
numbers (`standing`): that is what a checkpoint holds, and a run that goes on from one ends with the same weights as one
that was never interrupted. What is due when is decided by `schedule`, what the numbers mean by `guard`, what a person
is told by `wording`; `forward` computes.
"""

from __future__ import annotations

import dataclasses
import time
from bisect import bisect_right
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import TypeVar

from adapters.dataset.tokens import TokenizedExample
from adapters.training import guard, schedule, wording
from adapters.training.accumulation import ShortageError, accumulate, mean_loss, or_shortage
from adapters.training.checkpoints import Checkpoint, TornCheckpointError, fingerprint
from adapters.training.keeper import Keeper
from adapters.training.metrics import MetricsFile
from adapters.training.pace import Pace
from adapters.training.records import (
    Adjustment,
    End,
    EvaluationDone,
    Forgot,
    ForwardPass,
    Ladder,
    OptimizerKind,
    Outcome,
    Room,
    Stepped,
    Told,
    TrainableAdapter,
    Watch,
)
from adapters.training.run import Run, RunState, damaged
from adapters.training.settings import TrainingSettings
from adapters.training.standing import Standing
from adapters.training.tensorboard import Board
from assistant.engine.memory import release, trim
from assistant.errors import Stopped
from assistant.generation import ShouldStop, never_stop

Computed = TypeVar("Computed")

_STEPS_BETWEEN_TRIMS = 10
"""See `assistant.engine.memory.trim`."""


def train(
    forward: ForwardPass,
    adapter: TrainableAdapter,
    examples: Sequence[TokenizedExample],
    held_out: Sequence[TokenizedExample],
    settings: TrainingSettings,
    run: Run,
    should_stop: ShouldStop = never_stop,
    ladder: Ladder | None = None,
    optimizer: OptimizerKind = "adamw",
    watch: Watch | None = None,
) -> Generator[Told, None, Outcome]:
    """Train the adapter, from the run's last checkpoint where it has one; yields after all that a person may see.

    When it has ended, the adapter holds the weights that are to be used. A stop leaves a checkpoint of that moment; a
    crash or a closed generator leaves the last one. `optimizer` counts for a run that begins. Where `watch` sees red,
    the training ends with the best weights from before.

    Raises TrainingError, TrainingDivergedError, and what `ladder` raises.
    """
    return (
        yield from Training(
            forward, adapter, examples, held_out, settings, run, should_stop, ladder, optimizer, watch
        ).go()
    )


class Training:
    """One call of `train`."""

    def __init__(
        self,
        forward: ForwardPass,
        adapter: TrainableAdapter,
        examples: Sequence[TokenizedExample],
        held_out: Sequence[TokenizedExample],
        settings: TrainingSettings,
        run: Run,
        should_stop: ShouldStop,
        ladder: Ladder | None,
        optimizer: OptimizerKind,
        watch: Watch | None,
    ) -> None:
        self._forward, self._adapter = forward, adapter
        self._examples, self._held_out = examples, held_out
        self._data = fingerprint(examples, held_out)
        self._settings, self._run = settings, run
        self._should_stop, self._ladder, self._watch = should_stop, ladder, watch
        self._total = schedule.total_steps(settings, len(examples))
        self._evaluations = schedule.evaluation_steps(settings, len(examples), self._total)
        self._at = Standing(adapter, optimizer)
        self._keeper = Keeper(run.directory, self._total)
        self._metrics = MetricsFile(run.directory)
        self._board = Board(run.directory)
        self._pace = Pace()
        self._ended: End | None = None

    def go(self) -> Generator[Told, None, Outcome]:
        try:
            outcome = yield from self._begin()
            return outcome or (yield from self._continue())
        finally:
            self._keeper.close()
            self._board.close()

    def _continue(self) -> Generator[Told, None, Outcome]:
        try:
            while self._ended is None:
                try:
                    yield from self._next()
                except ShortageError as shortage:
                    cause = shortage.cause
                else:
                    continue
                yield from self._make_room(cause)
        except Stopped:
            self._at.forget_gradients()
            if self._keeper.newest != self._at.step:
                yield from self._keep()
            yield from self._settle()
            self._note("paused")
            return self._outcome("stopped", self._at.step)
        return (yield from self._end(self._ended))

    def _next(self) -> Generator[Told, None, None]:
        """The next thing that is due. Raises Stopped, ShortageError."""
        at = self._at
        if not at.evaluated and at.step in self._evaluations:
            yield from self._evaluate()
        elif self._keeper.newest != at.step and schedule.is_checkpoint_due(at.step, self._total):
            yield from self._keep()
        elif at.step < self._total:
            yield from self._make_step()
        else:
            self._ended = "done"

    def _begin(self) -> Generator[Told, None, Outcome | None]:
        """From the last checkpoint, or with the first one. The outcome where the run had ended before."""
        try:
            found, torn = self._keeper.latest()
            self._metrics.cut(found.state.metrics_bytes if found else 0)
        except OSError as error:
            raise wording.unreadable(self._run.name, error) from error
        if found:
            self._take_up(found)
        if found and found.state.ended:
            return self._outcome(found.state.ended, found.state.kept_step)
        self._board.go_back(self._at.step)
        self._note("running")
        if torn:
            yield from self._tell(wording.was_torn(self._at.step))
        if not found:
            try:
                self._keeper.keep(self._checkpoint())
                self._keeper.settle()
            except OSError as error:
                raise wording.can_write_nothing(error) from error
        return None

    def _take_up(self, found: Checkpoint) -> None:
        if found.state.data != self._data:
            raise wording.other_examples(self._run.name)
        try:
            self._at.restore(found)
        except (KeyError, ValueError) as error:  # of another optimizer, such as a later version's
            raise damaged(self._run.name) from error
        self._keeper.newest = found.state.step
        if self._at.guard.best_step and not found.state.ended:
            # A disk that was full when the best one was due may hold an earlier one, or none.
            best = self._keeper.best_state()
            if best is None or best.step < self._at.guard.best_step:
                self._at.guard = guard.with_best(self._at.guard, best.guard if best else None)

    def _make_step(self) -> Generator[Told, None, None]:
        started = time.perf_counter()
        step = self._at.step + 1
        batch = [self._examples[index] for index in schedule.batch_indexes(self._settings, len(self._examples), step)]
        loss, norm = self._computed(lambda: self._gradients(batch, step))
        seen, verdict = guard.after_step(self._at.guard, loss, norm)
        if verdict == "diverged":
            self._at.guard = seen
            yield from self._go_back(step)
            return
        rate = schedule.learning_rate(self._settings, step, self._total, seen.rollbacks)
        self._computed(lambda: self._at.advance(rate))
        self._at.guard = seen  # not before: a step that memory was too short for is made, and seen, again
        if step % _STEPS_BETWEEN_TRIMS == 0:
            trim(self._at.device)
        seconds = time.perf_counter() - started
        outside = self._pace.step_done(seconds)
        stepped = Stepped(
            step=step,
            total=self._total,
            loss=loss,
            learning_rate=rate,
            gradient_norm=norm,
            tokens=sum(len(example.input_ids) for example in batch),
            seconds=seconds,
            outside_seconds=outside,
            seconds_left=self._pace.seconds_left(
                self._total - step, len(self._evaluations) - bisect_right(self._evaluations, step - 1)
            ),
            epoch=step / schedule.steps_per_epoch(self._settings, len(self._examples)),
            held_out_loss=self._at.guard.held_out_loss,
        )
        yield from self._tell(stepped)

    def _gradients(self, batch: Sequence[TokenizedExample], step: int) -> tuple[float, float]:
        return accumulate(
            self._forward,
            self._at.parameters,
            batch,
            seed=schedule.step_seed(self._settings, step, self._at.guard.rollbacks),
            max_norm=self._settings.max_gradient_norm,
            should_stop=self._should_stop,
        )

    def _evaluate(self) -> Generator[Told, None, None]:
        started = time.perf_counter()
        loss = self._computed(lambda: mean_loss(self._forward, self._held_out, self._should_stop))
        forgot = self._computed(self._watch) if self._watch and self._at.step else None
        self._at.evaluated = True
        self._keeper.newest = None  # one that was written at this step before knows nothing of it
        if loss is not None:
            seconds = time.perf_counter() - started
            self._pace.evaluation_done(seconds)
            yield from self._judge(loss, seconds, forgot)
        else:
            yield from self._heed(forgot)
        if guard.learns_nothing(self._at.guard, self._at.step, self._total):
            self._at.guard = dataclasses.replace(self._at.guard, told_no_learning=True)
            yield from self._tell(wording.learns_nothing(self._at.step, self._top_rate()))

    def _judge(self, loss: float, seconds: float, forgot: Forgot | None) -> Generator[Told, None, None]:
        step, before = self._at.step, self._at.guard
        self._at.guard, verdict = guard.after_evaluation(before, step, loss, self._settings.patience)
        if verdict == "diverged":
            yield from self._go_back(step)
            return
        if forgot and forgot.light == "red" and before.best_step:
            self._at.guard = guard.with_best(self._at.guard, before)  # these weights are not to be used
        best = step == self._at.guard.best_step
        if best and step:
            try:
                self._keeper.keep_best(self._checkpoint(optimizer=False))
            except OSError as error:
                yield from self._tell(wording.could_not_write(step, error))
        yield from self._tell(EvaluationDone(step=step, loss=loss, best=best, seconds=seconds))
        if verdict == "overfitting":
            self._ended = "overfitting"
            yield from self._tell(wording.learns_by_heart(step, self._at.guard.best_step))
        yield from self._heed(forgot)

    def _heed(self, forgot: Forgot | None) -> Generator[Told, None, None]:
        if forgot is None:
            return
        if forgot.light == "red":
            self._ended = "forgetting"
            yield from self._tell(wording.has_forgotten(self._at.step, self._at.guard.best_step, forgot.change))
        elif forgot.light == "amber":
            yield from self._tell(wording.begins_to_forget(self._at.step, forgot.change))

    def _go_back(self, failed: int) -> Generator[Told, None, None]:
        """To weights that are known to be good, and on with half the learning rate; too often, and that is the end."""
        yield from self._settle()
        try:
            self._at.go_back(self._keeper.trusted(failed))
        except (OSError, TornCheckpointError) as error:
            raise wording.unreadable(self._run.name, OSError(*error.args)) from error
        self._board.go_back(self._at.step)
        if self._at.guard.rollbacks <= guard.MAX_ROLLBACKS:
            yield from self._tell(wording.went_back(failed, self._at.step, self._top_rate()))
            return
        kept_step = self._at.guard.best_step or self._at.step
        if not kept_step:
            self._note("failed")
            raise wording.lost_its_way(failed, self._top_rate())
        self._ended = "diverged"
        yield from self._tell(wording.gave_up(failed, kept_step))

    def _make_room(self, shortage: BaseException) -> Generator[Told, None, None]:
        """Give up what the ladder says; what failed is done again then. Raises what the ladder raises."""
        release(self._at.device)
        room = self._asked_for_room(shortage)
        self._forward.set_plan(room.plan)
        self._examples, self._held_out = room.examples or self._examples, room.held_out or self._held_out
        self._data = fingerprint(self._examples, self._held_out)
        self._at.rungs = (*self._at.rungs, dict(room.record))
        yield from self._tell(Adjustment(step=self._at.step, kind="memory", message=room.message, hint=room.hint))

    def _asked_for_room(self, shortage: BaseException) -> Room:
        """With the optimizer that goes with it.

        Raises what the ladder raises, or memory's error where it is too short even for that optimizer, with a
        checkpoint written: on a machine with more memory the run can go on.
        """
        try:
            if self._ladder is None:
                raise shortage
            room = self._ladder(shortage)
            self._at.use_optimizer(room.optimizer)
        except Exception:
            with suppress(OSError):
                self._keeper.keep(self._checkpoint())
            with suppress(OSError):
                self._keeper.settle()
            raise
        return room

    def _keep(self) -> Generator[Told, None, None]:
        try:
            self._keeper.keep(self._checkpoint())
        except OSError as error:
            yield from self._tell(wording.could_not_write(self._at.step, error))
        else:
            self._note("running")

    def _settle(self) -> Generator[Told, None, None]:
        """What was handed over to be written is, or its failure is told."""
        try:
            self._keeper.settle()
        except OSError as error:
            yield from self._tell(wording.could_not_write(self._at.step, error))

    def _end(self, end: End) -> Generator[Told, None, Outcome]:
        """The best weights on the adapter, and in the one checkpoint that stays."""
        yield from self._settle()
        kept_step = yield from self._load_best()
        last = self._checkpoint(optimizer=False)
        try:
            self._keeper.end(
                dataclasses.replace(last, state=dataclasses.replace(last.state, ended=end, kept_step=kept_step))
            )
        except OSError as error:
            yield from self._tell(wording.could_not_write(self._at.step, error))
        self._note("finished")
        return self._outcome(end, kept_step)

    def _load_best(self) -> Generator[Told, None, int]:
        """Put the best weights on the adapter, where there are any; the step whose weights it has then."""
        at = self._at
        if not at.guard.best_step:
            return at.step
        best = self._keeper.best()
        if best is None:
            at.guard = guard.with_last(at.guard, at.step)
            yield from self._tell(wording.best_is_lost(at.step))
            return at.step
        self._adapter.load(best.weights)
        return best.state.step

    def _checkpoint(self, *, optimizer: bool = True) -> Checkpoint:
        return self._at.checkpoint(self._data, self._metrics.settle(), optimizer=optimizer)

    def _tell(self, told: Told) -> Generator[Told, None, None]:
        self._board.add(self._metrics.add(told, self._at.guard.rollbacks))
        with self._pace.apart():
            yield told

    def _computed(self, compute: Callable[[], Computed]) -> Computed:
        """Raises ShortageError, Stopped."""
        with self._pace.apart():
            return or_shortage(compute, self._at.forget_gradients)

    def _top_rate(self) -> float:
        """The learning rate of this attempt at its highest."""
        return self._settings.learning_rate * 0.5**self._at.guard.rollbacks

    def _note(self, state: RunState) -> None:
        with suppress(OSError):  # a full disk: who looks at the list of runs sees an older state
            self._run.note(state=state, step=self._at.step, total=self._total)

    def _outcome(self, end: End, kept_step: int) -> Outcome:
        state = self._at.guard
        return Outcome(
            end=end,
            steps=self._at.step,
            kept_step=kept_step,
            base_loss=state.base_loss,
            best_loss=state.best_loss,
            rollbacks=state.rollbacks,
            rungs=self._at.rungs,
        )
