"""Keys and values of the bare base for what stands before an activated adapter, kept from epoch to epoch.

The adapter never changes them, so that from the second epoch on a document need not be read again. They stay in
the machine's memory (on a card they are copied there for the step that needs them), never on the disk. What is full
stays as it is: examples come round in epochs, and to replace the oldest would throw out each just before it is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

Read = Callable[[Sequence[int]], torch.Tensor]
"""Tokens → keys and values, of shape (layers, 2, heads of keys, tokens, head size)."""


class Prefixes:
    def __init__(self, limit_bytes: int, device: torch.device, read: Read) -> None:
        self._limit_bytes = limit_bytes
        self._device = device
        self._read = read
        self._kept: dict[tuple[int, ...], torch.Tensor] = {}
        self.nbytes = 0

    def get(self, tokens: tuple[int, ...]) -> torch.Tensor:
        """Where the model computes; read now if it is not kept, and then kept if there is room."""
        kept = self._kept.get(tokens)
        if kept is not None:
            return kept.to(self._device, non_blocking=True)
        read = self._read(tokens)
        if self.nbytes + read.nbytes <= self._limit_bytes:
            self._kept[tokens] = _in_host_memory(read)
            self.nbytes += read.nbytes
        return read

    def limit(self, limit_bytes: int) -> None:
        """Keep no more than this from now on; what is too much is forgotten, the latest first."""
        self._limit_bytes = limit_bytes
        while self.nbytes > limit_bytes:
            _tokens, values = self._kept.popitem()
            self.nbytes -= values.nbytes


def _in_host_memory(values: torch.Tensor) -> torch.Tensor:
    """Pinned where it comes from a card, so that it can be copied back while the card computes."""
    if values.device.type == "cpu":
        return values
    return torch.empty(values.shape, dtype=values.dtype, pin_memory=True).copy_(values)
