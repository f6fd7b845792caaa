"""A model of which every wrong hit shows: what it keeps of a token is a digest of all tokens and owners up to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import torch
from transformers import LlamaConfig

from assistant.engine.kv_store import KVLimits, KVStore, Stretch

LAYERS, HEADS, HEAD_SIZE = 2, 2, 4  # 32 numbers of each token: one for each byte of the digest
TOKEN_BYTES = LAYERS * 2 * HEADS * HEAD_SIZE * 4
"""Of keys and values of one token."""

CONFIG = LlamaConfig(
    num_hidden_layers=LAYERS, num_attention_heads=HEADS, num_key_value_heads=HEADS, hidden_size=HEADS * HEAD_SIZE
)


def under(owner: str, *later: tuple[str, int]) -> list[Stretch]:
    return [Stretch(owner, 0), *(Stretch(other, start) for other, start in later)]


class Reader:
    def __init__(self, limits: KVLimits | None = None) -> None:
        self.store = KVStore(CONFIG, limits or KVLimits(memory_bytes=1 << 30, block_tokens=4))

    def read(
        self,
        prompt: Sequence[int],
        owners: Sequence[Stretch] | str = "base",
        *,
        answer: Sequence[int] = (),
        keep: bool = True,
        stop_after: int | None = None,
    ) -> int:
        """Read a prompt and write an answer; returns how many tokens were known, after checking what they hold."""
        owners = under(owners) if isinstance(owners, str) else owners
        known = self.store.open(prompt, owners, keep=keep)
        assert known < len(prompt), "the last token is always read"
        whole = [*prompt, *answer]
        self._check(whole[:known], owners)
        end = len(whole) if stop_after is None else min(known + stop_after, len(whole))
        for start in range(known, end, 3):
            self._forward(whole, start, min(start + 3, end), owners)
        self._check(whole[: max(known, end)], owners)
        return known

    def _forward(self, whole: Sequence[int], start: int, end: int, owners: Sequence[Stretch]) -> None:
        states = computed(whole[:end], owners)[..., start:end, :]
        for number, layer in enumerate(self.store.values.layers):
            layer.update(states[number, 0][None], states[number, 1][None])
        self.store.extend(whole[start:end])

    def _check(self, tokens: Sequence[int], owners: Sequence[Stretch]) -> None:
        assert self.store.tokens == list(tokens)
        expected = computed(tokens, owners)
        for number, layer in enumerate(self.store.values.layers):
            assert layer.get_seq_length() == len(tokens)
            if tokens:
                assert torch.equal(layer.keys[0], expected[number, 0]), "a wrong hit"
                assert torch.equal(layer.values[0], expected[number, 1]), "a wrong hit"


def computed(tokens: Sequence[int], owners: Sequence[Stretch]) -> torch.Tensor:
    """Of shape (layers, 2, heads, tokens, head size), float32."""
    digest, columns = hashlib.sha256(), []
    starts = {stretch.start: stretch.owner for stretch in owners}  # the last, where two start at the same token
    owner = ""
    for position, token in enumerate(tokens):
        owner = starts.get(position, owner)
        digest.update(f"{owner}|{token};".encode())
        columns.append(list(digest.digest()))
    shape = (len(columns), LAYERS, 2, HEADS, HEAD_SIZE)
    return torch.tensor(columns, dtype=torch.float32).reshape(shape).permute(1, 2, 3, 0, 4).contiguous()
