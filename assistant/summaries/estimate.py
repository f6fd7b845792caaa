"""Time left, from the time that a token of source text has taken so far, and how much there is to do.

By tokens, since parts differ in length; what is kept from before costs nothing and is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.summaries.options import SummaryOptions
from assistant.summaries.parts import PartSection
from assistant.summaries.units import Unit

_MERGED_AT_ONCE = 8
"""About so many notes fit into one prompt, for a guess at the rounds of merging."""


class Estimate:
    def __init__(self) -> None:
        self._ahead_tokens = 0.0
        self._done_tokens = 0.0
        self._seconds = 0.0

    def plan(self, tokens: float) -> None:
        """So much is to be read yet; less than nothing takes back what was planned."""
        self._ahead_tokens = max(0.0, self._ahead_tokens + tokens)

    def finished(self, tokens: float) -> None:
        self._done_tokens += tokens
        self.plan(-tokens)

    def worked(self, seconds: float) -> None:
        """Time that passed at work, side by side or one by one."""
        self._seconds += seconds

    @property
    def seconds_left(self) -> float | None:
        """None before anything is finished."""
        if not self._done_tokens:
            return None
        return self._ahead_tokens * self._seconds / self._done_tokens


def planned_tokens(
    options: SummaryOptions, sections: Sequence[PartSection], units: Sequence[Unit], done: Sequence[bool]
) -> float:
    """What the model will have read: the parts that are not done, and the notes that are merged.

    A merge writes as much as a part does and reads about as much, so it counts as one.
    """
    tokens = [unit.tokens for unit in units]
    left = sum(count for count, kept in zip(tokens, done, strict=True) if not kept)
    return left + _merge_count(options, sections) * sum(tokens) / len(tokens)


def _merge_count(options: SummaryOptions, sections: Sequence[PartSection]) -> int:
    """About how many merges there will be."""
    if not options.merge or options.wanted.kind == "items" or sum(len(section.parts) for section in sections) == 1:
        return 0
    if not options.one_text and options.wanted.name != "outline":
        return 0
    per_section = sum(-(-len(section.parts) // _MERGED_AT_ONCE) for section in sections if len(section.parts) > 1)
    left, over_sections = len(sections), 1 if options.one_text else 0
    while options.one_text and left > _MERGED_AT_ONCE:
        left = -(-left // _MERGED_AT_ONCE)
        over_sections += left
    return per_section + over_sections
