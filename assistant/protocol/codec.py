"""Objects → lines of JSON and back."""

from __future__ import annotations

import dataclasses
import json
import typing
from typing import Any

from assistant.errors import ProtocolError
from assistant.protocol.registered import kind_of, tag
from assistant.protocol.requests import Request, Shutdown

MAX_LINE_BYTES = 8 << 20
"""A longer line is refused: no honest request or event comes near it."""


def as_dict(item: Any) -> dict[str, Any]:
    """The object as plain JSON values, its type under `"event"` (or `"request"`)."""
    key = "request" if isinstance(item, Request | Shutdown) else "event"
    return {key: tag(type(item)), **dataclasses.asdict(item)}


def encode(item: Any) -> bytes:
    """One line, UTF-8, ended by a line feed. A lone surrogate becomes U+FFFD rather than an error."""
    text = json.dumps(as_dict(item), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def decode(line: bytes) -> Any:
    """Raises ProtocolError for anything that is not one of our objects."""
    if len(line) > MAX_LINE_BYTES:
        raise ProtocolError(f"A line of {len(line)} bytes is longer than the protocol allows.")
    try:
        fields = json.loads(line)
        kind = kind_of(fields.pop("request", None) or fields.pop("event"))
        return kind(**{name: _from_json(value) for name, value in fields.items()})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ProtocolError(f"Not a line of the protocol: {line[:200]!r}") from error


def _from_json(value: Any) -> Any:
    """Lists come back as tuples, so that a decoded object equals the one that was sent."""
    if isinstance(value, list):
        return tuple(_from_json(item) for item in typing.cast("list[Any]", value))
    return value
