"""How much there is to do, before it is done: for the estimate of the time left."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.summaries.desk import Desk
from assistant.summaries.units import Unit

MERGED_AT_ONCE = 8
"""About so many notes fit into one prompt, for a guess at the rounds of merging."""


def planned_tokens(desk: Desk, units: Sequence[Unit], done: Sequence[bool]) -> float:
    """What the model will have read: the parts that are not done, and the notes that are merged.

    A merge writes as much as a part does and reads about as much, so it counts as one.
    """
    tokens = [unit.tokens for unit in units]
    left = sum(count for count, kept in zip(tokens, done, strict=True) if not kept)
    return left + merge_count(desk) * sum(tokens) / len(tokens)


def merge_count(desk: Desk) -> int:
    """About how many merges there will be."""
    options = desk.options
    if not options.merge or options.wanted.kind == "items" or len(desk.parts) == 1:
        return 0
    if not options.one_text and options.wanted.name != "outline":
        return 0
    per_section = sum(-(-len(section.parts) // MERGED_AT_ONCE) for section in desk.sections if len(section.parts) > 1)
    left, over_sections = len(desk.sections), 1 if options.one_text else 0
    while options.one_text and left > MERGED_AT_ONCE:
        left = -(-left // MERGED_AT_ONCE)
        over_sections += left
    return per_section + over_sections
