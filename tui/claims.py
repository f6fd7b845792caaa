"""The claims of an answer as its result tells them: what each says, where it stands in the answer, and its places.

A result may come from a library that an older version wrote, so nothing of its shape is believed: what is not of the
right shape is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from assistant.grades import GRADES, WARNING, Support, is_grade
from assistant.safe_text import printable


@dataclass(frozen=True)
class Place:
    """Where in a document a claim comes from."""

    document: str
    """The file's name."""
    path: str
    """Empty where an older version did not note it."""
    page: int
    label: str
    quote: str
    start: int
    end: int
    """Characters `start` to `end` of the page's text are the quote, as the page was read then."""


@dataclass(frozen=True)
class AnswerClaim:
    text: str
    support: Support
    places: tuple[Place, ...]
    missing: tuple[str, ...]
    """Numbers, dates, formulas and names that the document does not have."""
    warnings: tuple[str, ...]
    """`negation`, `modality`: where its wording and the document's part."""
    start: int
    mark: int
    end: int
    """Characters of the answer: what it says from `start`, its mark from `mark` to `end`."""

    @property
    def sign(self) -> str:
        """`✔`, `≈⚠`: as it stands behind the claim."""
        return GRADES[self.support] + (WARNING if self.warnings else "")


def claims_of(result: Mapping[str, Any], text: str) -> tuple[AnswerClaim, ...]:
    """The claims of a result that stand in `text`, its answer, in order. None where the result knows no places."""
    found = [claim for item in _sequence(result.get("claims")) if (claim := _claim(item, text)) is not None]
    found.sort(key=lambda claim: claim.start)
    apart: list[AnswerClaim] = []
    for claim in found:
        if not apart or apart[-1].end <= claim.start:
            apart.append(claim)
    return tuple(apart)


def _claim(item: object, text: str) -> AnswerClaim | None:
    if not isinstance(item, Mapping):
        return None
    fields = cast("Mapping[str, Any]", item)
    span = fields.get("place")
    support = fields.get("support")
    if not is_grade(support) or not isinstance(span, Mapping):
        return None
    known = cast("Mapping[str, object]", span)
    bounds = [bound for name in ("start", "mark", "end") if isinstance(bound := known.get(name), int)]
    if len(bounds) != 3 or not 0 <= bounds[0] < bounds[1] <= bounds[2] <= len(text):
        return None
    start, mark, end = (_shown(text, bound) for bound in bounds)
    return AnswerClaim(
        _text(fields.get("text")),
        support,
        tuple(place for one in _sequence(fields.get("citations")) if (place := _place(one)) is not None),
        tuple(_text(one) for one in _sequence(fields.get("missing"))),
        tuple(_text(one) for one in _sequence(fields.get("warnings"))),
        start,
        mark,
        end,
    )


def _place(item: object) -> Place | None:
    if not isinstance(item, Mapping):
        return None
    fields = cast("Mapping[str, Any]", item)
    page, start, end = fields.get("page"), fields.get("start", 0), fields.get("end", 0)
    if not (isinstance(page, int) and isinstance(start, int) and isinstance(end, int)):
        return None
    return Place(
        _text(fields.get("document")),
        str(fields.get("path") or ""),
        page,
        _text(fields.get("label")) or str(page),
        _text(fields.get("quote")),
        start,
        end,
    )


def _shown(text: str, place: int) -> int:
    """A place in the text as a place in what is shown of it."""
    return len(printable(text[:place]))


def _sequence(value: object) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else ()


def _text(value: object) -> str:
    return printable(value) if isinstance(value, str) else ""
