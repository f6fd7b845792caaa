"""The details of a claim that can be looked up one by one: numbers, dates, formulas and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.documents.model import Document
from assistant.grounding.dates import Date, dates_in
from assistant.grounding.formulas import Formula, KnownFormulas, formulas_in
from assistant.grounding.names import KnownNames, Name, capitalised_words, initials, joined_names, names_in
from assistant.grounding.numbers import Number, is_known, numbers_in, periods, source_values
from assistant.stems import content_words, plain_words, without_accents

_ATTACHED_WORDS = 3
"""How far from a number the word is looked for that says what it counts."""


@dataclass(frozen=True)
class Details:
    """Of one claim, none inside another: the 14 of "14 luglio" is part of a date only."""

    text: str
    formulas: tuple[Formula, ...]
    dates: tuple[tuple[Date, ...], ...]
    """Each in all the ways in which it can be read."""
    numbers: tuple[Number, ...]
    names: tuple[Name, ...]


def details_of(text: str) -> Details:
    formulas = formulas_in(text)
    dates = [date for date in dates_in(text) if not _inside(date, formulas)]
    readings = [tuple(date for date in dates if date.start == start) for start in dict.fromkeys(d.start for d in dates)]
    numbers = [number for number in numbers_in(text) if not _inside(number, formulas)]
    names = [name for name in names_in(text) if not _inside(name, [*formulas, *dates])]
    return Details(text, tuple(formulas), tuple(readings), tuple(numbers), tuple(names))


class KnownDetails:
    """What one document has of such details."""

    def __init__(self, document: Document, values: frozenset[str]) -> None:
        """`values` are those of its numbers."""
        self._document = document
        dates: set[tuple[int, int | None, int | None]] = set()
        words: set[str] = set()
        capitalised: set[str] = set()
        runs: set[str] = set()
        for page in document.pages:
            dates |= {(date.month, date.day, date.year) for date in dates_in(page.text)}
            words |= {without_accents(word) for word in plain_words(page.text)}
            capitalised |= capitalised_words(page.text)
            runs |= set(initials(page.text))
        self._values, self._periods = values, periods(values)
        self._dates = [Date("", 0, 0, *date) for date in dates]
        self._names = KnownNames(words, capitalised, frozenset(runs), document.language)

    @cached_property
    def _formulas(self) -> KnownFormulas:
        return KnownFormulas("\n".join(page.text for page in self._document.pages))

    def has_number(self, number: Number) -> bool:
        return is_known(number, self._values, self._periods)

    def has_date(self, readings: Sequence[Date]) -> bool:
        return any(date.is_in(known) for date in readings for known in self._dates)

    def has_formula(self, formula: Formula) -> bool:
        return self._formulas.has(formula)

    def has_name(self, name: Name, run: str, *, translated: bool) -> bool:
        return self._names.has(name, run, translated=translated)


def missing_details(details: Details, sources: Sequence[KnownDetails], *, translated: bool) -> tuple[str, ...]:
    """What no source has, as the claim writes it, in the order in which it stands there."""
    formulas = [item for item in details.formulas if not any(source.has_formula(item) for source in sources)]
    dates = [item[0] for item in details.dates if not any(source.has_date(item) for source in sources)]
    numbers = [
        item
        for item in details.numbers
        if not item.counted and not _inside(item, dates) and not any(source.has_number(item) for source in sources)
    ]
    run = "".join(name.plain[0] for name in details.names)
    names = [
        item
        for item in details.names
        if not any(source.has_name(item, run, translated=translated) for source in sources)
    ]
    found = [(item.start, item.text) for item in (*formulas, *dates, *numbers)]
    found += [(details.text.find(text), text) for text in joined_names(details.text, names)]
    return tuple(dict.fromkeys(text for _start, text in sorted(found)))


def stands_in(details: Details, passage: str, before: str, language: str, *, translated: bool) -> bool:
    """Whether a passage has every detail, the numbers with the same unit and beside the same thing.

    `before` is the text that leads to it, in which a name may stand.
    """
    values = source_values(passage)
    known_periods = periods(values)
    said = numbers_in(passage)
    dates = dates_in(passage)
    return (
        all(is_known(number, values, known_periods) and _same_unit(number, said) for number in details.numbers)
        and all(any(date.is_in(other) for date in readings for other in dates) for readings in details.dates)
        and not is_swapped(details.text, details.numbers, passage, said)
        and _has_formulas(details.formulas, passage)
        and _has_names(details.names, before + passage, language, translated=translated)
    )


def is_swapped(claim: str, claimed: Sequence[Number], passage: str, said: Sequence[Number]) -> bool:
    """Whether a word stands beside another number in the passage than in the claim, and never beside that one."""
    if len(said) < 2:
        return False
    for side in ("before", "after"):
        counted = [(_beside(passage, number, side), number.values) for number in said]
        for number in claimed:
            word = _beside(claim, number, side)
            others = [values for other, values in counted if word and other[:5] == word[:5]]
            if others and all(number.values.isdisjoint(values) for values in others):
                return any(not number.values.isdisjoint(values) for _other, values in counted)
    return False


def _beside(text: str, number: Number, side: str) -> str:
    """The nearest word with a meaning on one side of a number, plain; empty where there is none."""
    if side == "after":
        near = text[number.end : number.end + 40].split()[:_ATTACHED_WORDS]
    else:
        near = text[max(0, number.start - 40) : number.start].split()[-_ATTACHED_WORDS:][::-1]
    for part in near:
        if any(letter.isdigit() for letter in part):
            return ""  # what stands beyond the next number may be its own
        if found := content_words(part):
            return without_accents(found[0])
    return ""


def _same_unit(number: Number, said: Sequence[Number]) -> bool:
    if not number.unit:
        return True
    same = [other.unit for other in said if not other.values.isdisjoint(number.values)]
    return not same or any(unit in ("", number.unit) for unit in same)


def _has_formulas(formulas: Sequence[Formula], passage: str) -> bool:
    if not formulas:
        return True
    known = KnownFormulas(passage)
    return all(known.has_exactly(formula) for formula in formulas)


def _has_names(names: Sequence[Name], text: str, language: str, *, translated: bool) -> bool:
    if not names:
        return True
    words = map(without_accents, plain_words(text))
    known = KnownNames(words, capitalised_words(text), frozenset(initials(text)), language)
    run = "".join(name.plain[0] for name in names)
    return all(known.has(name, run, translated=translated) for name in names)


def _inside(item: Formula | Date | Number | Name, others: Sequence[Formula | Date]) -> bool:
    return any(other.start <= item.start and item.end <= other.end for other in others)
