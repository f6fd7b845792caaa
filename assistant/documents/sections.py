"""Where the entries of a document's outline begin in the text of their pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assistant.documents.child.messages import OutlineEntry
from assistant.documents.model import Page, Section
from assistant.safe_text import printable


def place_sections(outline: Iterable[OutlineEntry], pages: Sequence[Page]) -> tuple[Section, ...]:
    """Sections in reading order from (title, level, page index) entries; those beyond the last page are dropped."""
    sections: list[Section] = []
    reached: dict[int, int] = {}
    """For each page, the offset just behind the last heading found there: two of the same name are two places."""
    for heading, level, index, offset in outline:
        title = " ".join(printable(heading).split())
        if not title or index >= len(pages):
            continue
        if offset >= 0:
            start = min(offset, len(pages[index].text))
        else:
            start, reached[index] = _find_heading(pages[index].text, title, reached.get(index, 0))
        sections.append(Section(title, level, index + 1, start))
    return tuple(sorted(sections, key=lambda section: (section.page, section.offset)))


def _find_heading(text: str, title: str, start: int) -> tuple[int, int]:
    """Span of the title in the text from `start` on, best at the start of a line; (start, start) when not there."""
    words = r"\s+".join(re.escape(word) for word in title.split())
    for before in (r"^(?:[\divxIVX]{1,6}(?:\.\d{1,3}){0,4}\.?[^\S\n]+)?", r"(?<!\w)"):
        if match := re.compile(before + words, re.IGNORECASE | re.MULTILINE).search(text, start):
            return match.span()
    return start, start
