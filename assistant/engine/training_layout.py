"""The model as a training needs it, and, in the middle of one, as answers need it.

Answers want packed 4-bit weights (`packing`) and the resident adapters (`slots`); gradients want neither. Changing over
copies nothing but the codes of packed weights, and each way round restores every bit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from assistant.engine import packing
from assistant.engine.lora import Beside, replace
from assistant.engine.slots import Slots


class TrainingLayout:
    def __init__(self, model: Any, slots: Slots) -> None:
        self._model = model
        self._slots = slots

    @contextmanager
    def entered(self) -> Generator[None]:
        """Nothing but the base's own layers, with gradients; afterwards as before, whatever was put beside them."""
        with self._slots.taken_off():
            packing.unpack(self._model)
            try:
                yield
            finally:
                for name, module in _beside(self._model):
                    replace(self._model, name, module.base)
                self._model.eval()
                packing.pack(self._model)

    @contextmanager
    def aside(self) -> Generator[None]:
        """As if nothing were being trained; afterwards the training finds what it left, random numbers included."""
        model, in_training = self._model, list(_beside(self._model))
        was_training: bool = model.training
        for name, module in in_training:
            replace(model, name, module.base)
        model.eval()
        with _same_random_numbers(model.device):
            try:
                packing.pack(model)
                with self._slots.put_on():
                    yield
            finally:
                packing.unpack(model)
                for name, module in in_training:
                    replace(model, name, module)
                model.train(was_training)


def _beside(model: nn.Module) -> Iterator[tuple[str, Beside]]:
    return iter([(name, module) for name, module in model.named_modules() if isinstance(module, Beside)])


@contextmanager
def _same_random_numbers(device: torch.device) -> Generator[None]:
    with torch.random.fork_rng([device] if device.type == "cuda" else []):
        yield
