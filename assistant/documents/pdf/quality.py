"""Is the text of a page to be trusted? One verdict for each page and reader, on raw text.

Thresholds are from measurements on 1,500 pages of TeX, DocBook and word-processor output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.documents.model import Engine

_WORD = re.compile(r"[^\W\d_]+")
_JUNK = re.compile(r"\(cid:\d{1,9}\)|[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd]")

_FEW_LETTERS = 20
_SCAN_COVER = 0.4
"""Share of the page that an image must cover for a nearly wordless page to count as a scan."""
_JUNK_SHARE = 0.03
_MUCH_JUNK = 8
_FALSE_WORD_LETTERS = 24
"""Hardly any Italian or English word is longer; glued words are."""
_GLUED_SHARE = 0.01
_GLUED_WORDS = 2


@dataclass(frozen=True)
class Reading:
    """What one engine made of one page."""

    text: str
    engine: Engine
    verdict: str
    """"" for good text, else one of the codes in `model.WARNINGS`."""


_BADNESS = {"": 0, "glued-words": 1, "broken-encoding": 2, "scanned": 3, "empty": 4, "failed": 5}
WORTH_ANOTHER_ENGINE = frozenset({"glued-words", "broken-encoding", "empty", "failed"})


def judge(text: str, image_cover: float) -> str:
    """The verdict on a page's text; `image_cover` is the share of the page under images, 0 to 1."""
    letters = sum(map(len, _WORD.findall(text)))
    visible = sum(not character.isspace() for character in text)
    junk = sum(map(len, _JUNK.findall(text)))
    if letters < _FEW_LETTERS and image_cover >= _SCAN_COVER:
        return "scanned"
    if not visible:
        return "empty"
    # A few odd bullets on a short page must not count; on a nearly wordless one, most of it has to be junk.
    if junk > (max(_JUNK_SHARE * visible, _MUCH_JUNK) if letters >= _FEW_LETTERS else 0.5 * visible):
        return "broken-encoding"
    return "glued-words" if _glued_letters(text) > _GLUED_SHARE * letters else ""


def better(first: Reading, second: Reading) -> Reading:
    """The more trustworthy of two readings of the same page; the first where they are as good."""
    if first.verdict == second.verdict == "glued-words":
        return min(first, second, key=lambda reading: _glued_letters(reading.text))
    return min(first, second, key=lambda reading: _BADNESS[reading.verdict])


def _glued_letters(text: str) -> int:
    """Letters in words too long to be words; 0 for a single one, which may be a chemist's."""
    lengths = [len(word) for word in _WORD.findall(text) if len(word) > _FALSE_WORD_LETTERS]
    return sum(lengths) if len(lengths) >= _GLUED_WORDS else 0
