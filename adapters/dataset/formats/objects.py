"""The JSON objects of a file, one after the other, each with its line: JSON Lines, or one list of them.

What cannot be read costs that object alone, wherever the next one can be found again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast

from assistant.i18n import _

Found = tuple[int, dict[str, Any] | str]
"""The line it begins on, counted from 1, and the object; or, in words, why there is none."""

_LINE = re.compile(r"[^\n]+")
_LIST = re.compile(r"\s*\[\s*\{")
_BETWEEN = re.compile(r"[\s,]*")
_SPREAD = re.compile(r"\s*\{[^\S\n]*\n")
"""An object over several lines, as `jq` and people write them."""


def objects(text: str) -> Iterator[Found]:
    if _LIST.match(text) or _SPREAD.match(text):
        yield from _one_by_one(text)
    else:
        yield from _by_line(text)


def _by_line(text: str) -> Iterator[Found]:
    line, counted = 1, 0
    for match in _LINE.finditer(text):
        line, counted = line + text.count("\n", counted, match.start()), match.start()
        if not match[0].isspace():
            yield line, _parsed(match[0])


def _parsed(text: str) -> dict[str, Any] | str:
    try:
        return _object(json.loads(text))
    except (ValueError, RecursionError):
        return _("it is not JSON")


def _object(value: object) -> dict[str, Any] | str:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else _("it is not an object")


def _one_by_one(text: str) -> Iterator[Found]:
    decoder = json.JSONDecoder()
    position = text.index("{")
    beginning = re.compile(rf"(?<=\n){re.escape(text[text.rfind(chr(10), 0, position) + 1 : position])}(?=\{{)")
    line, counted = 1, 0
    while position < len(text) and text[position] != "]":
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            again = beginning.search(text, position + 1)
            yield line, _("it is not JSON") if again else _("from here on it is not JSON")
            if again is None:
                return
            position = again.end()
        else:
            yield line, _object(value)
            position = _end(_BETWEEN.match(text, position), position)


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise
