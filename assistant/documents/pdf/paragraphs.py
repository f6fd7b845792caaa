"""Lines of a PDF page → its text, with a blank line where a paragraph or a table ends.

PDF knows no paragraphs. A wider gap, another size of type or an indented first line is what a reader sees.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from itertools import pairwise

from assistant.documents.child.messages import LineFacts
from assistant.documents.pdf.lines import HYPHEN, Line

_WIDE_GAP = 1.3
"""Times the usual distance between baselines."""
_OTHER_SIZE = 0.08
"""Relative difference of type size between body text and a heading."""
_INDENT_EMS = (0.7, 4.0)
_ALIGNED_EMS = 0.4
_ITEM = re.compile(r"(?:[^\w\s]|[\x01-\x1f\x88\uf020-\uf0ff]|\(?\w{1,3}[.)])\s")
_SHORTEST_LINE = 4
"""Characters. What is shorter may be a part of a formula."""
_FEWEST_GAPS = 3
"""Below this many lines a usual distance cannot be told."""


def written(lines: Sequence[Line], page_height: float) -> tuple[str, tuple[LineFacts, ...]]:
    """The text of the page, and the facts of each line of it that is not blank.

    A word broken at a line's end keeps its mark, with the rest of it behind: two lines on paper, one in the text.
    """
    gaps = [b.baseline - a.baseline for a, b in pairwise(lines)]
    falling = [gap for gap in gaps if gap > 1]
    usual = statistics.median_low(falling) if len(falling) >= _FEWEST_GAPS else None
    pieces: list[str] = []
    facts: list[LineFacts] = []
    for number, line in enumerate(lines):
        if number and _goes_on(lines[number - 1], line):
            pieces.append(line.text)
            continue
        if number:
            if lines[number - 1].broken:  # its other half is elsewhere: a figure stands between
                pieces[-1] = pieces[-1][:-1] + "-"
            pieces.append("\n\n" if _starts_paragraph(lines, number, gaps[number - 1], usual) else "\n")
        pieces.append(line.text)
        facts.append(line.facts(page_height))
    return "".join(pieces).rstrip(HYPHEN), tuple(facts)


def _goes_on(before: Line, line: Line) -> bool:
    """The line begins with the rest of the word that is broken at the end of the one before."""
    return (
        before.broken
        and not line.table
        and not line.text[0].isupper()
        and not line.text[0].isdigit()
        and not _is_of_other_size(before, line)
    )


def _is_of_other_size(a: Line, b: Line) -> bool:
    return abs(a.size - b.size) > _OTHER_SIZE * max(a.size, b.size)


def _starts_paragraph(lines: Sequence[Line], number: int, gap: float, usual: float | None) -> bool:
    before, line = lines[number - 1], lines[number]
    if before.table or line.table:
        return before.table != line.table
    if usual is not None and gap > _WIDE_GAP * usual:
        return True
    if min(len(before.text), len(line.text)) < _SHORTEST_LINE:
        return False
    if _is_of_other_size(before, line) and gap > 1:
        return True
    return number + 1 < len(lines) and _indented(before, line, lines[number + 1])


def _indented(before: Line, line: Line, after: Line) -> bool:
    if _ITEM.match(before.text):  # the second line of an item hangs from its first
        return False
    em = max(line.size, 4.0)
    shift = line.left - after.left
    aligned = abs(before.left - after.left) <= _ALIGNED_EMS * em
    return aligned and _INDENT_EMS[0] * em <= shift <= _INDENT_EMS[1] * em
