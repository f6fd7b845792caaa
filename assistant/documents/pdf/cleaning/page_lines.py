"""One page on its way from raw to clean: its lines, and how each looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from assistant.documents.child.messages import LineFacts

UNKNOWN = LineFacts(0, 0, 0)
SOFT_HYPHEN = "\u00ad"
"""In a line: a word was broken here, at the end of a line on paper."""


@dataclass(slots=True)
class PageLines:
    lines: list[str]
    """Stripped; "" where the child saw a paragraph end."""
    facts: list[LineFacts]
    """One for each line; empty where the child reported none, as for a page read by another engine."""
    head: str = ""
    """The running head that was taken off."""
    notes_from: int = -1
    """The line at which its footnotes begin; -1 when it has none."""
    last_parts: dict[int, int] = field(default_factory=dict[int, int])
    """For a line that was several on paper, a word broken between them: the length of the last of these."""
    headings: dict[int, int] = field(default_factory=dict[int, int])
    """Level of each line that is a heading."""

    @property
    def filled(self) -> list[int]:
        """Indices of the lines that are not blank."""
        return [index for index, line in enumerate(self.lines) if line]

    @property
    def body(self) -> range:
        """Indices of the lines before the footnotes."""
        return range(len(self.lines) if self.notes_from < 0 else self.notes_from)

    def drop(self, gone: Collection[int]) -> None:
        if gone:
            self.keep([index for index in range(len(self.lines)) if index not in gone])

    def keep(self, order: Sequence[int]) -> None:
        """These lines, in this order; the footnotes are what was behind the first of them and still is."""
        self.lines = [self.lines[index] for index in order]
        if self.facts:
            self.facts = [self.facts[index] for index in order]
        if self.notes_from >= 0:
            self.notes_from = sum(index < self.notes_from for index in order)
        if self.last_parts:
            places = {index: place for place, index in enumerate(order)}
            self.last_parts = {places[index]: length for index, length in self.last_parts.items() if index in places}


def page_lines(clean: str, raw: str, facts: Sequence[LineFacts]) -> PageLines:
    """`clean` is `raw` with its characters repaired: line for line the same. `facts` are of raw lines not blank."""
    lines = clean.split("\n")
    if not facts:
        return PageLines(lines, [])
    raw_lines = raw.split("\n")
    following = iter(facts)
    aligned = [next(following, UNKNOWN) if line.strip() else UNKNOWN for line in raw_lines]
    if len(raw_lines) != len(lines) or next(following, None) is not None:
        return PageLines(lines, [])  # not the lines the child counted: better none than those of other lines
    return PageLines(lines, aligned)


def body_size(pages: Sequence[PageLines]) -> int:
    """The size of type most letters of the document have, in tenths of a point; 0 when it is not known."""
    letters: dict[int, int] = {}
    for page in pages:
        for line, facts in zip(page.lines, page.facts, strict=False):
            size = facts[0]
            letters[size] = letters.get(size, 0) + len(line)
    letters.pop(0, None)
    return max(letters, key=letters.__getitem__, default=0)
