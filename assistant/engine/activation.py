"""From which token of a prompt on an adapter is active.

An ordinary adapter is active on all of it. An activated one (aLoRA, Greenewald et al. 2025) is off until the last
occurrence of its invocation tokens, and on from their first token to the end of the answer; where they do not occur the
bare base answers: the rule of PEFT 0.21 (`tuners/lora/variants.py`, `calculate_alora_offsets`). What stands before
belongs to the bare base, so its keys and values serve every such adapter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.engine.slots import PlacedAdapter


@dataclass(frozen=True)
class Activation:
    adapter: PlacedAdapter | None
    """None for the bare base."""
    start: int = 0
    """Index of the first token, counted in the prompt, that the adapter is active on."""

    def slot_at(self, position: int) -> int | None:
        """Of the adapter that reads the token at this index; None is the bare base."""
        return self.adapter.slot if self.adapter and position >= self.start else None


BARE_BASE = Activation(None)


def activate(adapter: PlacedAdapter | None, prompt: Sequence[int]) -> Activation:
    if adapter is None or not adapter.invocation:
        return Activation(adapter) if adapter else BARE_BASE
    start = last_occurrence(adapter.invocation, prompt)
    return BARE_BASE if start is None else Activation(adapter, start)


def last_occurrence(wanted: Sequence[int], tokens: Sequence[int]) -> int | None:
    """Index of the first token of the last occurrence; None where there is none."""
    wanted, tokens = list(wanted), list(tokens)
    return next(
        (
            start
            for start in range(len(tokens) - len(wanted), -1, -1)
            if tokens[start] == wanted[0] and tokens[start : start + len(wanted)] == wanted
        ),
        None,
    )
