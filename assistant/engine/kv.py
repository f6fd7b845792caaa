"""The KV cache of the last prompt, kept so that the next one reads only what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class PrefixCache:
    """One sequence of tokens and its keys and values.

    The cache belongs to an owner (base + adapter): keys and values computed with one adapter are never used with
    another, because they differ.
    """

    def __init__(self, config: Any) -> None:
        self._config = config
        self._owner = ""
        self.tokens: list[int] = []
        """What the cache holds, in order."""
        self.values: Any = None
        """transformers' `DynamicCache`: per layer, keys and values of shape (1, heads, tokens, head size)."""

    def reuse(self, prompt: Sequence[int], owner: str) -> int:
        """Keep the part that `prompt` starts with; returns its length in tokens.

        At least the prompt's last token is left to read, since its logits are needed.
        """
        shared = _common_prefix(self.tokens, prompt[:-1]) if owner == self._owner else 0
        if shared == 0 or not self._crop(shared):
            self.reset(owner)
            return 0
        return shared

    def reset(self, owner: str = "") -> None:
        from transformers import DynamicCache

        self._owner = owner
        self.tokens = []
        self.values = DynamicCache(config=self._config)

    def _crop(self, length: int) -> bool:
        """Shorten to `length` tokens; False where a layer (sliding window, state space) cannot be shortened."""
        from transformers.cache_utils import DynamicLayer

        surplus = len(self.tokens) - length
        if surplus:
            if not all(type(layer) is DynamicLayer for layer in self.values.layers):
                return False
            self.values.crop(-surplus)
            del self.tokens[length:]
        return True


def _common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    length = min(len(a), len(b))
    return next((index for index in range(length) if a[index] != b[index]), length)
