"""Plain text that an editor broke into lines of some width, put back into paragraphs.

Only where the breaks are surely the editor's: a program breaks a line when the next word does not fit any more, so
for every line but a paragraph's last, its length plus the next line's first word passes the width. Verse, lists,
tables, addresses and code do not keep to that.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter

_PARAGRAPH = re.compile(r"(\n[^\S\n]*(?:\n[^\S\n]*)+)")
_WIDTHS = range(40, 131)
_LEAST_LINES = 3
"""Of a paragraph that proves its width by itself; two lines need another paragraph of the same width."""
_RAGGED = 2
"""Editors differ by this much in what they count at the end of a line."""
# What begins a line that stands for itself: indentation, list marks, table bars, quotes, headings, code.
_OWN_LINE = re.compile(r"[ \t]|[-*+•–—·▪◦>|#=~`$\\]|\(?[0-9a-zA-Z]{1,3}[.)](?:\s|$)|[^\W\d_]{1,25}:\s*$|https?://")
_INNER_GAP = re.compile(r"\S(?: {3,}|\t)\S")
_HYPHENATED = re.compile(r"([^\W\d_]+)-$")
_WORD = re.compile(r"[^\W\d_]+")


def join_wrapped_lines(text: str) -> str:
    """The text with its wrapped paragraphs on one line each; everything else as it was, but blank lines at its ends."""
    pieces = _PARAGRAPH.split(text)
    widths = Counter(
        width for block in pieces[::2] if (width := _proven_width(block.split("\n"))) and block.count("\n") >= 2
    )
    words: set[str] | None = None
    for index in range(0, len(pieces), 2):
        lines = pieces[index].split("\n")
        if len(lines) > 1 and _is_wrapped(lines, widths):
            if words is None:
                words = {word.lower() for word in _WORD.findall(text)}
            pieces[index] = _joined(lines, words)
    return "".join(pieces).strip("\n")


def _is_wrapped(lines: list[str], widths: Counter[int]) -> bool:
    width = _proven_width(lines)
    if not width:
        return False
    return len(lines) >= _LEAST_LINES or any(near in widths for near in range(width, width + 13))


def _proven_width(lines: list[str]) -> int:
    """The longest line of a paragraph that can only have been broken by a program; 0 for any other."""
    lines = [line.rstrip(" ") if not line.endswith("  ") else line for line in lines]
    if len(lines) < 2 or any(_OWN_LINE.match(line) or _INNER_GAP.search(line) or line.endswith("  ") for line in lines):
        return 0
    width = max(map(len, lines))
    if width not in _WIDTHS:
        return 0
    for line, following in itertools.pairwise(lines):
        if len(line) + 1 + len(following.split(" ", 1)[0]) <= width - _RAGGED:
            return 0
    return width


def _joined(lines: list[str], words: set[str]) -> str:
    text = lines[0].rstrip()
    for line in lines[1:]:
        line = line.rstrip()
        hyphenated = _HYPHENATED.search(text)
        if hyphenated and line[:1].islower():
            whole = hyphenated[1] + (_WORD.match(line) or [""])[0]
            text = (text[:-1] if whole.lower() in words else text) + line
        else:
            text += " " + line
    return text
