"""Does the text say what was written? By `assistant.grounding`: words, numbers, dates, formulas and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.documents.model import Document, Page
from assistant.grounding import Claim, Passages, split_claims
from assistant.grounding.details import details_of
from assistant.grounding.names import joined_names

MAX_CLAIMS = 200
"""Of one answer; those behind are not looked at."""
_SUPPORTED = ("quoted", "supported")


@dataclass(frozen=True)
class Grounded:
    """Shares from 0 to 1; None where nothing was claimed, or no number, date, formula or name."""

    supported: float | None
    """Of the claims, how many the source says in one place."""
    details: float | None
    """Of the numbers, dates, formulas and names, how many the source has."""


def grounded(written: str, source: str, language: str) -> Grounded:
    """`language` is the source's: "it", "en" or empty."""
    passages = _passages(source, language)
    claims = [passages.cite(claim) for claim in split_claims(written)[:MAX_CLAIMS]]
    supported = [claim.support in _SUPPORTED for claim in claims]
    return Grounded(sum(supported) / len(claims) if claims else None, _found(claims))


def _found(claims: Sequence[Claim]) -> float | None:
    stated = sum(_stated(claim) for claim in claims)
    missing = sum(len(claim.missing) for claim in claims)
    return 1 - min(missing, stated) / stated if stated else None


def _stated(claim: Claim) -> int:
    """As `Claim.missing` counts them: each once, the words of one name together, no "two" of "two reasons"."""
    details = details_of(claim.text)
    numbers = [number for number in details.numbers if not number.counted]
    dates = [readings[0] for readings in details.dates]
    texts = {item.text for item in (*details.formulas, *dates, *numbers)}
    return len(texts | set(joined_names(details.text, details.names)))


@lru_cache(maxsize=4)
def _passages(source: str, language: str) -> Passages:
    """Kept, since several systems write about one source after another."""
    page = Page(1, "1", source, "text", language=language)
    return Passages([Document("", "", "", (page,), language=language)])
