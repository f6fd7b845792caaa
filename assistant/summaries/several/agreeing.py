"""What several documents say of one topic, each thing once: of sentences that say the same, the best supported stays.

Which say the same is judged by their words (`contradictions.agree`); a number or a "not" that differs keeps both.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.cited_text import claim_spans
from assistant.grades import GRADES
from assistant.grounding import Citation, is_claim, plain_claim
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft
from assistant.summaries.several.topics import Point, said_once

_GRADES = tuple(GRADES)
_BLANK = " \t\r\n-*•–"
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True)
class SaidOnce:
    drafts: tuple[Draft, ...]
    """Those given, without what another has said; in their order."""
    places: dict[str, tuple[Citation, ...]]
    """Of a sentence that stayed (see `plain_claim`): where the other documents say it."""
    count: int
    """Of the sentences that stayed."""


def without_agreements(desk: Desk, drafts: Sequence[Draft]) -> SaidOnce:
    """Of drafts on single documents."""
    spans = [_claims(draft) for draft in drafts]
    points = [
        Point(text, desk.judge.cite(text, draft.pages), draft.documents[0], draft.title)
        for draft, some in zip(drafts, spans, strict=True)
        for _start, _end, text in some
    ]
    places: dict[str, tuple[Citation, ...]] = {}
    stay: set[int] = set()
    for agreeing in said_once(points):
        best = min(agreeing, key=lambda point: _GRADES.index(point.claim.support))
        stay.add(id(best))
        if others := [point.claim.citations[0] for point in agreeing if point is not best and point.claim.citations]:
            places[plain_claim(best.text)] = tuple(others)
    left = iter(points)
    kept = tuple(
        _without(draft, [(start, end) for start, end, _text in some if id(next(left)) not in stay])
        for draft, some in zip(drafts, spans, strict=True)
    )
    return SaidOnce(tuple(draft for draft in kept if draft.text), places, len(stay))


def _claims(draft: Draft) -> list[tuple[int, int, str]]:
    return [
        (start, end, text) for start, end in claim_spans(draft.text) if is_claim(text := draft.text[start:end].strip())
    ]


def _without(draft: Draft, spans: Sequence[tuple[int, int]]) -> Draft:
    """The text without these characters, and without the lines of which nothing else is left."""
    if not spans:
        return draft
    kept, at = "", 0
    for line in draft.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        gone = [span for span in spans if start <= span[0] < at]
        rest = line
        for first, last in reversed(gone):
            rest = rest[: first - start] + rest[last - start :].removeprefix(" ")
        if not gone or rest.strip(_BLANK):
            kept += rest
    return Draft(_GAPS.sub("\n\n", kept).strip(), draft.pages, draft.documents, draft.title)
