"""Conversations as ShareGPT has them: `{"conversations": [{"from": "human", "value": …}, {"from": "gpt", …}]}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from adapters.dataset.example import Example
from adapters.dataset.formats.messages import last_exchange, turns
from adapters.dataset.formats.row import Row
from adapters.dataset.formats.wording import instruction

_KEYS = ("conversations", "conversation")


def matches(row: Mapping[str, Any]) -> bool:
    return any(key in row for key in _KEYS)


def read(row: Mapping[str, Any]) -> Row:
    """Raises ValueError with the reason in words."""
    value: object = next(row[key] for key in _KEYS if key in row)
    first: object = cast("list[object]", value)[0] if isinstance(value, list) and value else None
    openai = isinstance(first, dict) and "role" in first
    return last_exchange(turns(value, "role", "content") if openai else turns(value, "from", "value"))


def write(example: Example) -> dict[str, Any]:
    said = (("system", instruction(example.task, example.language)), ("human", example.text), ("gpt", example.target))
    return {"conversations": [{"from": who, "value": text} for who, text in said]}
