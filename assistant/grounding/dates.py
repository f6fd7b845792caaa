"""Dates in Italian and English: 14 luglio 1789, July 14, 1789, 14/07/1789, 1789-07-14, luglio 1789, in July."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "gennaio january jan gen", "febbraio february feb", "marzo march mar", "aprile april apr", "maggio may mag",
            "giugno june jun giu", "luglio july jul lug", "agosto august aug ago",
            "settembre september sept sep set sett", "ottobre october oct ott", "novembre november nov",
            "dicembre december dec dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WORDS_TOO = frozenset(
    ("may", "march", "mar", "set", "sett", "august", "gen", "ago", "mag", "dec", "oct", "jan", "sep")
)
"""Words of their own, or short: months only beside a day or a year."""
_MONTH = re.compile(rf"(?<![^\W_])({'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![^\W_])\.?", re.IGNORECASE)
_DAY = r"(\d{1,2})(?:st|nd|rd|th|°|º)?"
_DAYS_BEFORE = re.compile(
    rf"(?<![\w.,/]){_DAY}(?:\s?(?:[-–/]|al?|e|to|and|or|o)\s?{_DAY})?\s+(?:of\s+|di\s+)?\Z", re.IGNORECASE
)
_FIRST_BEFORE = re.compile(r"\b(?:primo|first)\s+(?:of\s+)?\Z", re.IGNORECASE)
_DAY_AFTER = re.compile(rf"\s{_DAY}(?!\d)(?:\s?[-–]\s?{_DAY}(?!\d))?", re.IGNORECASE)
_YEAR_AFTER = re.compile(r",?\s(?:del(?:l'anno)?\s|of\s)?(\d{3,4})(?!\d|[.,]\d)", re.IGNORECASE)
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/-])")
_ISO = re.compile(r"(?<![\w./-])(\d{4})-(\d{2})-(\d{2})(?![\w/-])")
_BEFORE_CHARACTERS = 24


@dataclass(frozen=True)
class Date:
    text: str
    start: int
    end: int
    month: int
    day: int | None = None
    year: int | None = None

    def is_in(self, known: Date) -> bool:
        """Whether a source that has `known` has this date: with its day, and not with another year."""
        if self.month != known.month or (self.day and self.day != known.day):
            return False
        return not (self.year and known.year and self.year != known.year)


def dates_in(text: str) -> list[Date]:
    """Every date with a month; of one in figures alone both orders, since 03/04 is March or April."""
    return sorted([*_named(text), *_in_figures(text)], key=lambda date: date.start)


def is_month(word: str) -> bool:
    """In lower case, in full."""
    return (word in _MONTHS and len(word) > 4) or word in ("july", "june", "may")


def _named(text: str) -> Iterator[Date]:
    for match in _MONTH.finditer(text):
        month = _MONTHS[match[1].lower()]
        start, end = match.span()
        days: Sequence[int] = ()
        if before := _DAYS_BEFORE.search(text, max(0, start - _BEFORE_CHARACTERS), start):
            start, days = before.start(), _days(before)
        elif before := _FIRST_BEFORE.search(text, max(0, start - _BEFORE_CHARACTERS), start):
            start, days = before.start(), (1,)
        elif after := _DAY_AFTER.match(text, end):
            end, days = after.end(), _days(after)
        year = _YEAR_AFTER.match(text, end)
        end = year.end() if year else end
        if not days and not year and match[1].lower() in _WORDS_TOO:
            continue
        for day in days or [None]:
            yield Date(text[start:end].strip(" ."), start, end, month, day, int(year[1]) if year else None)


def _days(found: re.Match[str]) -> list[int]:
    """One, or the two of a range."""
    return [int(day) for day in found.groups() if day]


def _in_figures(text: str) -> Iterator[Date]:
    for match in _NUMERIC.finditer(text):
        first, _, second, year = match.groups()
        for day, month in {(int(first), int(second)), (int(second), int(first))}:
            if 1 <= month <= 12 and 1 <= day <= 31:
                for value in {int(year)} if len(year) == 4 else {1900 + int(year), 2000 + int(year)}:
                    yield Date(match[0], *match.span(), month, day, value)
    for match in _ISO.finditer(text):
        if 1 <= int(match[2]) <= 12:
            yield Date(match[0], *match.span(), int(match[2]), int(match[3]), int(match[1]))
