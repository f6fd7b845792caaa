"""Which checkpoints a training has: written when they are due, the last two kept, found again.

They are written beside the training, one at a time: what is handed over is a copy in the machine's memory, and the
next one waits for it. With a model of 4 billion weights and an adapter of r 16 that is 400 MB for every ten
steps at the most.
What it costs is that a sudden end while one is being written goes on from the one before.

A full disk costs no training: what could not be written stays in memory until something can be.
"""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.training.checkpoints import (
    BEST,
    Checkpoint,
    State,
    TornCheckpointError,
    checkpoint_path,
    checkpoint_steps,
    read_checkpoint,
    read_state,
    remove_checkpoint,
    sweep_drafts,
    write_checkpoint,
)
from adapters.training.guard import trusted_step
from adapters.training.schedule import steps_between_checkpoints

if TYPE_CHECKING:
    import torch

KEPT = 2
"""To go back to. A pause writes one more, between two of those; it is left out when a way back is looked for, so that
a run that was paused goes back as far as one that was not."""


@dataclasses.dataclass(frozen=True)
class _Written:
    """What became of one that was handed over."""

    path: Path
    step: int
    unwritten: Checkpoint | None = None
    error: OSError | None = None


class Keeper:
    """For one thread. All but `keep`, `keep_best` and `close` ask for everything to be settled."""

    def __init__(self, directory: Path, total: int) -> None:
        self._directory = directory
        self._between = steps_between_checkpoints(total)
        self._worker = ThreadPoolExecutor(1, "sunto-checkpoints")
        self._pending: Future[_Written] | None = None
        self._unwritten: dict[int, Checkpoint] = {}
        self._best: Checkpoint | None = None
        """Where it could not be written."""
        self.newest: int | None = None
        """Step of the last one that was handed over in this process."""
        sweep_drafts(directory)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Hand it over. Raises OSError for what was handed over before it, see `settle`."""
        self.newest = checkpoint.state.step
        self._hand_over(checkpoint_path(self._directory, self.newest), checkpoint)

    def keep_best(self, checkpoint: Checkpoint) -> None:
        """As `keep`, without the optimizer."""
        self._hand_over(self._directory / BEST, checkpoint)

    def settle(self) -> None:
        """Wait until what was handed over is written.

        Raises OSError where it could not be; then it is in memory, and all before it are as they were. A best one is
        tried again after the next checkpoint that can be written.
        """
        pending, self._pending = self._pending, None
        if pending is None:
            return
        written = pending.result()
        best = written.path.name == BEST
        if written.error is not None:
            self._remember(written, best=best)
            raise written.error
        if best:
            self._best = None
            return
        self._unwritten.clear()
        if self._best:
            self._hand_over(self._directory / BEST, self._best)
            self.settle()

    def close(self) -> None:
        """Whatever is being written is written to its end; what comes of it nobody asks."""
        self._worker.shutdown()

    def latest(self) -> tuple[Checkpoint | None, int]:
        """The last one on the disk that is whole, and how many after it are not; those are deleted. Raises OSError."""
        torn = 0
        for step in reversed(checkpoint_steps(self._directory)):
            try:
                return read_checkpoint(checkpoint_path(self._directory, step)), torn
            except TornCheckpointError:
                remove_checkpoint(self._directory, step)
                torn += 1
        return None, torn

    def trusted(self, diverged_at: int) -> Checkpoint:
        """The one to go back to from a step that failed; all later ones are deleted.

        Raises TornCheckpointError, OSError.
        """
        step = trusted_step(sorted({*self._to_go_back_to(), *self._unwritten}), diverged_at)
        kept = self._unwritten.get(step) or read_checkpoint(checkpoint_path(self._directory, step))
        for later in checkpoint_steps(self._directory):
            if later > step:
                remove_checkpoint(self._directory, later)
        self._unwritten = {number: one for number, one in self._unwritten.items() if number <= step}
        self.newest = step
        return kept

    def best(self) -> Checkpoint | None:
        """None where none was ever written, or it is damaged."""
        if self._best:
            return self._best
        with suppress(TornCheckpointError, OSError):
            return read_checkpoint(self._directory / BEST)
        return None

    def best_state(self) -> State | None:
        """The same without the weights."""
        if self._best:
            return self._best.state
        with suppress(TornCheckpointError):
            return read_state(self._directory / BEST)
        return None

    def end(self, checkpoint: Checkpoint) -> None:
        """Nothing is left to do: one with the weights to be used is all that stays. Raises OSError."""
        write_checkpoint(checkpoint_path(self._directory, checkpoint.state.step), checkpoint)
        for step in checkpoint_steps(self._directory):
            if step != checkpoint.state.step:
                remove_checkpoint(self._directory, step)
        with suppress(OSError):
            (self._directory / BEST).unlink(missing_ok=True)

    def _hand_over(self, path: Path, checkpoint: Checkpoint) -> None:
        try:
            self.settle()
        finally:
            self._pending = self._worker.submit(self._write, path, _copied(checkpoint))

    def _write(self, path: Path, checkpoint: Checkpoint) -> _Written:
        """In the worker's thread: it touches nothing but the disk, and lets go of what it has written."""
        step = checkpoint.state.step
        try:
            write_checkpoint(path, checkpoint)
        except OSError as error:
            return _Written(path, step, checkpoint, error)
        if path.name != BEST:
            self._thin_out(step)
        return _Written(path, step)

    def _remember(self, written: _Written, *, best: bool) -> None:
        if best:
            self._best = written.unwritten
        elif written.unwritten:
            self._unwritten[written.step] = written.unwritten
            for old in sorted(self._unwritten)[:-KEPT]:
                del self._unwritten[old]

    def _thin_out(self, newest: int) -> None:
        kept = {newest, *self._to_go_back_to()[-KEPT:]}
        for step in checkpoint_steps(self._directory):
            if step not in kept:
                remove_checkpoint(self._directory, step)

    def _to_go_back_to(self) -> list[int]:
        return [step for step in checkpoint_steps(self._directory) if step % self._between == 0]


def _copied(checkpoint: Checkpoint) -> Checkpoint:
    """The tensors as they are now, in the machine's memory; the originals go on changing."""

    def copy(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.detach().to("cpu", copy=True)

    return dataclasses.replace(
        checkpoint,
        weights={name: (copy(a), copy(b)) for name, (a, b) in checkpoint.weights.items()},
        optimizer={name: copy(tensor) for name, tensor in checkpoint.optimizer.items()},
    )
