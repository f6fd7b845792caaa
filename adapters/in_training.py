"""The one model while an adapter is trained on it: other jobs may have it between two optimizer steps.

There is one base in memory. A training that waits between two steps steps aside: the engine answers as usual, and
afterwards the training goes on bit for bit as if nothing had been (`Training.aside` of the engine). Stepping aside
costs time on a CPU, so it is done when the first job really asks for the model, not for a list of documents.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING

from adapters.in_training_label import label_of
from adapters.registry import AdapterRecord, adapter_names
from assistant.errors import ModelError
from assistant.i18n import _

if TYPE_CHECKING:
    from assistant.engine.adapter_files import Adapter
    from assistant.engine.engine import Engine
    from assistant.weights import KeptModel


class InTraining:
    """What a training lends."""

    def __init__(
        self,
        record: AdapterRecord,
        engine: Engine,
        aside: Callable[[], AbstractContextManager[None]],
        present: Callable[[str], Adapter],
    ) -> None:
        """`record` is of the adapter as it will be, its folder that of the run.

        `aside` is the engine as it is outside of a training; `present` the weights of this moment under a name.
        """
        self.name = record.name
        self.label = label_of(record.name)
        self.engine = engine
        self._record = record
        self._aside = aside
        self._present = present
        self._turn: ExitStack | None = None
        """Of the job that has the model now; None while the training has it."""
        self._stepped_aside = False

    @property
    def is_waiting(self) -> bool:
        """Whether another job may have a turn."""
        return self._turn is None

    @contextmanager
    def turn(self) -> Generator[None]:
        """Another job's turn, while the training waits between two steps."""
        try:
            with ExitStack() as self._turn:
                yield
        finally:
            self._turn, self._stepped_aside = None, False

    def lend(self, kept: KeptModel, device: str) -> Engine:
        """The engine, for the job whose turn it is. Raises ModelError where it wants another base or device."""
        if (kept.name, device) != (self.engine.name, self.engine.device.type):
            raise ModelError(
                _("While “{name}” is being trained, only its own base answers: {model}.").format(
                    name=self.name, model=self.engine.name
                ),
                _("Ask that one, or pause the training first; it goes on later from where it was."),
            )
        self._step_aside()
        return self.engine

    def record_of(self, name: str) -> AdapterRecord | None:
        """The adapter in training, if this name means it; one that is installed under its bare name comes first."""
        if name == self.label or (name == self.name and name not in adapter_names()):
            return dataclasses.replace(self._record, name=self.label)
        return None

    def is_this(self, record: AdapterRecord | None) -> bool:
        return record is not None and record.name == self.label

    def use(self) -> None:
        """Answer with the adapter as it is now. Raises OutOfMemoryError."""
        placed = self.engine.place(self._present(self.label))
        self.engine.select(placed)
        if self._turn is not None:  # the next turn will find other weights
            self._turn.callback(self.engine.remove, placed)

    def _step_aside(self) -> None:
        if not self._stepped_aside:
            if self._turn is None:
                raise RuntimeError("the training has the model, and nobody was given a turn")
            self._turn.enter_context(self._aside())
            self._stepped_aside = True
