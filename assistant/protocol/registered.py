"""Which objects may cross: frozen dataclasses, each under its name in snake case."""

from __future__ import annotations

import re
from typing import Any, TypeVar

_T = TypeVar("_T")
_types: dict[str, type[Any]] = {}


def wire(kind: type[_T]) -> type[_T]:
    """Let objects of this class cross."""
    _types[tag(kind)] = kind
    return kind


def tag(kind: type[Any]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()


def kind_of(name: str) -> type[Any]:
    """Raises KeyError for a name that nothing is registered under."""
    return _types[name]


def kinds() -> tuple[type[Any], ...]:
    """All that may cross."""
    return tuple(_types.values())
