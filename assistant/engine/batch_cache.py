"""The KV caches of several sequences in one, so that one forward pass gives each its next token.

Each sequence is read alone and then joins; whoever has ended leaves. Shorter ones are padded on their left, which the
attention mask hides, and every token keeps its own position.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch


def can_batch(config: Any) -> bool:
    """Whether every layer keeps plain keys and values, of all tokens or of a sliding window.

    States that a padded token would change (state spaces, convolutions) are left to one sequence at a time.
    """
    from transformers import DynamicCache
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    layers = DynamicCache(config=config).layers
    return bool(layers) and all(type(layer) in (DynamicLayer, DynamicSlidingWindowLayer) for layer in layers)


class BatchCache:
    def __init__(self, config: Any, device: torch.device) -> None:
        self._config = config
        self._device = device
        self._values: Any = None
        """transformers' `DynamicCache`: per layer, keys and values of shape (rows, heads, tokens, head size)."""
        self._lengths: list[int] = []
        """Tokens of each row, without padding."""

    def clear(self) -> None:
        self._values = None
        self._lengths = []

    def join(self, row: Any, length: int) -> None:
        """Add a sequence of `length` tokens as the last row; its own cache is copied, not kept."""
        from transformers import DynamicCache

        self._lengths.append(length)
        if self._values is None:
            self._values = DynamicCache(config=self._config)
        width = max(self._lengths)
        for layer, other in zip(self._values.layers, row.layers, strict=True):
            if other.is_initialized:  # some models share keys and values between layers
                _join_layer(layer, other, width)

    def keep(self, rows: Sequence[int]) -> None:
        """Only these rows stay, in this order; columns that would be padding in all of them go."""
        if not rows:
            self.clear()
            return
        self._lengths = [self._lengths[row] for row in rows]
        self._values.batch_select_indices(torch.tensor(rows, device=self._device))
        for layer in self._values.layers:
            if layer.is_initialized:
                layer.keys, layer.values = (_fit(x, _columns(layer, self._width)) for x in (layer.keys, layer.values))
                _set_length(layer, self._width)

    @torch.inference_mode()
    def forward(self, model: Any, tokens: Sequence[int]) -> torch.Tensor:
        """Read one more token of each row; the logits after it, of shape (rows, vocabulary)."""
        output = model(
            input_ids=torch.tensor(tokens, device=self._device)[:, None],
            attention_mask=self._attention_mask(),
            position_ids=torch.tensor(self._lengths, device=self._device)[:, None],
            past_key_values=self._values,
            use_cache=True,
            logits_to_keep=1,
        )
        self._lengths = [length + 1 for length in self._lengths]
        return output.logits[:, -1]

    @property
    def _width(self) -> int:
        return max(self._lengths)

    def _attention_mask(self) -> torch.Tensor:
        """1 for tokens, 0 for padding: of shape (rows, width + 1), the next token included."""
        column = torch.arange(self._width + 1, device=self._device)
        padding = self._width - torch.tensor(self._lengths, device=self._device)
        return (column >= padding[:, None]).long()


def _join_layer(layer: Any, other: Any, width: int) -> None:
    if not layer.is_initialized:
        layer.lazy_initialization(other.keys, other.values)
        layer.keys, layer.values = other.keys.clone(), other.values.clone()
    else:
        columns = _columns(layer, width)
        layer.keys = torch.cat([_fit(layer.keys, columns), _fit(other.keys, columns)])
        layer.values = torch.cat([_fit(layer.values, columns), _fit(other.values, columns)])
    _set_length(layer, width)


def _columns(layer: Any, width: int) -> int:
    """How many tokens the layer holds when `width` have been read."""
    return min(width, layer.sliding_window - 1) if layer.is_sliding else width


def _set_length(layer: Any, width: int) -> None:
    if layer.is_sliding:
        layer.cumulative_length = width


def _fit(states: torch.Tensor, columns: int) -> torch.Tensor:
    """Padded or cut on the left to this many tokens; shape (rows, heads, columns, head size)."""
    missing = columns - states.shape[-2]
    if missing <= 0:
        return states[..., -missing:, :]
    return torch.nn.functional.pad(states, (0, 0, missing, 0))
