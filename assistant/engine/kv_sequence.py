"""The sequence in progress: its tokens, who they were read with, and transformers' cache that grows with each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.engine.kv_tiers import States
from assistant.engine.kv_tree import Owners, Stretch, common_prefix, same_owners


class LiveSequence:
    """Empty at first. The engine's forward passes grow `values`, and `tokens` is told of it."""

    def __init__(self, config: Any) -> None:
        from transformers import DynamicCache
        from transformers.cache_utils import DynamicLayer

        self.tokens: list[int] = []
        self.owners: Owners = (Stretch("", 0),)
        self.values: Any = DynamicCache(config=config)
        self.divides = all(type(layer) is DynamicLayer for layer in self.values.layers)
        """Whether each layer holds keys and values of all tokens. Sliding windows and states cannot be cut."""

    def shared(self, tokens: Sequence[int], owners: Owners) -> int:
        """How many tokens of this other sequence it begins with."""
        return min(common_prefix(self.tokens, tokens), same_owners(self.owners, owners, len(tokens)))

    def can_crop(self, length: int) -> bool:
        return self.divides or length == len(self.tokens)

    def crop(self, length: int) -> None:
        surplus = len(self.tokens) - length
        if surplus:
            self.values.crop(-surplus)
            del self.tokens[length:]

    def states(self, start: int, end: int) -> States:
        """A copy of these tokens' keys and values."""
        states: States = {}
        for number, layer in enumerate(self.values.layers):
            if layer.is_initialized:  # some models share keys and values between layers
                states[f"{number}.keys"] = layer.keys[..., start:end, :].clone()
                states[f"{number}.values"] = layer.values[..., start:end, :].clone()
        return states

    def append(self, tokens: Sequence[int], parts: Sequence[States], device: str) -> None:
        """Go on with these tokens, whose keys and values are given in parts, on whatever device each is."""
        import torch

        for number, layer in enumerate(self.values.layers):
            if parts and f"{number}.keys" in parts[0]:
                keys = [part[f"{number}.keys"].to(device) for part in parts]
                values = [part[f"{number}.values"].to(device) for part in parts]
                if not layer.is_initialized:
                    layer.lazy_initialization(keys[0], values[0])
                layer.keys = torch.cat([layer.keys, *keys], dim=-2)
                layer.values = torch.cat([layer.values, *values], dim=-2)
        self.tokens.extend(tokens)

    def is_whole(self) -> bool:
        """Whether every layer holds all tokens: not so where a forward pass was broken off."""
        from transformers.cache_utils import DynamicLayer

        layers = [layer for layer in self.values.layers if isinstance(layer, DynamicLayer)]  # with windows or without
        return all(layer.get_seq_length() == len(self.tokens) for layer in layers if layer.is_initialized)
