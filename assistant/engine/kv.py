"""The KV cache of the last prompt, kept so that the next one reads only what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Stretch:
    owner: str
    start: int
    """From this token on the keys and values are computed by this owner: base, or base and adapter."""


class PrefixCache:
    """One sequence of tokens and its keys and values.

    Every token belongs to an owner: keys and values computed with one adapter are never used with another, because
    they differ.
    """

    def __init__(self, config: Any) -> None:
        self._config = config
        self.reset()

    def open(self, prompt: Sequence[int], owners: Sequence[Stretch]) -> int:
        """Keep the part that `prompt` starts with, under the same owners; returns its length in tokens.

        At least the prompt's last token is left to read, since its logits are needed.
        """
        shared = _common_prefix(
            list(zip(self.tokens, _of(self._owners, len(self.tokens)), strict=True)),
            list(zip(prompt[:-1], _of(owners, len(prompt) - 1), strict=True)),
        )
        if shared == 0 or not self._crop(shared):
            self.reset()
            shared = 0
        self._owners = list(owners)
        return shared

    def extend(self, tokens: Sequence[int]) -> None:
        self.tokens.extend(tokens)

    def reset(self) -> None:
        from transformers import DynamicCache

        self._owners: list[Stretch] = []
        self.tokens: list[int] = []
        """What the cache holds, in order."""
        self.values: Any = DynamicCache(config=self._config)
        """transformers' `DynamicCache`: per layer, keys and values of shape (1, heads, tokens, head size)."""

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


def _of(owners: Sequence[Stretch], length: int) -> list[str]:
    """The owner of each of so many tokens."""
    ends = [stretch.start for stretch in owners[1:]] + [length]
    return [
        stretch.owner
        for stretch, end in zip(owners, ends, strict=False)
        for _token in range(stretch.start, min(end, length))
    ]


def _common_prefix(a: Sequence[Any], b: Sequence[Any]) -> int:
    length = min(len(a), len(b))
    return next((index for index in range(length) if a[index] != b[index]), length)
