"""What is given up, rung by rung, when memory is short: the run goes on, and each step still learns from as many
examples.

Cheapest first: documents kept as read cost a second reading, fewer examples at a time cost speed alone, layers computed
again a third of it; a shorter window leaves text out. The 8-bit optimizer comes last because an adapter is so small
that it frees little. Pure functions: nothing here allocates anything, and nothing here knows torch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.i18n import _

Optimizer = Literal["adamw", "adamw8bit"]
Rung = Literal["documents", "micro_batch", "checkpointing", "window", "optimizer"]

MIN_MAX_TOKENS = 512
"""A shorter window holds too little of a text to learn a summary from."""
_WINDOW_SHARE = 0.75
_CHECKPOINTING_RUNGS = 4


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How the memory is used."""

    micro_tokens: int
    """That go through the model at a time; one example does however long it is."""
    checkpointed_layers: int = 0
    """Layers that are computed again on the way back instead of keeping what they made."""
    prefix_bytes: int = 0
    """For documents kept as the bare base has read them (`alora` only)."""
    max_tokens: int
    """Of one example; a longer one loses the end of its source."""
    optimizer: Optimizer = "adamw"


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How far down it goes."""

    layers: int
    """Of the base."""
    longest: int
    """Tokens of the longest example."""


def step_down(plan: Plan, bounds: Bounds) -> tuple[Plan, Rung] | None:
    """The plan that takes less memory, and what was given up; None where nothing is left to give up."""
    longest = min(bounds.longest, plan.max_tokens)
    if plan.prefix_bytes:
        return dataclasses.replace(plan, prefix_bytes=0), "documents"
    if plan.micro_tokens > longest:
        return dataclasses.replace(plan, micro_tokens=max(longest, plan.micro_tokens // 2)), "micro_batch"
    if plan.checkpointed_layers < bounds.layers:
        more = plan.checkpointed_layers + max(1, -(-bounds.layers // _CHECKPOINTING_RUNGS))
        return dataclasses.replace(plan, checkpointed_layers=min(more, bounds.layers)), "checkpointing"
    if longest > MIN_MAX_TOKENS:
        shorter = max(MIN_MAX_TOKENS, int(longest * _WINDOW_SHARE))
        return dataclasses.replace(plan, max_tokens=shorter, micro_tokens=shorter), "window"
    if plan.optimizer == "adamw":
        return dataclasses.replace(plan, optimizer="adamw8bit"), "optimizer"
    return None


def choose(plan: Plan, bounds: Bounds, fits: Callable[[Plan], bool]) -> tuple[Plan, list[Rung]]:
    """The first plan on the way down that fits, and the rungs taken; the last one where none does."""
    rungs: list[Rung] = []
    while not fits(plan) and (lower := step_down(plan, bounds)):
        plan, rung = lower
        rungs.append(rung)
    return plan, rungs


def rung_in_words(rung: Rung, plan: Plan, bounds: Bounds) -> str:
    """What was done, for a person. `plan` is the one after it."""
    words = {
        "documents": _("Documents that were kept as read are forgotten, and read again."),
        "micro_batch": _("Fewer examples go through the model at a time; each step learns from as many as before."),
        "checkpointing": _(
            "{count} of {total} layers are computed twice instead of being remembered, which takes longer."
        ).format(count=plan.checkpointed_layers, total=bounds.layers),
        "window": _("Texts are read up to {tokens} tokens; their summaries stay whole.").format(tokens=plan.max_tokens),
        "optimizer": _("The optimizer's memory is kept in 8 bits."),
    }
    return words[rung]
