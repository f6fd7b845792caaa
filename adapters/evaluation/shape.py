"""Whether what was read from a file has the shape of a TypedDict: anybody may have written into it, or cut it short."""

from __future__ import annotations

from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, cast, get_args, get_origin, get_type_hints, is_typeddict


def fits(value: object, wanted: Any) -> bool:
    """Keys that are not asked for do no harm. `wanted`: TypedDicts of JSON types, lists, dicts, literals and unions."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is Any:
        return True
    if is_typeddict(wanted):
        return isinstance(value, dict) and _has_fields(cast("dict[str, Any]", value), wanted)
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in arguments)
    if origin is Literal:
        return isinstance(value, str) and value in arguments
    if origin is list:
        return isinstance(value, list) and all(fits(item, arguments[0]) for item in cast("list[Any]", value))
    if origin is dict:
        items = cast("dict[str, Any]", value).values() if isinstance(value, dict) else None
        return items is not None and all(fits(item, arguments[1]) for item in items)
    return _is_plain(value, wanted)


def _is_plain(value: object, wanted: Any) -> bool:
    if wanted in (None, NoneType):
        return value is None
    if isinstance(value, bool):
        return wanted is bool
    return isinstance(value, (int, float) if wanted is float else wanted)


def _has_fields(value: dict[str, Any], wanted: Any) -> bool:
    return all(
        fits(value[name], kind) if name in value else optional for name, (kind, optional) in _fields(wanted).items()
    )


@lru_cache(maxsize=64)
def _fields(wanted: Any) -> dict[str, tuple[Any, bool]]:
    """By name: its type, and whether it may be missing."""
    hints = get_type_hints(wanted, include_extras=True)
    return {
        name: (get_args(hint)[0], True) if get_origin(hint) is NotRequired else (hint, False)
        for name, hint in hints.items()
    }
