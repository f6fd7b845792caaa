"""Sunto's own rows: everything that is known of an example, one JSON object a line.

`sha256` is of what the row says. A row whose hash does not fit was changed by hand since: it gets an id of its own, so
that a review of the old wording does not count for the new one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

from adapters.dataset.example import (
    SPLITS,
    STATUSES,
    TASKS,
    TIERS,
    Example,
    Place,
    example_id,
)
from adapters.dataset.formats.row import group_of
from assistant.i18n import _
from assistant.safe_text import printable

_TEXTS = ("id", "task", "text", "target", "language", "tier", "origin", "group", "split", "status", "original")
_REQUIRED = ("task", "text", "target", "tier")
_ALLOWED: dict[str, tuple[str, ...]] = {
    "task": TASKS,
    "tier": TIERS,
    "split": ("", *SPLITS),
    "status": STATUSES,
}
_MAX_ID = 64
_MAX_NUMBER = 1 << 53


def matches(row: Mapping[str, Any]) -> bool:
    return all(name in row for name in _REQUIRED)


def to_row(example: Example) -> dict[str, Any]:
    """Plain JSON values, in the order in which a person wants to read them."""
    row: dict[str, Any] = {name: printable(getattr(example, name)) for name in _TEXTS}
    row["place"] = _place_row(example.place)
    row["target_place"] = _place_row(example.target_place) if example.target_place else None
    row["doubts"] = [printable(doubt) for doubt in example.doubts]
    row["sha256"] = _digest(row)
    return row


def to_line(example: Example) -> str:
    """Ended by a line feed; the same for equal examples."""
    return json.dumps(to_row(example), ensure_ascii=False, separators=(",", ":")) + "\n"


def from_row(row: Mapping[str, Any], stands: Place | None = None) -> Example:
    """`stands` is where the row does, for one that does not say where its text comes from.

    Raises ValueError with the reason in words.
    """
    texts = {name: _text(row, name) for name in _TEXTS}
    texts["status"] = texts["status"] or "pending"
    for name, allowed in _ALLOWED.items():
        if texts[name] not in allowed:
            raise ValueError(_("“{key}” is none of {values}").format(key=name, values=", ".join(filter(None, allowed))))
    for name in ("text", "target"):
        if not texts[name].strip():
            raise ValueError(_("“{key}” is missing or empty").format(key=name))
    place = _place(row.get("place")) or stands or Place(document="")
    if not (texts["id"] and row.get("sha256") == _digest(texts)):
        texts["id"] = example_id(texts["task"], texts["text"], texts["target"], place.document)
    texts["group"] = texts["group"] or group_of(place.document, texts["text"])
    texts["origin"] = texts["origin"] or "row"
    return Example(
        **cast("Any", texts),
        place=place,
        target_place=_place(row.get("target_place")),
        doubts=_doubts(row.get("doubts")),
    )


def _digest(row: Mapping[str, Any]) -> str:
    said = "\0".join((row["id"], row["task"], row["text"], row["target"], row["original"]))
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise ValueError(_("“{key}” is not text").format(key=name))
    if name == "id" and len(value) > _MAX_ID:
        raise ValueError(_("“{key}” is too long").format(key=name))
    return printable(value)


def _place_row(place: Place) -> dict[str, Any]:
    return {
        "document": printable(place.document),
        "pages": list(place.pages),
        "start": place.start,
        "end": place.end,
        "cuts": [list(cut) for cut in place.cuts],
        "section": printable(place.section),
        "line": place.line,
    }


def _place(value: object) -> Place | None:
    """None where there is none. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, dict):
        raise ValueError(_("“{key}” is not an object").format(key="place"))
    fields = cast("dict[str, Any]", value)
    return Place(
        document=_text(fields, "document"),
        pages=tuple(_number(page, "pages") for page in _list(fields, "pages")),
        start=_number(fields.get("start", 0), "start"),
        end=_number(fields.get("end", 0), "end"),
        cuts=tuple(_cut(cut) for cut in _list(fields, "cuts")),
        section=_text(fields, "section"),
        line=_number(fields.get("line", 0), "line"),
    )


def _list(fields: dict[str, Any], name: str) -> list[object]:
    value: object = fields.get(name, [])
    if not isinstance(value, list):
        raise ValueError(_("“{key}” is not a list").format(key=name))
    return cast("list[object]", value)


def _cut(value: object) -> tuple[int, int]:
    ends: list[object] = cast("list[object]", value) if isinstance(value, list) else []
    if len(ends) != 2:
        raise ValueError(_("“{key}” is not a list of starts and ends").format(key="cuts"))
    return _number(ends[0], "cuts"), _number(ends[1], "cuts")


def _number(value: object, name: str) -> int:
    if type(value) is not int or not 0 <= value <= _MAX_NUMBER:
        raise ValueError(_("“{key}” is not a whole number").format(key=name))
    return value


def _doubts(value: object) -> tuple[str, ...]:
    items: list[object] = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(printable(item) for item in items if isinstance(item, str))
