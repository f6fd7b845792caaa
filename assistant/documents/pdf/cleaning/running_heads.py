"""Running heads, running feet and page numbers: found by what recurs at the edges of pages, and taken off.

A line goes when it recurs at the edge of three pages, its page number aside; when it bears its page's own number in a
document that prints these there; or when it is nothing but that number. What looks like text is spared: larger type,
a number that is not the page's, a line that stands no further from the next than the lines of the text do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.documents.pdf.cleaning.page_lines import UNKNOWN, PageLines

_EDGE_LINES = 2
"""How many lines at the top and at the bottom of a page may be a running head or foot."""
_RUNNING_PAGES = 3
_RUNNING_PAGES_IN_MARGIN = 2
_USUAL_SHARE = 0.5
"""Of the pages: so many bear the name of a course, even in large type, or right above the text."""
_NUMBERED_SHARE = 0.25
_LARGE = 1.15
"""Times the size of the body's type: titles."""
_LOOSE = 1.35
"""Times the usual distance between lines."""
_MARGIN = 110
"""Thousandths of the page's height from its edge."""
_SAME_PLACE = 4
_LONGEST = 200

_NUMBER = r"\d{1,4}|(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_OF = r"(?:\s?(?:/|of|di|von|su)\s?\d{1,4})?"
_PAGE_WORD = r"(?:pag(?:ina|e)?\b\.?|pg?\.)?"
_ONLY_NUMBER = re.compile(rf"[-–—·•|~\[(]*\s?{_PAGE_WORD}\s?({_NUMBER}){_OF}\s?[-–—·•|~\])]*", re.IGNORECASE)
_FIRST_NUMBER = re.compile(rf"{_PAGE_WORD}\s?({_NUMBER}){_OF}\s(?:[|·•–—-]\s)?(?=\S)", re.IGNORECASE)
_LAST_NUMBER = re.compile(rf"\s(?:[|·•–—-]\s)?{_PAGE_WORD}\s?({_NUMBER}){_OF}(?:\s[-–—])?\Z", re.IGNORECASE)
_TAIL_CHARACTERS = 24
"""No page number at the end of a line is longer."""
_ROMAN_DIGITS = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}


class _Edge(NamedTuple):
    page: int
    """Index."""
    line: int
    top: bool
    """Whether at the top of the page, or at its bottom."""
    text: str
    words: str
    """The text without a page number at either end, in lower case; "" for a number alone."""
    number: tuple[bool, int] | None
    """The number there is at an end: whether it is roman, and its value."""
    shown: str
    """The words as they are printed."""
    size: int
    place: int
    """Thousandths of the page's height; 0 when not known."""
    loose: bool | None
    """Whether it stands apart from the text; None when not known."""


def take_off_running_heads(pages: Sequence[PageLines], labels: Sequence[str], body: int) -> None:
    """`labels` are what is printed on the pages, as far as that is known; `body` is the size of the body's type."""
    edges = [edge for number, page in enumerate(pages) for edge in _edges(number, page)]
    owner = _Owner(edges, labels)
    running = _running(edges, owner, len(pages), body)
    tops: dict[int, list[_Edge]] = defaultdict(list)
    gone: dict[int, set[int]] = defaultdict(set)
    for edge in running:
        gone[edge.page].add(edge.line)
        if edge.top and edge.words:
            tops[edge.page].append(edge)
    recurring = Counter(edge.words for found in tops.values() for edge in found)
    for number, lines in gone.items():
        if found := tops.get(number):  # the rarest says most: the chapter's title, not the book's
            pages[number].head = min(found, key=lambda edge: recurring[edge.words]).shown
        pages[number].drop(lines)


# --- the edges of a page ----------------------------------------------------------------------------------------


def _edges(number: int, page: PageLines) -> Iterable[_Edge]:
    filled = page.filled
    if not page.facts:
        for index in filled[:_EDGE_LINES]:
            yield _edge(number, page, index, True, None)
        for index in filled[max(_EDGE_LINES, len(filled) - _EDGE_LINES) :]:
            yield _edge(number, page, index, False, None)
        if len(filled) == 1:  # a page that is nothing but its foot
            yield _edge(number, page, filled[0], False, None)
        return
    filled.sort(key=lambda index: page.facts[index].top)
    places = [page.facts[index].top for index in filled]
    gaps = [below - above for above, below in pairwise(places)]
    falling = sorted(gap for gap in gaps if gap > 2)
    usual = falling[len(falling) // 2] if len(falling) > 2 else 0
    count = len(filled)
    for rank in dict.fromkeys((*range(min(_EDGE_LINES, count)), *range(max(0, count - _EDGE_LINES), count))):
        top = places[rank] < 500
        inward = gaps[rank : rank + _EDGE_LINES] if top else gaps[max(0, rank - _EDGE_LINES) : rank]
        loose = any(gap > _LOOSE * usual for gap in inward) if usual else None
        yield _edge(number, page, filled[rank], top, loose)


def _edge(number: int, page: PageLines, line: int, top: bool, loose: bool | None) -> _Edge:
    text = page.lines[line][:_LONGEST]
    facts = page.facts[line] if page.facts else UNKNOWN
    shown, value = _without_number(text)
    return _Edge(number, line, top, text, shown.lower(), value, shown, facts.size, facts.top, loose)


def _without_number(text: str) -> tuple[str, tuple[bool, int] | None]:
    if match := _ONLY_NUMBER.fullmatch(text):
        return "", _value(match[1])
    if match := _FIRST_NUMBER.match(text):
        return text[match.end() :], _value(match[1])
    start = max(0, len(text) - _TAIL_CHARACTERS)
    if match := _LAST_NUMBER.search(text, start):
        return text[: match.start()], _value(match[1])
    return text, None


def _value(number: str) -> tuple[bool, int]:
    if number.isdigit():
        return False, int(number)
    digits = [_ROMAN_DIGITS[letter] for letter in number.lower()]
    return True, sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))


# --- which of them run ------------------------------------------------------------------------------------------


class _Owner:
    """Which numbers are those of the pages they stand on."""

    def __init__(self, edges: Sequence[_Edge], labels: Sequence[str]) -> None:
        self._labels = [_without_number(label)[1] for label in labels]
        distances = Counter({(edge.page, self._distance(edge)) for edge in edges if edge.number})
        pages = Counter(distance for _, distance in distances)
        self._distances = {distance for distance, count in pages.items() if count >= _RUNNING_PAGES}
        """From a page's index to the number printed on it, the same for many pages."""

    @staticmethod
    def _distance(edge: _Edge) -> tuple[bool, int]:
        assert edge.number is not None
        roman, value = edge.number
        return roman, value - edge.page

    def owns(self, edge: _Edge) -> bool:
        if edge.number is None:
            return False
        label = self._labels[edge.page] if edge.page < len(self._labels) else (False, edge.page + 1)
        return edge.number in (label, (False, edge.page + 1)) or self._distance(edge) in self._distances


def _running(edges: Sequence[_Edge], owner: _Owner, page_count: int, body: int) -> Iterable[_Edge]:
    groups: dict[tuple[bool, str], list[_Edge]] = defaultdict(list)
    numbered: dict[bool, list[_Edge]] = {True: [], False: []}
    seen = Counter((edge.top, edge.text) for edge in edges)
    for edge in edges:
        # A line with its page's number is like no other; "Capitolo 4" on several pages bears that of a chapter.
        owned = owner.owns(edge) and (seen[edge.top, edge.text] == 1 or not edge.words)
        if owned and not edge.words:
            yield edge
            continue
        if owned:
            numbered[edge.top].append(edge)
        else:  # the number is one of its words: "Capitolo 2" does not recur in "Capitolo 3"
            edge = edge._replace(words=edge.text.lower(), shown=edge.text)
        groups[edge.top, edge.words].append(edge)
    for group in groups.values():
        if _recurs(group):
            yield from _without_text(group, page_count, body)
    for group in numbered.values():
        if len({edge.page for edge in group}) >= max(_RUNNING_PAGES, _NUMBERED_SHARE * page_count):
            yield from _without_text(group, page_count, body)


def _recurs(group: Sequence[_Edge]) -> bool:
    count = len({edge.page for edge in group})
    if count >= _RUNNING_PAGES:
        return True
    return count >= _RUNNING_PAGES_IN_MARGIN and all(
        edge.loose
        and 0 < (edge.place if edge.top else 1000 - edge.place) <= _MARGIN
        and abs(edge.place - group[0].place) <= _SAME_PLACE
        and edge.size <= group[0].size
        for edge in group
    )


def _without_text(group: Sequence[_Edge], page_count: int, body: int) -> Iterable[_Edge]:
    """The lines that run: of one size, and unless they are nearly everywhere neither large nor close to the text."""
    size = Counter(edge.size for edge in group).most_common(1)[0][0]
    everywhere = len({edge.page for edge in group}) >= _USUAL_SHARE * page_count
    if not everywhere and body and size > _LARGE * body:
        return
    for edge in group:
        if edge.size <= _LARGE * size and (everywhere or edge.loose is not False):
            yield edge
