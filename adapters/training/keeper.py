"""Which checkpoints a training has: written when they are due, the last two kept, found again.

A full disk costs no training: what could not be written stays in memory until something can be.
"""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from pathlib import Path

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

KEPT = 2
"""To go back to. A pause writes one more, between two of those; it is left out when a way back is looked for, so that
a run that was paused goes back as far as one that was not."""


class Keeper:
    def __init__(self, directory: Path, total: int) -> None:
        self._directory = directory
        self._between = steps_between_checkpoints(total)
        self._unwritten: dict[int, Checkpoint] = {}
        self._best: Checkpoint | None = None
        """Where it could not be written."""
        self.newest: int | None = None
        """Step of the last one that was kept in this process."""
        sweep_drafts(directory)

    def keep(self, checkpoint: Checkpoint) -> None:
        """Raises OSError when it could not be written; then it is in memory, and all before it are as they were."""
        step = self.newest = checkpoint.state.step
        try:
            write_checkpoint(checkpoint_path(self._directory, step), checkpoint)
        except OSError:
            self._unwritten[step] = _copied(checkpoint)
            for old in sorted(self._unwritten)[:-KEPT]:
                del self._unwritten[old]
            raise
        self._unwritten.clear()
        self._thin_out(step)
        if self._best:
            self.keep_best(self._best)

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

    def keep_best(self, checkpoint: Checkpoint) -> None:
        """Raises OSError when it could not be written; then it is in memory, and is tried again with the next one."""
        try:
            write_checkpoint(self._directory / BEST, checkpoint)
        except OSError:
            self._best = _copied(checkpoint)
            raise
        self._best = None

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

    def _thin_out(self, newest: int) -> None:
        kept = {newest, *self._to_go_back_to()[-KEPT:]}
        for step in checkpoint_steps(self._directory):
            if step not in kept:
                remove_checkpoint(self._directory, step)

    def _to_go_back_to(self) -> list[int]:
        return [step for step in checkpoint_steps(self._directory) if step % self._between == 0]


def _copied(checkpoint: Checkpoint) -> Checkpoint:
    """The tensors as they are now; the originals go on changing."""
    return dataclasses.replace(
        checkpoint,
        weights={
            name: (a.detach().cpu().clone(), b.detach().cpu().clone()) for name, (a, b) in checkpoint.weights.items()
        },
        optimizer={name: tensor.detach().cpu().clone() for name, tensor in checkpoint.optimizer.items()},
    )
