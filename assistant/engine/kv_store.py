"""The KV cache of the sequence in progress, and of those before it: whatever was read once is not read again.

When another sequence takes the place of the one in progress, its keys and values are kept in blocks (`kv_tree` knows
of which tokens, `kv_tiers` where they lie), and are put together again for a prompt that begins like it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from assistant.engine import memory
from assistant.engine.kv_disk import DiskTier, remove_leftovers
from assistant.engine.kv_limits import KVLimits
from assistant.engine.kv_sequence import LiveSequence
from assistant.engine.kv_tiers import MemoryTier, States, Tier, Tiers
from assistant.engine.kv_tree import Block, KVTree, Owners, Stretch, as_owners

__all__ = ["KVLimits", "KVStore", "Stretch"]

_ALL = sys.maxsize


class KVStore:
    """Of one model. Of those with sliding windows or states, only the sequence in progress is known."""

    def __init__(self, config: Any, limits: KVLimits) -> None:
        if limits.directory:
            remove_leftovers(limits.directory)
        self._config = config
        self._limits = limits
        self._tree = KVTree(limits.block_tokens)
        self._tiers = Tiers[Block](_tiers(limits), on_lost=self._lose)
        self.reset()

    @property
    def tokens(self) -> list[int]:
        """What the sequence in progress holds, in order."""
        return self._live.tokens

    @property
    def values(self) -> Any:
        """transformers' `DynamicCache`: per layer, keys and values of shape (1, heads, tokens, head size)."""
        return self._live.values

    @property
    def used_bytes(self) -> list[int]:
        """Of the blocks, in each tier."""
        return self._tiers.used_bytes

    def open(self, prompt: Sequence[int], owners: Sequence[Stretch], keep: bool = True) -> int:
        """Hold the longest beginning of `prompt` that is known under these owners; returns its length in tokens.

        At least the prompt's last token is left to read, since its logits are needed. With `keep=False` the new
        sequence will not be kept when another takes its place.
        """
        wanted, new_owners = prompt[:-1], as_owners(owners)
        length = self._guarded(wanted, new_owners)
        if length is None:
            self.clear()
        self._live.owners = new_owners
        if keep:
            self._worth_keeping = _ALL
        return length or 0

    def extend(self, tokens: Sequence[int]) -> None:
        """A forward pass has read these; each belongs to the owner of its place in what was opened."""
        self._live.tokens.extend(tokens)

    def reset(self) -> None:
        """Forget the sequence in progress: it was left half read, or nobody needs it."""
        self._live = LiveSequence(self._config)
        self._worth_keeping = 0
        """How many of its first tokens to keep when another takes its place."""

    def clear(self) -> None:
        """Forget everything."""
        self.reset()
        self._tree = KVTree(self._limits.block_tokens)
        self._tiers.clear()

    def close(self) -> None:
        """Forget everything, and leave nothing on the disk."""
        self.clear()
        self._tiers.close()

    def _guarded(self, wanted: Sequence[int], owners: Owners) -> int | None:
        """`_take_over`, or None when memory runs out: an answer matters more than what is kept."""
        try:
            return self._take_over(wanted, owners)
        except (RuntimeError, MemoryError) as error:
            if not memory.is_out_of_memory(error):
                raise
        return None  # after the handler, whose traceback holds on to tensors

    def _take_over(self, wanted: Sequence[int], owners: Owners) -> int:
        """Put what is known of these tokens in the place of the sequence in progress; returns how many."""
        if not self._live.is_whole():
            self.reset()
        shared = self._live.shared(wanted, owners)
        found = self._find(wanted, owners, shared)  # held by this reference, whatever has to make room now
        self._keep(after=shared)
        if shared == 0 or not self._live.can_crop(shared):
            self.reset()
            shared = 0  # nothing was found either where a layer cannot be cut: there are no blocks of such a model
        self._live.crop(shared)
        length = shared + sum(tokens for _states, tokens in found)
        self._live.append(wanted[shared:length], [states for states, _tokens in found], self._limits.device)
        self._worth_keeping = min(self._worth_keeping, shared)
        return length

    def _find(self, tokens: Sequence[int], owners: Owners, after: int) -> list[tuple[States, int]]:
        """What the blocks know after the first `after` tokens, in order: keys and values, and of how many tokens."""
        hits = self._tree.find(tokens, owners)
        self._tiers.touch(hit.block for hit in reversed(hits))  # each is used later than all that is below it
        found: list[tuple[States, int]] = []
        end = 0
        for hit in hits:
            start, end = end, end + hit.tokens
            if end <= after:
                continue
            states = self._tiers.get(hit.block)
            if states is None:
                self._lose(hit.block)
                break
            first = max(after - start, 0)
            found.append((_columns(states, first, hit.tokens), hit.tokens - first))
        return found

    def _keep(self, after: int) -> None:
        """Keep the sequence in progress before all but its first `after` tokens is given up.

        Where that is less than a block it is sooner read again. Where there is no room for all, the beginning is kept.
        """
        tokens = self._live.tokens[: self._worth_keeping]
        if len(tokens) - after < self._limits.block_tokens or not self._live.divides:
            return
        path: list[Block] = []
        for block, start, is_new in self._tree.grow(tokens, self._live.owners):
            path.append(block)
            if is_new:
                self._tiers.put(block, self._live.states(start, start + len(block.tokens)))
                self._tiers.touch(reversed(path))
                self._tiers.settle()
                if block not in self._tiers:
                    return
        self._tiers.touch(reversed(path))  # it was in use until now

    def _lose(self, block: Block) -> None:
        for gone in self._tree.remove(block):
            self._tiers.drop(gone)


def _tiers(limits: KVLimits) -> list[Tier]:
    tiers: list[Tier] = [MemoryTier(limits.device_bytes)] if limits.device_bytes else []
    tiers.append(MemoryTier(limits.memory_bytes, "cpu"))
    if limits.disk_bytes and limits.directory:
        tiers.append(DiskTier(limits.disk_bytes, limits.directory))
    return tiers


def _columns(states: States, first: int, end: int) -> States:
    """Of these tokens of a block, without copying."""
    return {name: part[..., first:end, :] for name, part in states.items()}
