"""The numbers and bullets in front of Word's lists and headings, counted as Word counts them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from assistant.documents.formats.inline import counted
from assistant.documents.formats.xml import Element, attribute, child, children, number

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class _Level:
    style: str = "decimal"
    pattern: str = "%1."
    start: int = 1


@dataclass
class _List:
    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict[int, int])
    """What each level has come to; shared by all lists of one definition."""


class Numbering:
    def __init__(self, root: Element | None) -> None:
        """From `word/numbering.xml`; None where there is none."""
        abstract = {attribute(entry, "abstractNumId"): _List(_levels(entry)) for entry in children(root, "abstractNum")}
        self._lists: dict[str, _List] = {}
        for entry in children(root, "num"):
            base = abstract.get(attribute(child(entry, "abstractNumId"), "val"), _List({}))
            self._lists[attribute(entry, "numId")] = _overridden(entry, base)

    def label(self, num_id: str, level: int) -> str | None:
        """The next label of a list at a level from 0; "" for a level without one, None for no list."""
        counting = self._lists.get(num_id)
        if counting is None:
            return None
        level = min(max(level, 0), _LEVELS - 1)
        counts = counting.counts
        here = counting.levels.get(level, _Level())
        counts[level] = counts.get(level, here.start - 1) + 1
        for deeper in range(level + 1, _LEVELS):
            counts.pop(deeper, None)
        if here.style == "bullet":
            return "•"
        return "" if here.style == "none" else _filled(here.pattern, counting.levels, counts)


def _filled(pattern: str, levels: Mapping[int, _Level], counts: Mapping[int, int]) -> str:
    def value(place: re.Match[str]) -> str:
        level = int(place[1]) - 1
        definition = levels.get(level, _Level())
        return counted(counts.get(level, definition.start), definition.style)

    return _PLACE.sub(value, pattern)


def _levels(abstract: Element) -> dict[int, _Level]:
    return {number(attribute(level, "ilvl")): _level(level) for level in children(abstract, "lvl")}


def _level(level: Element) -> _Level:
    return _Level(
        attribute(child(level, "numFmt"), "val", "decimal"),
        attribute(child(level, "lvlText"), "val", ""),
        number(attribute(child(level, "start"), "val", "1"), 1),
    )


def _overridden(entry: Element, base: _List) -> _List:
    """A list that starts anew or looks different counts for itself; all others go on where the last one ended."""
    overrides = children(entry, "lvlOverride")
    if not overrides:
        return base
    levels = dict(base.levels)
    for override in overrides:
        index = number(attribute(override, "ilvl"))
        whole = child(override, "lvl")
        level = levels.get(index, _Level()) if whole is None else _level(whole)
        start = number(attribute(child(override, "startOverride"), "val"), level.start)
        levels[index] = _Level(level.style, level.pattern, start)
    return _List(levels)
