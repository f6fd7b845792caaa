"""Where the keys and values of blocks lie: memory of the device, memory of the machine, disk; each within its bytes.

What was used longest ago moves one tier down, and out of the last one it is lost. A block that is used stays where it
is: the sequence that needs it is put together on the device anyway, and is read from there until another is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

States = dict[str, Any]
"""Keys and values of a block, layer by layer: "0.keys", "0.values", … of shape (1, heads, tokens, head size)."""

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Stored:
    """What a tier keeps of a block."""

    content: Any
    nbytes: int


class Tier(Protocol):
    limit_bytes: int

    def save(self, states: States) -> Stored | None:
        """None where it cannot be kept."""
        ...

    def load(self, stored: Stored) -> States | None:
        """None where it cannot be had back as it was."""
        ...

    def drop(self, stored: Stored) -> None: ...

    def close(self) -> None:
        """Leave nothing behind."""
        ...


class MemoryTier:
    """Of the machine (`device="cpu"`), or of the device that the model runs on (None: blocks come from there)."""

    def __init__(self, limit_bytes: int, device: str | None = None) -> None:
        self.limit_bytes = limit_bytes
        self._device = device

    def save(self, states: States) -> Stored | None:
        """The states themselves: whoever gives them away never changes them again."""
        moved = states if self._device is None else {name: part.to(self._device) for name, part in states.items()}
        return Stored(moved, size_bytes(moved))

    def load(self, stored: Stored) -> States | None:
        return stored.content

    def drop(self, stored: Stored) -> None:
        """Memory goes with the last reference."""

    def close(self) -> None:
        """Nothing lies outside of the process."""


class Tiers(Generic[Key]):
    """From the quickest to the largest. `on_lost` is told of each block that leaves the last one."""

    def __init__(self, tiers: Sequence[Tier], on_lost: Callable[[Key], object]) -> None:
        self._levels = [_Level[Key](tier) for tier in tiers]
        self._on_lost = on_lost
        self._last_use: dict[Key, int] = {}
        self._uses = 0

    def __contains__(self, key: Key) -> bool:
        return any(key in level.kept for level in self._levels)

    @property
    def used_bytes(self) -> list[int]:
        """Of each tier."""
        return [level.used_bytes for level in self._levels]

    def put(self, key: Key, states: States) -> None:
        """As the one used last. A tier may be over its limit by this block until `settle`."""
        self._last_use[key] = 0
        self.touch([key])
        self._place(self._levels, key, states)

    def get(self, key: Key) -> States | None:
        """None where it cannot be had back."""
        for level in self._levels:
            if key in level.kept:
                return level.tier.load(level.kept[key])
        return None

    def touch(self, keys: Iterable[Key]) -> None:
        """They were used, the last of them last of all."""
        for key in keys:
            if key in self._last_use:  # it is still there
                self._uses += 1
                self._last_use[key] = self._uses

    def settle(self) -> None:
        """Move down what is too much for each tier, the one used longest ago first."""
        for number, level in enumerate(self._levels, start=1):
            lower = self._levels[number:]
            while level.used_bytes > level.tier.limit_bytes:
                key = min(level.kept, key=self._last_use.__getitem__)
                states = level.tier.load(level.kept[key]) if lower else None
                level.drop(key)
                self._place(lower, key, states)

    def drop(self, key: Key) -> None:
        self._last_use.pop(key, None)
        for level in self._levels:
            level.drop(key)

    def clear(self) -> None:
        self._last_use.clear()
        for level in self._levels:
            level.clear()

    def close(self) -> None:
        self.clear()
        for level in self._levels:
            level.tier.close()

    def _place(self, levels: Sequence[_Level[Key]], key: Key, states: States | None) -> None:
        """Into the first of these that takes it."""
        if states is None or not any(level.put(key, states) for level in levels):
            self._on_lost(key)


class _Level(Generic[Key]):
    """A tier and what lies in it."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        self.kept: dict[Key, Stored] = {}
        self.used_bytes = 0

    def put(self, key: Key, states: States) -> bool:
        """False where it is too large for the whole tier, or cannot be kept there."""
        if size_bytes(states) > self.tier.limit_bytes:
            return False
        stored = self.tier.save(states)
        if stored is None:
            return False
        self.kept[key] = stored
        self.used_bytes += stored.nbytes
        return True

    def drop(self, key: Key) -> None:
        stored = self.kept.pop(key, None)
        if stored is not None:
            self.used_bytes -= stored.nbytes
            self.tier.drop(stored)

    def clear(self) -> None:
        for key in list(self.kept):
            self.drop(key)


def size_bytes(states: States) -> int:
    return sum(part.nbytes for part in states.values())
