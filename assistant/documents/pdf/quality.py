"""Is the text of a page to be trusted? One verdict for each page and reader, on raw text.

Thresholds are from measurements on 1,500 pages of TeX, DocBook and word-processor output.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.documents.child.messages import LineFacts
from assistant.documents.model import UNREADABLE, Engine
from assistant.documents.pdf.engines import PageText
from assistant.documents.pdf.junk import junk_letters

_WORD = re.compile(r"[^\W\d_]+")
_IDENTIFIER = re.compile(r"[a-z][A-Z]")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that put no spaces between words, or few."""

_FEW_LETTERS = 20
_SCAN_COVER = 0.4
"""Share of the page that an image must cover for a nearly wordless page to count as a scan."""
_JUNK_SHARE = 0.05
_MUCH_JUNK = 8
_LONG_WORD = re.compile(r"(?<![\w\\/.@#$%&=:{}<>~^|+-])[^\W\d_]{25,}")
"""Hardly any Italian or English word is longer; glued words are, and names in programs, which follow such signs."""
_GLUED_SHARE = 0.02
_GLUED_WORDS = 2
_FORMULA_SHARE = 0.12


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
    junk = junk_letters(text)
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
        if set(_glued_words(first.text)) == set(_glued_words(second.text)):
            return replace(first, verdict="")  # two engines agree: a language or a subject with long words
        return min(first, second, key=lambda reading: _glued_letters(reading.text))
    return min(first, second, key=lambda reading: _BADNESS[reading.verdict])


def _glued_letters(text: str) -> int:
    """Letters in words too long to be words; 0 for a single one, which may be a chemist's."""
    words = _glued_words(text)
    return sum(map(len, words)) if len(words) >= _GLUED_WORDS else 0


def _glued_words(text: str) -> list[str]:
    return [word for word in _LONG_WORD.findall(text) if _is_glued(word)]


def _is_glued(word: str) -> bool:
    """Not the name of something in a program, nor a language written without spaces."""
    return _IDENTIFIER.search(word) is None and _UNSPACED.search(word) is None
