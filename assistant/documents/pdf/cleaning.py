"""Raw page texts of a PDF → clean ones: characters repaired, running heads gone, words whole, paragraphs apart.

Every step is linear in the length of the text: the text is not to be trusted to be short or sane.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from assistant.safe_text import printable

# By table: blanket NFKC would also turn ² into 2 and ½ into 1/2.
_LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
)
_SOFT_HYPHEN = "\u00ad"
_PDFIUM_HYPHEN = re.compile("[\ufffe\x02]\n?")
"""pdfium's mark for a hyphen at the end of a line, which it joins to the next."""
_GLYPH_NUMBER = re.compile(r"\(cid:\d{1,9}\)")
_ZERO_WIDTH = re.compile("[\u200b\u2060]")
_SPACES = re.compile("[ \t\u00a0\u2000-\u200a\u202f\u3000]+")

_LETTERS = "A-Za-zÀ-ÖØ-öø-ÿĀ-ž"
_BROKEN_WORD = re.compile(f"([{_LETTERS}]{{1,60}})(?:{_SOFT_HYPHEN} ?\n?|-\n) ?([{_LETTERS}]{{1,60}})")
_COMPOUND = re.compile(f"[{_LETTERS}]{{1,60}}(?:-[{_LETTERS}]{{1,60}}){{0,4}}")

_RUNNING_LINES = 2
"""How many lines at the top and at the bottom of a page may be a running head or foot."""
_RUNNING_PAGES = 3
_ROMAN = re.compile(r"\b[ivxlc]{1,8}\b")
_DIGITS = re.compile(r"\d+")

_LIST_ITEM = re.compile(r"(?:[•◦▪‣●■*–—-]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_SENTENCE_END = re.compile(r"[.!?:;…][\"'”’»)\]]{0,3}$")
_FULL_LINE = 0.6
_NEARLY_FULL_LINE = 0.85
_NARROWEST_COLUMN = 40
"""Characters: on a page of short lines only, none of them is a full one."""


def clean_pages(raw: Sequence[str], labels: Sequence[str] = ()) -> list[str]:
    """Clean text for each raw page text. `labels` are what is printed on the pages, where that is known."""
    pages = [_normalise(text) for text in raw]
    pages = _without_running_heads(pages, labels)
    vocabulary = _vocabulary(pages)
    return [_reflow(_dehyphenate(text, vocabulary)) for text in pages]


def _normalise(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _PDFIUM_HYPHEN.sub(_SOFT_HYPHEN, text).translate(_LIGATURES)
    text = _ZERO_WIDTH.sub("", _GLYPH_NUMBER.sub("", text))
    text = _SPACES.sub(" ", unicodedata.normalize("NFC", printable(text)))
    return "\n".join(line.strip() for line in text.split("\n"))


# --- running heads and page numbers -----------------------------------------------------------------------------


def _without_running_heads(pages: Sequence[str], labels: Sequence[str]) -> list[str]:
    tops, bottoms = Counter[str](), Counter[str]()
    for text in pages:
        lines = _filled(text.split("\n"))
        tops.update({_signature(line) for _, line in lines[:_RUNNING_LINES]})
        bottoms.update({_signature(line) for _, line in lines[-_RUNNING_LINES:]})
    return [
        _strip_edges(text, tops, bottoms, _page_marks(number, labels)) for number, text in enumerate(pages, start=1)
    ]


def _strip_edges(text: str, tops: Counter[str], bottoms: Counter[str], marks: set[str]) -> str:
    lines = text.split("\n")
    filled = _filled(lines)
    edges = [(item, tops) for item in filled[:_RUNNING_LINES]] + [(item, bottoms) for item in filled[-_RUNNING_LINES:]]
    drop = {
        number
        for (number, line), seen in edges
        if seen[_signature(line)] >= _RUNNING_PAGES or line.lower().strip("-–— ") in marks
    }
    return "\n".join(line for number, line in enumerate(lines) if number not in drop)


def _page_marks(number: int, labels: Sequence[str]) -> set[str]:
    label = labels[number - 1] if number <= len(labels) else str(number)
    return {str(number), label.lower()}


def _filled(lines: list[str]) -> list[tuple[int, str]]:
    return [(number, line) for number, line in enumerate(lines) if line]


def _signature(line: str) -> str:
    """The line with its numbers, arabic or roman, replaced: the same on every page of a chapter."""
    return _ROMAN.sub("#", _DIGITS.sub("#", line.lower()))


# --- words broken at line ends ----------------------------------------------------------------------------------


def _vocabulary(pages: Sequence[str]) -> Counter[str]:
    words = Counter[str]()
    for text in pages:
        words.update(_COMPOUND.findall(text.lower()))
    return words


def _dehyphenate(text: str, vocabulary: Counter[str]) -> str:
    """Join words broken at a line end; the hyphen stays where the document itself writes the word with one."""

    def join(match: re.Match[str]) -> str:
        head, tail = match[1], match[2]
        hyphenated = f"{head}-{tail}"
        if tail[0].isupper() or vocabulary[hyphenated.lower()] > vocabulary[(head + tail).lower()]:
            return hyphenated
        return head + tail

    # A word broken over three lines needs a second look: its middle is part of the first match.
    text = _BROKEN_WORD.sub(join, _BROKEN_WORD.sub(join, text))
    return "\n".join(line.strip() for line in text.replace(_SOFT_HYPHEN, "").split("\n"))


# --- paragraphs -------------------------------------------------------------------------------------------------


def _reflow(text: str) -> str:
    """Lines of one paragraph become one; paragraphs are parted by a blank line, rows and list items by a line end."""
    lines = text.split("\n")
    width = _usual_width(lines)
    flowed = ""
    before = ""
    for line in lines:
        if before and line:
            flowed += _between(before, line, width)
        elif flowed and line:
            flowed += "\n\n"
        flowed += line
        before = line
    return flowed


def _usual_width(lines: Sequence[str]) -> int:
    """Characters in a long line of this page: nine tenths of its lines are no longer."""
    lengths = sorted(len(line) for line in lines if line)
    return max(lengths[len(lengths) * 9 // 10], _NARROWEST_COLUMN) if lengths else _NARROWEST_COLUMN


def _between(before: str, line: str, width: int) -> str:
    if _LIST_ITEM.match(line):
        return "\n"
    if before[-1] in "-–" and before[-2:-1].isdigit() and line[0].isdigit():  # 1789-1799
        return ""
    ends = _SENTENCE_END.search(before) is not None
    if len(before) >= _FULL_LINE * width:
        short = len(before) < _NEARLY_FULL_LINE * width
        return "\n\n" if ends and short and not line[0].islower() else " "
    if line[0].islower():
        return " "
    return "\n\n" if ends else "\n"
