"""Tokens through the model, one sequence at a time: what is known of it is taken from the KV cache, the rest is read.

Each token is read with the adapter that is active there, and its keys and values are kept under that adapter's name.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import torch

from assistant.engine import memory
from assistant.engine.activation import Activation
from assistant.engine.answer import Answer
from assistant.engine.kv_store import KVLimits, KVStore, Stretch
from assistant.engine.slots import Slots
from assistant.generation import Prefill, ShouldStop, never_stop
from assistant.hardware import peak_memory_bytes as process_peak_memory_bytes

PREFILL_CHUNK_TOKENS = {"cpu": 256, "cuda": 1024}
"""Between two chunks a stop is noticed and progress is shown: small enough to feel instant on either device."""


class Reader:
    """One model, its adapters and its KV cache. Not for use from two threads at once."""

    def __init__(self, model: Any, slots: Slots, base: str, limits: KVLimits) -> None:
        self.model = model
        self.slots = slots
        self.device: torch.device = model.device
        self.store = KVStore(model.config, limits)
        self._base = base
        """Stands for the bare base in the names of who computed keys and values."""
        self._current: Answer | None = None
        """Whose tokens the KV cache holds."""

    def read(
        self, answer: Answer, should_stop: ShouldStop = never_stop, *, keep: bool = True
    ) -> Generator[Prefill, None, Any]:
        """Read all tokens of the answer that the KV cache does not hold yet.

        With `keep=False` they are forgotten when something else is read. Returns the logits of the last, of shape
        (vocabulary,), or None when stopped before.
        """
        started = time.perf_counter()
        tokens, active = answer.tokens, answer.activation
        cached = self.store.open(tokens, owners(active, self._base), keep)
        self._current = answer
        logits = None
        for begin, end in self._pieces(cached, len(tokens), active.start):
            if should_stop():
                logits = None
                break
            logits = self.forward(tokens[begin:end], active.slot_at(begin))
            yield Prefill(end, len(tokens))
            if self._current is not answer:  # the cache was somebody else's meanwhile
                return (yield from self.read(answer, should_stop, keep=keep))
        answer.prefill_seconds += time.perf_counter() - started
        if not answer.generated:  # otherwise it is read a second time
            answer.cached_tokens = cached
        return logits

    def next(self, answer: Answer) -> Generator[Prefill, None, Any]:
        """Read the token that was generated last, or all of them where something else was read since.

        Returns the logits after it, of shape (vocabulary,).
        """
        if self._current is answer:
            return self.forward(answer.generated[-1:], answer.slot)
        return (yield from self.read(answer))

    @torch.inference_mode()
    def forward(self, tokens: Sequence[int], slot: int | None) -> Any:
        """Read these tokens after what the cache holds; the logits of the last one, shape (vocabulary,)."""
        self.slots.select(slot)
        try:
            output = self.model(
                input_ids=torch.tensor([tokens], device=self.device),
                past_key_values=self.store.values,
                use_cache=True,
                logits_to_keep=1,
            )
        except BaseException:
            self._current = None
            self.store.reset()  # left half-way, layers of the cache may differ in length
            raise
        self.store.extend(tokens)
        return output.logits[0, -1]

    def forget(self) -> None:
        """Give up the KV cache and what torch holds in reserve."""
        self._current = None
        self.store.clear()
        memory.release(self.device)

    def peak_memory_bytes(self) -> int:
        """Highest so far: of the device on CUDA, of this process on a CPU."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device)
        return process_peak_memory_bytes()

    def _pieces(self, begin: int, end: int, cut: int) -> Iterator[tuple[int, int]]:
        """Chunks of begin…end, none of them across `cut`."""
        chunk = PREFILL_CHUNK_TOKENS[self.device.type]
        while begin < end:
            stop = min(begin + chunk, cut if begin < cut else end, end)
            yield begin, stop
            begin = stop


def owners(active: Activation, base: str) -> list[Stretch]:
    """Who computes the keys and values of a prompt: what stands before an activated adapter is the base's own."""
    if active.adapter is None:
        return [Stretch(f"{base}+", 0)]
    owner = f"{base}+{active.adapter.sha256}"
    return [Stretch(f"{base}+", 0), Stretch(owner, active.start)] if active.start else [Stretch(owner, 0)]
