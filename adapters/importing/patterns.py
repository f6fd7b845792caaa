"""PEFT's patterns (`rank_pattern`, `alpha_pattern`), whose keys are regular expressions written by a stranger.

Python's `re` can be made to run for years by a few characters. Only expressions that cannot are evaluated: letters,
dots, character classes, at most two groups of alternatives, at most three repetitions, and none of a group. That is
more than any tool writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_MAX_CHARACTERS = 512
_MAX_REPEATS = 3
_MAX_GROUPS = 2
_MAX_ALTERNATIVES = 32
_MAX_COMPLICATED = 32
"""Patterns with a repetition or a group, in one adapter."""
_MAX_EXPRESSIONS = 500
"""Those, and names with an anchor or an escape: as many as Python keeps compiled. Plain names may be more."""

_TOKEN = re.compile(
    r"(?P<group>\((?:\?:)?)|(?P<close>\))(?![*+?{])|(?P<or>\|)|(?P<anchor>[\^$])"
    r"|(?:\\[.dw]|\[[\w-]{1,40}\]|\.|[\w/-])(?P<repeat>[*+?]\??)?"
)


def by_pattern(patterns: Mapping[str, Any], module: str, default: Any) -> Any:
    """PEFT's rule (`get_pattern_key`): the first key that matches the name, or its end behind a dot."""
    for pattern, value in patterns.items():
        if _matches(pattern, module):
            return value
    return default


def unsafe(patterns: Sequence[str]) -> str:
    """The first that is not evaluated; empty when all are harmless."""
    complicated = expressions = 0
    for pattern in patterns:
        if _is_plain(pattern):
            continue
        level = _complication(pattern)
        expressions += 1
        complicated += bool(level)
        if level is None or complicated > _MAX_COMPLICATED or expressions > _MAX_EXPRESSIONS:
            return pattern
    return ""


def _matches(pattern: str, module: str) -> bool:
    if _is_plain(pattern):
        end = module[-len(pattern) :]
        whole = len(module) == len(pattern) or module[-len(pattern) - 1 : -len(pattern)] == "."
        # A dot stands for any character.
        return whole and len(end) == len(pattern) and all(p in (c, ".") for p, c in zip(pattern, end, strict=True))
    return re.match(rf"(.*\.)?({pattern})$", module) is not None


def _is_plain(pattern: str) -> bool:
    """A name, as most are: matched without an expression."""
    return f"_{pattern.replace('.', '_')}".isidentifier() and 0 < len(pattern) <= _MAX_CHARACTERS


def _complication(pattern: str) -> int | None:
    """How many repetitions, groups and alternatives; None where it is too many or not understood."""
    if not 0 < len(pattern) <= _MAX_CHARACTERS:
        return None
    repeats = groups = alternatives = place = 0
    while place < len(pattern):
        token = _TOKEN.match(pattern, place)
        if token is None:
            return None
        repeats += token["repeat"] is not None
        groups += token["group"] is not None
        alternatives += token["or"] is not None
        place = token.end()
    if repeats > _MAX_REPEATS or groups > _MAX_GROUPS or alternatives > _MAX_ALTERNATIVES:
        return None
    try:
        re.compile(pattern)
    except re.error:
        return None
    return repeats + groups + alternatives
