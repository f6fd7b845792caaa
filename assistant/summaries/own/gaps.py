"""What can be left out of a sentence and asked for: terms, names, years and numbers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding.dates import dates_in
from assistant.grounding.names import names_in
from assistant.grounding.numbers import numbers_in
from assistant.summaries.items.item import BLANK

_YEARS = range(1000, 2101)
_SMALLEST_NUMBER = 4
"""What is counted on one hand is guessed."""
_GLUED = re.compile(r"^[\w.,/^-]|[\w/^%-]$|-")
_ARTICLE_BEFORE = re.compile(
    r"\b(?:(?P<v>(?:l|dell|all|nell|dall|sull|un|d)['’])|(?P<f>(?:la|della|alla|nella|dalla|sulla|una)\s)"
    r"|(?P<m>(?:il|del|al|nel|dal|sul|lo|dello|allo|nello|dallo|un)\s)|(?P<fp>(?:le|delle|alle|nelle|dalle|sulle)\s)"
    r"|(?P<mp>(?:i|dei|ai|nei|dai|sui|gli|degli|agli|negli|dagli)\s)|(?P<the>the\s)|(?P<a>an?\s))\Z",
    re.IGNORECASE,
)
_JOINS_NAMES = re.compile(r" (?:(?:van|von|de|di|da|del|della|of|the) )?")
_CAPITALISED_BEFORE = re.compile(r"(?<!\w)([A-ZÀ-Ý][\w'’]*(?: [A-ZÀ-Ý][\w'’]*){0,3}) \Z")
_CAPITALISED_AFTER = re.compile(r"(?: [A-ZÀ-Ý]\w+){1,3}")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Gap:
    """Something in a sentence that can be asked for."""

    text: str
    start: int
    end: int
    """Of the sentence's text."""
    kind: str
    """Only what is of one kind can be taken for each other: "year", "number" with its unit, "name", "term"."""
    article: str = ""
    """Of what sort the word before it is: of two names, the one that needs another article is given away."""


class Terms:
    """Terms to be found in many sentences."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._by_first_word: defaultdict[str, list[str]] = defaultdict(list)
        for term in sorted(terms, key=len, reverse=True):
            if word := _WORD.search(term):
                self._by_first_word[word[0].casefold()].append(term)

    def find(self, text: str) -> Iterator[Gap]:
        """The longest where several begin with the same word."""
        for word in _WORD.finditer(text):
            for term in self._by_first_word.get(word[0].casefold(), ()):
                if re.compile(rf"{re.escape(term)}(?!\w)", re.IGNORECASE).match(text, word.start()):
                    end = word.start() + len(term)
                    yield Gap(text[word.start() : end], word.start(), end, "term")
                    break


def gaps_in(text: str, terms: Terms) -> list[Gap]:
    """In order; nothing inside something else."""
    dates = [(date.start, date.end) for date in dates_in(text)]
    found = list(terms.find(text))
    for number in numbers_in(text):
        inside = any(start <= number.start < end for start, end in dates)
        if inside or not number.text.isdigit() or _GLUED.search(text[number.start - 1 : number.end + 1]):
            continue
        if int(number.text) in _YEARS and not number.unit:
            found.append(Gap(number.text, number.start, number.end, "year"))
        elif int(number.text) >= _SMALLEST_NUMBER:
            found.append(Gap(number.text, number.start, number.end, f"number {number.unit}"))
    found += _names_in(text)
    apart: list[Gap] = []
    for gap in found:
        if not any(gap.start < other.end and other.start < gap.end for other in apart):
            apart.append(gap)
    return sorted(apart, key=lambda gap: gap.start)


def with_blank(text: str, gap: Gap) -> str:
    """The sentence with the gap left open, wherever it stands."""
    return re.sub(rf"(?<!\w)(?<!\d[.,]){re.escape(gap.text)}(?!\w|[.,]\d)", BLANK, text, flags=re.IGNORECASE)


def _names_in(text: str) -> Iterator[Gap]:
    """Those that stand together as one: "Jan Baptista van Helmont"."""
    together: list[tuple[int, int]] = []
    for name in names_in(text):
        if together and _JOINS_NAMES.fullmatch(text[together[-1][1] : name.start]):
            together[-1] = (together[-1][0], name.end)
        else:
            together.append((name.start, name.end))
    for start, end in (_whole_name(text, *span) for span in together):
        name = text[start:end]
        if start > 0 and len(name) > 2 - name.isupper() and not _GLUED.search(text[start - 1 : end + 1]):
            kind = "acronym" if name.isupper() else "full name" if " " in name else "name"
            yield Gap(name, start, end, kind, _article_before(text, start))


def _whole_name(text: str, start: int, end: int) -> tuple[int, int]:
    """With the capitalised words around it: "United States", where only one of them passes for a name."""
    if before := _CAPITALISED_BEFORE.search(text, 0, start):
        start = before.start(1) or start  # the first word of a sentence has a capital anyway
    if after := _CAPITALISED_AFTER.match(text, end):
        end = after.end()
    return start, end


def _article_before(text: str, start: int) -> str:
    """ "f" for "la", "della" …; "the" and "" in English."""
    match = _ARTICLE_BEFORE.search(text, max(0, start - 12), start)
    return match.lastgroup or "" if match else ""
