"""Where a training stands: all that changes with a step, put into a checkpoint and taken out of it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from adapters.training.checkpoints import Checkpoint, State
from adapters.training.guard import GuardState, rolled_back
from adapters.training.optimizer import (
    change_kind,
    make_optimizer,
    optimizer_tensors,
    restore_optimizer,
    set_rate,
)
from adapters.training.records import OptimizerKind, TrainableAdapter


class Standing:
    def __init__(self, adapter: TrainableAdapter, kind: OptimizerKind) -> None:
        self._adapter = adapter
        self._kind: OptimizerKind = kind
        self.parameters = list(adapter.parameters)
        self._optimizer = make_optimizer(kind, self.parameters)
        self.step = 0
        """Made so far."""
        self.evaluated = False
        """Whether the evaluation that is due at this step, if one is, has been made."""
        self.guard = GuardState()
        self.rungs: tuple[Mapping[str, Any], ...] = ()

    @property
    def device(self) -> torch.device:
        return self.parameters[0].device

    def advance(self, rate: float) -> None:
        """One optimizer step along the gradients that are there."""
        set_rate(self._optimizer, rate)
        self._optimizer.step()
        self.forget_gradients()
        self.step += 1
        self.evaluated = False

    def forget_gradients(self) -> None:
        self._optimizer.zero_grad(set_to_none=True)

    def use_optimizer(self, kind: OptimizerKind) -> None:
        """Go on with this one, which remembers what the one before did."""
        if kind != self._kind:
            self._optimizer = change_kind(self._optimizer, kind)
            self._kind = kind

    def checkpoint(self, data: str, metrics_bytes: int, *, optimizer: bool = True) -> Checkpoint:
        """The tensors are the living ones, not copies."""
        state = State(
            step=self.step,
            optimizer=self._kind,
            guard=self.guard,
            data=data,
            metrics_bytes=metrics_bytes,
            rungs=self.rungs,
            evaluated=self.evaluated,
        )
        return Checkpoint(state, dict(self._adapter.weights()), optimizer_tensors(self._optimizer) if optimizer else {})

    def restore(self, checkpoint: Checkpoint) -> None:
        """Be where it was written. Raises ValueError for the checkpoint of another adapter."""
        self.forget_gradients()
        self._adapter.load(checkpoint.weights)
        if checkpoint.optimizer:
            if checkpoint.state.optimizer != self._kind:
                self._kind = checkpoint.state.optimizer
                self._optimizer = make_optimizer(self._kind, self.parameters)
            restore_optimizer(self._optimizer, checkpoint.optimizer)
        self.step, self.evaluated = checkpoint.state.step, checkpoint.state.evaluated
        self.guard, self.rungs = checkpoint.state.guard, checkpoint.state.rungs

    def go_back(self, checkpoint: Checkpoint) -> None:
        """Be there again, with what was learnt of the way since: how often it failed, and what was given up."""
        now, rungs, kind = self.guard, self.rungs, self._kind
        self.restore(checkpoint)
        self.guard, self.rungs = rolled_back(now, self.guard), rungs
        self.use_optimizer(kind)
