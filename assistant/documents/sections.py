"""The sections of a document: from its outline, else from headings that were found, else from running heads."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from assistant.documents.child.messages import OutlineEntry
from assistant.documents.model import Page, Section
from assistant.safe_text import printable

# What programs put into an outline when nobody else does.
_NO_TITLE = re.compile(
    r"(?:slide|diapositiva|page|pagina|foglio|sheet|folie|untitled|senza titolo)\s?\d*"
    r"|_(?:toc|ref|hlk|goback)\w*|[\W\d_]*|.*\.(?:docx?|odt|pptx?|pdf|tex)",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:\d{1,3}|[ivxlc]{1,6}|[a-z])?(?:\.\d{1,3}){0,4}[.:)]?\s+", re.IGNORECASE)
_NO_WORD = re.compile(r"[\W_]+")
_LONGEST_HEADING = 300
"""Characters of a line of text: what is longer is a paragraph."""

_SLIDE_CHARACTERS = 1_000
"""There is no more on a slide, on average over a document."""
_SLIDE_TITLES = 0.6
"""Of the pages: so many begin with a title."""
_HEAD_SHARE = 0.8
"""A running head on more of the pages than that is the document's title."""


def find_sections(
    outline: Sequence[OutlineEntry], headings: Sequence[OutlineEntry], pages: Sequence[Page]
) -> tuple[Section, ...]:
    """In reading order. `headings` are what was found in the text, for a document whose outline says little."""
    named = [entry for entry in outline if not _NO_TITLE.fullmatch(_title(entry))]
    places = {entry.page for entry in named}
    if headings and len(places) < 2 and len(pages) > 2:
        return place_sections(headings, pages)
    if named and _are_slides(headings, pages) and len(named) < len(pages) / 2:
        return place_sections([*named, *_below(headings, named)], pages)
    return place_sections(named or headings, pages) or tuple(_by_running_heads(pages))


def place_sections(outline: Iterable[OutlineEntry], pages: Sequence[Page]) -> tuple[Section, ...]:
    """Sections in reading order; entries beyond the last page are dropped."""
    sections: list[Section] = []
    lines: dict[int, list[tuple[str, int, int]]] = {}
    reached: dict[int, int] = {}
    """For each page, the offset just behind the last heading found there: two of the same name are two places."""
    for entry in outline:
        title = _title(entry)
        if not title or entry.page >= len(pages):
            continue
        index, text = entry.page, pages[entry.page].text
        if entry.offset >= 0:
            start = min(entry.offset, len(text))
        else:
            if index not in lines:
                lines[index] = list(_heading_lines(text))
            start, reached[index] = _find_heading(text, lines[index], title, reached.get(index, 0))
        sections.append(Section(title, entry.level, index + 1, start))
    return tuple(sorted(sections, key=lambda section: (section.page, section.offset)))


def _title(entry: OutlineEntry) -> str:
    return " ".join(printable(entry.title).split())


# --- where a title stands ---------------------------------------------------------------------------------------


def _heading_lines(text: str) -> Iterator[tuple[str, int, int]]:
    """Every line that may be a heading, as it is compared, and from where to where it goes.

    One that goes on in the next line is there a second time, with it.
    """
    before: tuple[str, int, int] | None = None
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        key = _key(line) if 0 < len(line) <= _LONGEST_HEADING else ""
        if key:
            yield key, start, end
            if before is not None:
                yield before[0] + key, before[1], end
        before = (key, start, end) if key else None
        start = end + 1


def _find_heading(text: str, lines: Sequence[tuple[str, int, int]], title: str, start: int) -> tuple[int, int]:
    """Span of the title in the text from `start` on, best as a line of its own; (start, start) when not there."""
    key = _key(title)
    if key:
        following = [line for line in lines if line[1] >= start]
        for line, begin, end in following:
            if line == key:
                return begin, end
        for line, begin, end in following:
            if line.startswith(key):
                return begin, end
    words = r"\s+".join(re.escape(word) for word in title.split())
    if match := re.compile(rf"(?<!\w){words}", re.IGNORECASE).search(text, start):
        return match.span()
    return start, start


def _key(line: str) -> str:
    """A line as it is compared: outlines spell titles without accents, and with or without their numbers."""
    bare = line[match.end() :] if (match := _NUMBER.match(line)) else line
    if not bare.isascii():
        bare = unicodedata.normalize("NFKD", bare)
    return _NO_WORD.sub("", bare.casefold()) if bare.isascii() else "".join(filter(str.isalnum, bare.casefold()))


# --- slides and running heads -----------------------------------------------------------------------------------


def _are_slides(headings: Sequence[OutlineEntry], pages: Sequence[Page]) -> bool:
    titled = {entry.page for entry in headings if entry.offset == 0}
    characters = sum(len(page.text) for page in pages)
    return len(titled) >= _SLIDE_TITLES * len(pages) and characters <= _SLIDE_CHARACTERS * len(pages)


def _below(titles: Sequence[OutlineEntry], outline: Sequence[OutlineEntry]) -> Iterator[OutlineEntry]:
    """The titles of slides, a level below the part of the outline that they stand in."""
    parts = sorted(outline, key=lambda entry: entry.page)
    pages = [entry.page for entry in parts]
    for entry in titles:
        place = bisect_right(pages, entry.page)
        yield entry._replace(level=parts[place - 1].level + 1 if place else 1)


def _by_running_heads(pages: Sequence[Page]) -> Iterator[Section]:
    """A section where a running head is first seen; one that is nearly everywhere says nothing."""
    counts = Counter(page.head for page in pages if page.head)
    most = _HEAD_SHARE * sum(counts.values())
    seen = {head for head, count in counts.items() if count > most}
    for page in pages:
        if page.head and page.head not in seen:
            seen.add(page.head)
            yield Section(page.head, 1, page.number, 0)
