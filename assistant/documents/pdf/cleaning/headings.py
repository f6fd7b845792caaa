"""Headings that no outline names, told by how they look beside the type most of the document is set in.

Where nothing is known of the type, only numbers that go on from heading to heading are trusted.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from assistant.documents.child.messages import OutlineEntry
from assistant.documents.pdf.cleaning.page_lines import PageLines
from assistant.documents.pdf.cleaning.paragraphs import is_row

_LARGE = 1.08
"""Times the size of the body's type."""
_TITLE = 1.2
_TITLE_PAGE_LINES = 12
_SAME_SIZE = 1.03
_LONGEST = 160
_LONGEST_BOLD = 90
_WRAPPED_GAP = 1.6
"""Between two lines of one heading, times the usual distance of lines of that size."""
_HEADING_SHARE = 0.5
"""Of the lines in a style, so many look like headings if it is one of headings."""
_MOST_LARGE = 0.4
_MOST_BOLD = 0.2
"""Of all lines: where more are so large or so bold, that is no mark of headings."""
_FEW = 3
_MOST_ALIKE = 2
"""Bold lines that come again and again name a kind of box: "Nota", "Suggerimento"."""
_FEWEST_NUMBERED = 3
_DEEPEST = 6
_CONTENTS_ROWS = 5
_BIG_IN_CONTENTS = 1.3

_LABEL = re.compile(
    r"(?:capitolo|chapter|parte|part|appendice|appendix|lezione|lecture|unità|unit|modulo)\s(?:\d{1,3}|[ivxlc]{1,6}|[a-z])\b"
    r"[.:]?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?\s(?=\S)")
_CAPTION = re.compile(
    r"(?:fig(?:ura|ure|\.)?|tab(?:ella|le|\.)?|grafico|immagine|listing|algoritmo|algorithm|schema)\s?\d", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(r"\s(?:\d{1,4}|[ivxlc]{1,8})\Z")
_WORD = re.compile(r"[^\W\d_]{3}")
_FORMULA = re.compile(r"[=∑∫√≤≥±×÷{}\\]")


class _Style(NamedTuple):
    size: int
    bold: int


class _Found(NamedTuple):
    page: int
    line: int
    text: str
    style: _Style

    @property
    def depth(self) -> int:
        """How many numbers there are before it: 2 for "1.2 Title"."""
        match = _NUMBERED.match(self.text)
        return match[1].count(".") + 1 if match else 0


def mark_headings(pages: Sequence[PageLines], body: int) -> None:
    """Fill in `PageLines.headings`. `body` is the size of the body's type; 0 when nothing is known of it."""
    found = list(_by_look(pages, body)) if body else []
    levels = _levels(found)
    if not found:
        found, levels = _by_number(pages)
    for item, level in zip(found, levels, strict=True):
        pages[item.page].headings[item.line] = level


# --- by look ----------------------------------------------------------------------------------------------------


def _by_look(pages: Sequence[PageLines], body: int) -> Iterator[_Found]:
    large = _LARGE * body
    lines = 0
    styled: Counter[_Style] = Counter()
    candidates: dict[_Style, list[_Found]] = defaultdict(list)
    for number, page in enumerate(pages):
        lines += len(page.facts)
        striking = [index for index in page.body if page.facts and _strikes(page, index, large, body)]
        in_contents = bool(striking) and _is_contents(page)
        for index in striking:
            size, bold, _ = page.facts[index]
            style = _Style(size if size >= large else body, bold)
            styled[style] += 1
            if in_contents and size < _BIG_IN_CONTENTS * body:
                continue
            line = page.lines[index]
            fits = _may_be_heading(line) and (size >= large or _stands_out(page, index))
            if fits or (line[0].islower() and _goes_on(candidates[style], number, index)):
                candidates[style].append(_Found(number, index, line, style))
    first = next((number for number, page in enumerate(pages) if page.filled), 0)
    texts = Counter(item.text for items in candidates.values() for item in items)
    heads = {page.head for page in pages}
    _leave_out_contents(candidates, texts)
    for style, items in sorted(candidates.items(), reverse=True):
        is_large = style.size >= large
        if styled[style] > max(_FEW, (_MOST_LARGE if is_large else _MOST_BOLD) * lines):
            continue
        if is_large and len(items) < _HEADING_SHARE * styled[style]:
            continue  # notes of music, formulas
        if len(pages) > 1 and all(item.page == first for item in items):
            continue  # the title page
        yield from (item for item in items if is_large or (texts[item.text] <= _MOST_ALIKE and item.text not in heads))


def _leave_out_contents(candidates: dict[_Style, list[_Found]], texts: Collection[str]) -> None:
    """A line that is a heading found elsewhere and a page number stands in a table of contents."""
    for style, items in candidates.items():
        candidates[style] = [
            item
            for item in items
            if not (number := _PAGE_NUMBER.search(item.text)) or item.text[: number.start()] not in texts
        ]


def _goes_on(candidates: Sequence[_Found], page: int, line: int) -> bool:
    """Whether the line is right under a heading of its style: the second line of a long one."""
    return bool(candidates) and candidates[-1].page == page and line - candidates[-1].line == 1


def _strikes(page: PageLines, index: int, large: float, body: int) -> bool:
    size, bold, _ = page.facts[index]
    return (size >= large or (bold == 1 and size >= body)) and bool(page.lines[index])


def _is_contents(page: PageLines) -> bool:
    return sum("…" in line for line in page.lines) >= _CONTENTS_ROWS


def _may_be_heading(line: str) -> bool:
    if len(line) > _LONGEST or line[-1] in ".,;:-–" or _CAPTION.match(line) or _FORMULA.search(line):
        return False
    numbered = _NUMBERED.match(line)
    if is_row(line[numbered.end() :] if numbered else line):
        return False
    if line[0].islower() or (_WORD.search(line) is None and not _LABEL.fullmatch(line)):
        return False
    return sum(map(str.isalpha, line)) >= 0.5 * len(line)


def _stands_out(page: PageLines, index: int) -> bool:
    """Bold type no larger than the body's needs a number or room around it."""
    line, lines = page.lines[index], page.lines
    if len(line) > _LONGEST_BOLD:
        return False
    following = next((other for other in lines[index + 1 :] if other), "")
    if following and is_row(following):
        return False  # the head of a table
    alone = (index == 0 or not lines[index - 1]) and (index + 1 == len(lines) or not lines[index + 1])
    return alone or _NUMBERED.match(line) is not None


def _levels(found: Sequence[_Found]) -> list[int]:
    """From the sizes, and among headings of one style from their numbers."""
    depths: dict[_Style, list[int]] = defaultdict(list)
    for item in found:
        depths[item.style].append(item.depth)
    base: dict[_Style, int] = {}
    level, last = 0, 0
    before: _Style | None = None
    for style in sorted(depths, reverse=True):
        if before is None or before.size > _SAME_SIZE * style.size or before.bold != style.bold:
            level = last + 1
        base[style] = level
        numbered = [depth for depth in depths[style] if depth]
        last = max(last, level + (max(numbered) - min(numbered) if numbered else 0))
        before = style
    shallowest = {style: min((depth for depth in numbers if depth), default=0) for style, numbers in depths.items()}
    return [min(_DEEPEST, base[item.style] + max(0, item.depth - shallowest[item.style])) for item in found]


# --- by number --------------------------------------------------------------------------------------------------


def _by_number(pages: Sequence[PageLines]) -> tuple[list[_Found], list[int]]:
    """Lines whose numbers go on from one to the next; none where there are too few to be sure."""
    kept: list[tuple[_Found, tuple[int, ...]]] = []
    for item in _numbered_lines(pages):
        number = tuple(int(part) for part in _NUMBERED.match(item.text)[1].split("."))  # type: ignore[index]
        again = next((place for place, (other, _) in enumerate(kept) if other.text[:20] == item.text[:20]), None)
        if again is not None:  # what went before was the table of contents
            del kept[again:]
        if not kept or _follows(kept[-1][1], number):
            kept.append((item, number))
    if len(kept) < _FEWEST_NUMBERED or all(len(number) == 1 for _, number in kept):
        return [], []
    return [item for item, _ in kept], [min(_DEEPEST, len(number)) for _, number in kept]


def _numbered_lines(pages: Sequence[PageLines]) -> Iterator[_Found]:
    nothing = _Style(0, 0)
    for number, page in enumerate(pages):
        for index in page.body:
            line = page.lines[index]
            if line[:1].isdigit() and len(line) <= _LONGEST_BOLD:
                match = _NUMBERED.match(line)
                if match and line[match.end()].isupper() and _may_be_heading(line):
                    yield _Found(number, index, line, nothing)


def _follows(before: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """1.2 → 1.2.1, 1.3, 2; but not 1.4 or 3."""
    if number == (*before, 1):
        return True
    same = len(number) - 1
    return same < len(before) and number[:same] == before[:same] and number[same] == before[same] + 1


# --- what becomes of them ---------------------------------------------------------------------------------------


def join_wrapped_headings(pages: Sequence[PageLines]) -> None:
    """A heading that takes two lines becomes one; its second line is left blank."""
    for page in pages:
        if len(page.headings) < 2:
            continue
        usual = _usual_gap(page)
        for above, below in pairwise(sorted(page.headings)):
            if page.headings[above] == page.headings[below] and _is_wrapped(page, above, below, usual):
                page.lines[below] = f"{page.lines[above]} {page.lines[below]}"
                page.lines[above] = ""
                del page.headings[above]


def _is_wrapped(page: PageLines, above: int, below: int, usual: float) -> bool:
    if not page.facts or any(page.lines[above + 1 : below]) or page.facts[above][:2] != page.facts[below][:2]:
        return False
    line = page.lines[below]
    if _NUMBERED.match(line) or _LABEL.match(line) or _LABEL.fullmatch(page.lines[above]):
        return False
    gap = page.facts[below].top - page.facts[above].top
    return 0 < gap <= _WRAPPED_GAP * usual * page.facts[above].size


def _usual_gap(page: PageLines) -> float:
    """Thousandths of the page from line to line, for each tenth of a point of type."""
    filled = page.filled
    gaps = sorted(
        (page.facts[below].top - page.facts[above].top) / max(1, page.facts[below].size)
        for above, below in pairwise(filled if page.facts else [])
        if page.facts[below].top > page.facts[above].top
    )
    return gaps[len(gaps) // 2] if gaps else 0.0


def placed_headings(pages: Sequence[PageLines], starts: Sequence[dict[int, int]]) -> tuple[OutlineEntry, ...]:
    """`starts` say where in the text of each page its headings begin."""
    entries: list[OutlineEntry] = []
    label: OutlineEntry | None = None
    for number, (page, offsets) in enumerate(zip(pages, starts, strict=True)):
        for line in sorted(offsets):
            entry = OutlineEntry(page.lines[line], page.headings[line], number, offsets[line])
            if label is not None and label.page == number:
                entry = OutlineEntry(
                    f"{label.title} {entry.title}", min(label.level, entry.level), number, label.offset
                )
                entries.pop()
            label = entry if _LABEL.fullmatch(page.lines[line]) else None
            if not entries or entries[-1][:2] != entry[:2]:  # slides that go on bear the same title
                entries.append(entry)
    ranks = {level: rank for rank, level in enumerate(sorted({entry.level for entry in entries}), start=1)}
    return tuple(entry._replace(level=ranks[entry.level]) for entry in entries)


def first_title(pages: Sequence[PageLines], body: int) -> str:
    """The largest type on the first page that has text, if it is larger than the body's and reads like a title."""
    page = next((page for page in pages if page.filled), None)
    if page is None or not page.facts or not body:
        return ""
    readable = [index for index in page.filled if _WORD.search(page.lines[index])]
    largest = max((page.facts[index].size for index in readable), default=0)
    places = [index for index in readable if page.facts[index].size == largest]
    if not places:
        return ""
    parted = any(page.lines[index] for index in range(places[0], places[-1]) if index not in places)
    if parted and len(readable) > _TITLE_PAGE_LINES:
        return ""  # headings, with text between them
    title = " ".join(page.lines[index] for index in places)
    if _NUMBERED.match(title) or _LABEL.match(title):
        return ""  # the first chapter's, in a document without a title page
    return title if largest >= _TITLE * body and len(title) <= _LONGEST else ""
