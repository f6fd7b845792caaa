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
"""Patterns with a repetition or a group, in one adapter; plain names may be as many as there are layers."""

_TOKEN = re.compile(
    r"(?P<group>\((?:\?:)?)|(?P<close>\))(?![*+?{])|(?P<or>\|)|(?P<anchor>[\^$])"
    r"|(?:\\[.dw]|\[[\w-]{1,40}\]|\.|[\w/-])(?P<repeat>[*+?]\??)?"
)


def by_pattern(patterns: Mapping[str, Any], module: str, default: Any) -> Any:
    """PEFT's rule (`get_pattern_key`): the first key that matches the name, or its end behind a dot."""
    for pattern, value in patterns.items():
        if module == pattern or module.endswith(f".{pattern}") or _matches(pattern, module):
            return value
    return default


def unsafe(patterns: Sequence[str]) -> str:
    """The first that is not evaluated; empty when all are harmless."""
    complicated = 0
    for pattern in patterns:
        level = _complication(pattern)
        complicated += bool(level)
        if level is None or complicated > _MAX_COMPLICATED:
            return pattern
    return ""


def _matches(pattern: str, module: str) -> bool:
    return re.match(rf"(.*\.)?({pattern})$", module) is not None


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
