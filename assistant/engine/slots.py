"""Adapters kept in memory side by side, to answer with one or another at once.

Each resident adapter has a slot: a number, under which every layer that it changes holds its A and B. Which slot
answers is one index that all layers share, so that to switch is to change that index: no walk over the model, no copy.
Rows of a batch may answer with different slots. y = W x + B A x (Hu et al. 2021), with the scaling already in B.

The base's own layers are never touched. Nothing is decided here: which adapters are resident is `adapters.bank`'s.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from assistant.engine.adapter_files import Adapter, Pair
from assistant.engine.lora import Beside, check_fits, linear_modules, replace


@dataclass(frozen=True)
class PlacedAdapter:
    name: str
    slot: int
    sha256: str
    invocation: tuple[int, ...] = ()
    """See `Adapter.invocation`."""


@dataclass
class _Selection:
    """What all layers look at."""

    slot: int | None = None
    """The one of all rows; None is the bare base."""
    rows: int = 0
    """Of a batch whose rows answer with different slots; 0 where they do not."""
    groups: list[tuple[int, torch.Tensor]] = field(default_factory=list[tuple[int, torch.Tensor]])
    """Slot, and the indexes of the rows that answer with it."""


class SlotLinear(Beside):
    """A linear layer of the base with the A and B of every resident adapter that changes it."""

    def __init__(self, base: nn.Linear, selection: _Selection) -> None:
        super().__init__(base)
        self.pairs: dict[int, Pair] = {}
        """Slot → A of shape (r, in), and B of shape (out, r) times the scaling."""
        self._selection = selection

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x of shape (..., in) → (..., out)."""
        y = self.base(x)
        selection = self._selection
        if selection.rows:
            self._add_to_rows(y, x, selection)
        elif selection.slot in self.pairs:
            _add(y, x, self.pairs[selection.slot])
        return y

    def _add_to_rows(self, y: torch.Tensor, x: torch.Tensor, selection: _Selection) -> None:
        if x.shape[0] != selection.rows:
            raise RuntimeError(f"{selection.rows} rows were selected, and {tuple(x.shape)} arrived")
        for slot, rows in selection.groups:
            if slot in self.pairs:
                part = y[rows]
                _add(part, x[rows], self.pairs[slot])
                y[rows] = part


def _add(y: torch.Tensor, x: torch.Tensor, pair: Pair) -> None:
    """y += B A x, in place and rounded once."""
    a, b = (weight.to(x.dtype) for weight in pair)  # nothing to do, except where a model computes parts in float32
    low = nn.functional.linear(x, a)
    y.view(-1, y.shape[-1]).addmm_(low.view(-1, low.shape[-1]), b.T)


class Slots:
    def __init__(self, model: Any) -> None:
        """The model must be bare."""
        self._model = model
        self._device, self._dtype = model.device, model.dtype  # each look at the model's own walks over it
        self._linears = linear_modules(model)
        self._layers: dict[str, SlotLinear] = {}
        self._selection = _Selection()
        self._taken: set[int] = set()
        self._rows: tuple[int | None, ...] = ()
        self._off = False
        """Taken off: what stands in the model is somebody else's."""

    @property
    def nbytes(self) -> int:
        """Of all slots together."""
        return sum(a.nbytes + b.nbytes for layer in self._layers.values() for a, b in layer.pairs.values())

    def check_fits(self, adapter: Adapter) -> None:
        """Raises AdapterMismatchError with every difference, expected and got."""
        check_fits(self._linears, adapter)

    def place(self, adapter: Adapter, slot: int | None = None) -> int:
        """Copy an adapter into a free slot, or over what is in the given one; returns the slot.

        Where the slot already holds tensors of the same shape they are written over, so that their addresses stay.
        Raises AdapterMismatchError, and then nothing has changed; torch's error when memory runs out, and then the
        slot is free.
        """
        self.check_fits(adapter)
        if slot is None:
            slot = next(number for number in range(len(self._taken) + 1) if number not in self._taken)
        self._taken.add(slot)
        try:
            self._write(adapter, slot)
        except BaseException:
            self.clear(slot)
            raise
        return slot

    def clear(self, slot: int) -> None:
        """Give up the memory of a slot. Layers that no adapter changes any more are the base's own again."""
        self._taken.discard(slot)
        if self._selection.slot == slot or slot in self._rows:
            self.select(None)
        for name, layer in list(self._layers.items()):
            layer.pairs.pop(slot, None)
            if not layer.pairs:
                self._stand(name, layer.base)
                del self._layers[name]

    def select(self, slot: int | None) -> None:
        """Answer with this slot from now on; None is the bare base."""
        selection = self._selection
        selection.slot, selection.rows = slot, 0

    def select_rows(self, slots: Sequence[int | None]) -> None:
        """Answer with these slots from now on, one for each row of the batch."""
        rows = tuple(slots)
        if len(set(rows)) <= 1:
            self.select(rows[0] if rows else None)
            return
        if rows != self._rows:  # mostly they are those of the token before
            self._rows = rows
            self._selection.groups = self._group(rows)
        self._selection.rows = len(rows)

    @contextmanager
    def taken_off(self) -> Generator[None]:
        """The model with nothing but the base's own layers; afterwards all slots are as they were."""
        self._take_off()
        try:
            yield
        finally:
            self._put_on()

    @contextmanager
    def put_on(self) -> Generator[None]:
        """Within `taken_off`: all slots as they were; what is placed meanwhile stays."""
        self._put_on()
        try:
            yield
        finally:
            self._take_off()

    def _take_off(self) -> None:
        for name, layer in self._layers.items():
            self._stand(name, layer.base)
        self._off = True

    def _put_on(self) -> None:
        self._off = False
        for name, layer in self._layers.items():
            self._stand(name, layer)

    def _stand(self, name: str, module: nn.Module) -> None:
        if not self._off:
            replace(self._model, name, module)

    def _group(self, rows: tuple[int | None, ...]) -> list[tuple[int, torch.Tensor]]:
        return [
            (slot, torch.tensor([row for row, other in enumerate(rows) if other == slot], device=self._device))
            for slot in sorted({slot for slot in rows if slot is not None})
        ]

    def _write(self, adapter: Adapter, slot: int) -> None:
        for name in self._layers.keys() - adapter.weights.keys():
            self._layers[name].pairs.pop(slot, None)
        for name, (a, b, scaling) in adapter.weights.items():
            if name not in self._layers:
                self._layers[name] = SlotLinear(self._linears[name], self._selection)
                self._stand(name, self._layers[name])
            layer = self._layers[name]
            layer.pairs[slot] = self._copied((a, scaled(b, scaling)), layer.pairs.get(slot))

    def _copied(self, pair: Pair, old: Pair | None) -> Pair:
        """The pair in the device's memory and the model's dtype: in the place of the old one where it has its shape."""

        def copied(tensor: torch.Tensor, place: torch.Tensor | None) -> torch.Tensor:
            if place is None or place.shape != tensor.shape:
                place = torch.empty(tensor.shape, dtype=self._dtype, device=self._device)
            return place.copy_(tensor, non_blocking=tensor.is_pinned())

        old_a, old_b = old or (None, None)
        return copied(pair[0], old_a), copied(pair[1], old_b)


def scaled(b: torch.Tensor, scaling: float) -> torch.Tensor:
    """B with the scaling in it, computed in float32 and not yet rounded."""
    return b if scaling == 1 else b.float() * scaling


def folded(adapter: Adapter, dtype: torch.dtype, *, pinned: bool) -> Adapter:
    """As it will be in a slot, ready to be copied: in this dtype, the scaling in B; `pinned` for a graphics card.

    In one piece of memory: to pin hundreds of pieces takes longer than to read them.
    """
    tensors = [tensor for a, b, scaling in adapter.weights.values() for tensor in (a, scaled(b, scaling))]
    whole = torch.empty(sum(tensor.numel() for tensor in tensors), dtype=dtype, pin_memory=pinned)
    parts = whole.split([tensor.numel() for tensor in tensors])
    ready = [part.view(tensor.shape).copy_(tensor) for part, tensor in zip(parts, tensors, strict=True)]
    weights = {name: (ready[2 * i], ready[2 * i + 1], 1.0) for i, name in enumerate(adapter.weights)}
    return dataclasses.replace(adapter, weights=weights)
