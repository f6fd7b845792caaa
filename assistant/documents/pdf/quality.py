"""Is the text of a page to be trusted? One verdict for each page and reader, on raw text.

Thresholds are from measurements on 1,500 pages of TeX, DocBook and word-processor output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.documents.child.messages import LineFacts
from assistant.documents.model import UNREADABLE, Engine
from assistant.documents.pdf.engines import PageText

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
_FORMULA_SHARE = 0.12

_NEVER_TEXT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\uffff\ue000-\uf8ff\U000f0000-\U0010ffff]"  # not the line end's hyphen, U+FFFE
)
_SYMBOLS = str.maketrans(
    dict.fromkeys("\uf0b7\uf0a7\uf0a8\uf06c\uf06e\uf076\uf0d8\uf071\uf09f", "•")
    | {"\uf0e0": "→", "\uf0e8": "→", "\uf0fc": "✓", "\uf02d": "−", "\uf0ae": "→", "\uf0de": "⇒"}
)
"""Bullets and arrows of the Symbol and Wingdings fonts, as office programs write them."""


@dataclass(frozen=True)
class Reading:
    """What one engine made of one page."""

    text: str
    engine: Engine
    verdict: str
    """"" for good text, else one of the codes in `model.WARNINGS`."""
    lines: tuple[LineFacts, ...] = ()
    reason: str = ""
    formula_heavy: bool = False
    wordless: bool = False
    """There is nothing that another engine could read."""

    @property
    def worth_another_engine(self) -> bool:
        return self.verdict in WORTH_ANOTHER_ENGINE and not self.wordless

    @property
    def warnings(self) -> tuple[str, ...]:
        codes = (self.verdict, "formula-heavy" if self.formula_heavy and self.verdict not in UNREADABLE else "")
        return tuple(filter(None, codes))


_BADNESS = {"": 0, "glued-words": 1, "broken-encoding": 2, "scanned": 3, "empty": 4, "failed": 5}
WORTH_ANOTHER_ENGINE = frozenset({"glued-words", "broken-encoding", "empty", "failed"})


def judged(page: PageText) -> Reading:
    return Reading(
        page.text,
        page.engine,
        judge(page.text, page.image_cover),
        page.lines,
        page.reason,
        page.formula_share >= _FORMULA_SHARE,
        page.wordless,
    )


def judge(text: str, image_cover: float) -> str:
    """The verdict on a page's text; `image_cover` is the share of the page under images, 0 to 1."""
    letters = sum(map(len, _WORD.findall(text)))
    visible = len("".join(text.split()))
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


def without_junk(text: str, lines: tuple[LineFacts, ...]) -> tuple[str, tuple[LineFacts, ...]]:
    """Without what is no text in any font: controls (of mathematical fonts), byte-order marks, private use."""
    clean = _NEVER_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n").translate(_SYMBOLS))
    if not lines:
        return clean, lines
    facts = iter(lines)
    kept: list[LineFacts] = []
    for before, after in zip(text.split("\n"), clean.split("\n"), strict=True):
        if before.strip():
            fact = next(facts)
            if after.strip():
                kept.append(fact)
    return clean, tuple(kept)
