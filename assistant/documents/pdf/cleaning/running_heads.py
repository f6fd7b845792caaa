"""Running heads, running feet and page numbers: found by what recurs at the edges of pages, and taken off.

A line goes when it recurs at the edge of three pages, its page number aside; when it bears its page's own number in a
document that prints these there; or when it is nothing but that number. What looks like text is spared: larger type,
a number that is not the page's, a line that stands no further from the next than the lines of the text do.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.documents.pdf.cleaning.characters import CELL_END
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
_SMALL = 0.75
"""Times the size of the body's type: marks of footnotes."""
_LOOSE = 1.35
"""Times the usual distance between lines."""
_MARGIN = 130
"""Thousandths of the page's height from its edge."""
_SAME_PLACE = 4
_FEWEST_LETTERS = 3
_SAME_LINE = 15
_FEW_PAGES = 5
"""So few that two of them may be all that could bear the same head."""
_ORNAMENTS = " .·•|∙◦-–—"
_LONGEST = 200

_NUMBER = r"\d{1,4}|(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})"
_OF = r"(?:\s?(?:/|of|di|von|su)\s?\d{1,4})?"
_PAGE_WORD = r"(?:pag(?:ina|e)?\b\.?|pg?\.)?"
_ONLY_NUMBER = re.compile(rf"[-–—·•|~\[(]*\s?{_PAGE_WORD}\s?({_NUMBER}){_OF}\s?[-–—·•|~\])]*", re.IGNORECASE | re.ASCII)
_FIRST_NUMBER = re.compile(rf"{_PAGE_WORD}\s?({_NUMBER}){_OF}\s(?:[|·•–—-]\s)?(?=\S)", re.IGNORECASE | re.ASCII)
_LAST_NUMBER = re.compile(rf"\s(?:[|·•–—-]\s)?{_PAGE_WORD}\s?({_NUMBER}){_OF}(?:\s[-–—])?\Z", re.IGNORECASE | re.ASCII)
_EXPLICIT = re.compile(
    r"\b(?:pag(?:ina|e)?\b\.?|pg?\.)\s?(?:\d{1,4}|[ivxlc]{1,8})(?:\s|\Z)|\d\s?(?:/|of|di)\s?\d{1,4}\Z",
    re.IGNORECASE | re.ASCII,
)
"""Page 12, 12 of 40."""
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
    outermost: bool


def take_off_running_heads(pages: Sequence[PageLines], labels: Sequence[str], body: int) -> None:
    """`labels` are what is printed on the pages, as far as that is known; `body` is the size of the body's type."""
    owner = _Owner(labels, len(pages))
    edges = [edge for number, page in enumerate(pages) for edge in _edges(number, page, owner)]
    owner.learn(edge for edge in edges if edge.number and not 0 < _LARGE * body < edge.size)
    tops: dict[int, list[_Edge]] = defaultdict(list)
    gone: dict[int, set[int]] = defaultdict(set)
    for edge in _running(edges, owner, len(pages), body):
        if not (len(pages) <= _FEW_PAGES and _is_title(edge, owner, body)):
            gone[edge.page].add(edge.line)
        if edge.top and edge.words:
            tops[edge.page].append(edge)
    recurring = Counter(edge.words for found in tops.values() for edge in found)
    for number, lines in gone.items():
        if found := tops.get(number):  # the rarest says most: the chapter's title, not the book's
            pages[number].head = min(found, key=lambda edge: recurring[edge.words]).shown
        pages[number].drop(lines | _ornaments_beside(pages[number], lines))


def _is_title(edge: _Edge, owner: _Owner, body: int) -> bool:
    """The head of an exam on its first page: no smaller than the text, and nothing else says what it is."""
    return edge.page == 0 and edge.top and 0 < body <= edge.size and bool(edge.words) and not owner.owns(edge)


def _ornaments_beside(page: PageLines, gone: Collection[int]) -> set[int]:
    """Dots and strokes around a running foot, such as the buttons of slides."""
    if not page.facts:
        return set()
    edge = min((page.facts[index].top for index in gone if page.facts[index].top >= 500), default=1001)
    return {
        index
        for index, line in enumerate(page.lines)
        if line and page.facts[index].top >= edge - _SAME_LINE and not line.strip(_ORNAMENTS)
    }


# --- the edges of a page ----------------------------------------------------------------------------------------


def _edges(number: int, page: PageLines, owner: _Owner) -> Iterator[_Edge]:
    filled = [index for index, line in enumerate(page.lines) if line and line.strip(_ORNAMENTS)]
    if not page.facts:
        for index in filled[:_EDGE_LINES]:
            yield _edge(number, page, index, True, None, index == filled[0], owner)
        for index in filled[max(_EDGE_LINES, len(filled) - _EDGE_LINES) :]:
            yield _edge(number, page, index, False, None, index == filled[-1], owner)
        if len(filled) == 1:  # a page that is nothing but its foot
            yield _edge(number, page, filled[0], False, None, True, owner)
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
        yield _edge(number, page, filled[rank], top, loose, rank in (0, count - 1), owner)


def _edge(
    number: int, page: PageLines, line: int, top: bool, loose: bool | None, outermost: bool, owner: _Owner
) -> _Edge:
    text = page.lines[line][:_LONGEST].replace(CELL_END, " ").strip(_ORNAMENTS)
    facts = page.facts[line] if page.facts else UNKNOWN
    shown, value = _without_number(text)
    words = shown if value else owner.without_own_number(number, shown)
    return _Edge(number, line, top, text, words.lower(), value, shown, facts.size, facts.top, loose, outermost)


def _without_number(text: str) -> tuple[str, tuple[bool, int] | None]:
    if match := _ONLY_NUMBER.fullmatch(text):
        return "", _value(match[1])
    first = _FIRST_NUMBER.match(text)
    last = _LAST_NUMBER.search(text, max(0, len(text) - _TAIL_CHARACTERS))
    if first and last:  # "2 Acque 15", "16 Capitolo 2": there are more pages than chapters
        first, last = (first, None) if _value(first[1])[1] > _value(last[1])[1] else (None, last)
    if first:
        return text[first.end() :], _value(first[1])
    if last:
        return text[: last.start()], _value(last[1])
    return text, None


def _value(number: str) -> tuple[bool, int]:
    if number.isdigit():
        return False, int(number)
    digits = [_ROMAN_DIGITS[letter] for letter in number.lower()]
    return True, sum(-a if a < b else a for a, b in zip(digits, [*digits[1:], 0], strict=True))


# --- which of them run ------------------------------------------------------------------------------------------


class _Owner:
    """Which numbers are those of the pages they stand on."""

    def __init__(self, labels: Sequence[str], page_count: int) -> None:
        self._labels = [labels[page] if page < len(labels) else str(page + 1) for page in range(page_count)]
        self._values = [_without_number(label)[1] for label in self._labels]
        self._distances: set[tuple[bool, int]] = set()
        """From a page's index to the number printed on it, the same for many pages."""

    def learn(self, edges: Iterable[_Edge]) -> None:
        """From the edges with a number, but for those in large type: chapters are counted too."""
        edges = list(edges)
        pages = Counter(distance for _, distance in {(edge.page, _distance(edge)) for edge in edges})
        alike = Counter((_distance(edge), edge.top, edge.words) for edge in edges if _in_margin(edge))
        self._distances = {distance for distance, count in pages.items() if count >= _RUNNING_PAGES}
        self._distances |= {key[0] for key, count in alike.items() if count >= _RUNNING_PAGES_IN_MARGIN}

    def owns(self, edge: _Edge) -> bool:
        if edge.number is None:
            return False
        if edge.number in (self._values[edge.page], (False, edge.page + 1)) or _distance(edge) in self._distances:
            return True
        certain = _EXPLICIT.search(edge.text) or (not edge.words and len(self._labels) < _RUNNING_PAGES)
        return bool(certain) and _in_margin(edge)

    def is_labelled(self, edge: _Edge) -> bool:
        """Whether the number says itself that it is a page's, or the file does, and not just by its place in it."""
        labelled = edge.number == self._values[edge.page] and self._labels[edge.page] != str(edge.page + 1)
        return labelled or _EXPLICIT.search(edge.text) is not None

    def without_own_number(self, page: int, text: str) -> str:
        """With the page's number, where it stands among the words, made the same for every page."""
        label = self._labels[page]
        return " ".join("#" if word == label else word for word in text.split(" ")) if label in text else text


def _distance(edge: _Edge) -> tuple[bool, int]:
    assert edge.number is not None
    roman, value = edge.number
    return roman, value - edge.page


def _in_margin(edge: _Edge) -> bool:
    """For certain: close to the edge of the sheet, and apart from the text."""
    return edge.loose is True and 0 < (edge.place if edge.top else 1000 - edge.place) <= _MARGIN


def _running(edges: Sequence[_Edge], owner: _Owner, page_count: int, body: int) -> Iterator[_Edge]:
    groups: dict[tuple[bool, str], list[_Edge]] = defaultdict(list)
    numbered: dict[bool, list[_Edge]] = {True: [], False: []}
    seen = Counter((edge.top, edge.text) for edge in edges)
    for edge in edges:
        # A line with its page's number is like no other; "Capitolo 4" on several pages bears that of a chapter.
        owned = owner.owns(edge) and (seen[edge.top, edge.text] == 1 or not edge.words)
        in_margin = _in_margin(edge)
        if owned and not edge.words:
            mark = not edge.outermost and 0 < edge.size < _SMALL * body  # of a footnote
            if not mark and (in_margin or edge.outermost or edge.size <= _LARGE * (body or edge.size)):
                yield edge
            continue
        if owned:
            numbered[edge.top].append(edge)
            if in_margin and owner.is_labelled(edge):
                yield edge
        elif edge.number is not None:  # it is one of the words: "Capitolo 2" does not recur in "Capitolo 3"
            edge = edge._replace(words=edge.text.lower(), shown=edge.text)
        groups[edge.top, edge.words].append(edge)
    recurring = [group for group in groups.values() if _recurs(group, page_count)]
    text_begins = _text_begins(group for group in groups.values() if len(group) < _RUNNING_PAGES)
    for group in recurring:
        yield from _without_text(group, page_count, body, text_begins)
    for group in numbered.values():
        if len({edge.page for edge in group}) >= max(_RUNNING_PAGES, _NUMBERED_SHARE * page_count):
            yield from _without_text(group, page_count, body, {})


def _text_begins(groups: Iterable[Sequence[_Edge]]) -> dict[bool, int]:
    """Where the outermost lines of text mostly stand, at the top and at the bottom; only where that is known."""
    outermost = (edge for group in groups for edge in group if edge.outermost and edge.place and edge.number is None)
    places = Counter((edge.top, edge.place) for edge in outermost)
    found: dict[bool, int] = {}
    for (top, place), count in places.most_common():
        if count >= _RUNNING_PAGES:
            found.setdefault(top, place)
    return found


def _recurs(group: Sequence[_Edge], page_count: int) -> bool:
    if sum(map(str.isalpha, group[0].words)) < _FEWEST_LETTERS:
        return False
    count = len({edge.page for edge in group})
    if count >= _RUNNING_PAGES:
        return True
    return count >= _RUNNING_PAGES_IN_MARGIN and all(
        _in_margin(edge)
        and abs(edge.place - group[0].place) <= _SAME_PLACE
        and (page_count <= _FEW_PAGES or edge.number is not None)
        for edge in group
    )


def _without_text(
    group: Sequence[_Edge], page_count: int, body: int, text_begins: Mapping[bool, int]
) -> Iterator[_Edge]:
    """The lines that run: of one size, and unless they are nearly everywhere neither large nor close to the text.

    A line with another above it, or where the text of other pages begins, is text as well: "Nota", the head of a table.
    """
    size = Counter(edge.size for edge in group).most_common(1)[0][0]
    everywhere = len({edge.page for edge in group}) >= _USUAL_SHARE * page_count
    if body and size > _LARGE * body and not (everywhere and all(edge.number is None for edge in group)):
        return
    for edge in group:
        if edge.size > _LARGE * size:
            continue
        begins = text_begins.get(edge.top)
        as_text = edge.loose is False or (begins is not None and abs(edge.place - begins) <= _SAME_PLACE)
        inner = edge.loose is not None and not edge.outermost and edge.number is None
        if everywhere or not (as_text or inner):
            yield edge
