"""Accents of old LaTeX (OT1), which are glyphs of their own there: ``citt`a``, ``perch´e``, ``cos`ı``.

Shell and LaTeX manuals write the same characters for other ends, so nothing is touched unless the document shows
that they are accents: inside words, often, and more often than the quotes that they also make.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence

_COMBINING = {
    "`": "\u0300", "´": "\u0301", "ˆ": "\u0302", "˜": "\u0303", "¯": "\u0304", "˘": "\u0306", "˙": "\u0307",
    "¨": "\u0308", "˚": "\u030a", "˝": "\u030b", "ˇ": "\u030c", "¸": "\u0327",
}  # fmt: skip
_MARKS = "".join(_COMBINING)
_COMPOSED = {
    mark + letter: composed
    for mark, combining in _COMBINING.items()
    for letter in "AEIOUYaeiouyıCcNnSsZzRrGgAaTt"
    if len(composed := unicodedata.normalize("NFC", letter.replace("ı", "i") + combining)) == 1
}
_LETTERS = "".join(sorted({pair[1] for pair in _COMPOSED}))
_WORD_LETTER = "A-Za-zÀ-ÖØ-öø-ÿĀ-ž"

_CERTAIN = re.compile(f"(?<=[{_WORD_LETTER}])([´¨¸ˇ˝])([{_LETTERS}])")
"""Nobody types these inside a word but as an accent, or the first as an apostrophe."""
_CEDILLA_BEHIND = re.compile(f"([cCsS])¸(?=[{_WORD_LETTER}])(?![cCsS])")
_LAST_LETTERS = re.compile(f"[{_WORD_LETTER}]+\\Z")
_ELIDED = frozenset(
    "l gl un d c s n m t v ch dell all dall nell sull coll quell quest bell sant tutt dov com cos anch nessun".split()  # noqa: SIM905
)
_SOME_MARK = re.compile(f"[{_MARKS}]")
_BEFORE = re.compile(f"([{_MARKS}])([{_LETTERS}])(?![`´])")
_BEHIND = re.compile(f"([{_LETTERS}])([{_MARKS}])(?![{_WORD_LETTER}`´])")
_QUOTES = "`´"

_FEWEST = 5
_PAGES_PER_HIT = 4
_OPENED = 2
_STRAY = re.compile(f"(?: |^)[{_MARKS}](?= |$)|(?<=[A-Z])[{_MARKS}]$", re.MULTILINE)
_CAPITALS = re.compile("[A-Z]{2,}(?: [A-Z]$)?")
_SPLIT = re.compile(f"([{_WORD_LETTER}]{{1,40}}) [{_MARKS}] ([{_WORD_LETTER}]{{1,40}})")


def repair_accents(pages: list[str]) -> list[str]:
    """The pages with accented letters where the document has accents and letters side by side."""
    marked = [number for number, text in enumerate(pages) if _SOME_MARK.search(text)]
    pattern = _pattern([pages[number] for number in marked], len(pages)) if marked else None
    repaired = list(pages)
    for number in marked:
        text = _CEDILLA_BEHIND.sub(lambda match: _COMPOSED["¸" + match[1]], pages[number])
        repaired[number] = (pattern or _CERTAIN).sub(_composed, text)
    return _with_strays(repaired, marked) if pattern else repaired


def _pattern(texts: Sequence[str], page_count: int) -> re.Pattern[str] | None:
    """Where the accents stand in this document, before their letters or behind; None when they are none at all."""
    fewest = max(_FEWEST, page_count // _PAGES_PER_HIT, 1 + sum(text.count("``") for text in texts))
    before = behind = opening = 0
    for text in texts:
        for match in _SOME_MARK.finditer(text):
            place = match.start()
            left, right = text[place - 1 : place], text[place + 1 : place + 2]
            opening += right.isalpha() and not left.isalpha()
            if left.isalpha() and right.isalpha():  # quotes open behind a space, so this is none
                before += right in _LETTERS and not _is_apostrophe(text, place)
            elif left and left in _LETTERS and text[place - 2 : place - 1].isalpha() and right not in _QUOTES:
                behind += 1
    if before >= max(fewest, behind):
        return _BEFORE
    # `name`: what closes behind a letter was opened before one.
    return _BEHIND if behind >= max(fewest, _OPENED * opening) else None


def _composed(match: re.Match[str]) -> str:
    first, second = match.groups()
    pair = first + second if first in _COMBINING else second + first
    if match.string[match.start() - 1 : match.start()] in ("`", "´"):
        return match[0]
    place = match.start() if first in _COMBINING else match.start() + 1
    if first in _COMBINING and _is_apostrophe(match.string, place):
        return f"’{second}"
    return _COMPOSED.get(pair, match[0])


def _is_apostrophe(text: str, place: int) -> bool:
    """Whether the mark there is typed for one: "l´acqua", but not "n´e"."""
    if text[place] not in _QUOTES or not text[place + 2 : place + 3].isalpha():
        return False
    head = text[max(0, place - 8) : place]
    return (found := _LAST_LETTERS.search(head)) is not None and found[0].lower() in _ELIDED


# --- accents of capitals, which stand so high that they end up elsewhere in their line --------------------------


def _with_strays(pages: list[str], marked: Sequence[int]) -> list[str]:
    stray = [number for number in marked if _SOME_MARK.search(pages[number]) and _STRAY.search(pages[number])]
    if not stray:
        return pages
    tokens = {token for text in pages for token in text.lower().split()}
    known = frozenset(re.findall(f"[{_WORD_LETTER}]+", " ".join(tokens)))
    for number in stray:
        lines = pages[number].split("\n")
        pages[number] = "\n".join(_returned(line, known) if _STRAY.search(line) else line for line in lines)
    return pages


def _returned(line: str, known: Collection[str]) -> str:
    """The line with its stray accents on the capitals they belong to; dropped where none can be found."""
    accents = {mark for stray in _STRAY.findall(line) for mark in stray.strip()}
    line = _SPLIT.sub(lambda match: _rejoined(match, known), line)
    line = _STRAY.sub("", line).strip()
    line = _CAPITALS.sub(lambda match: _accented(match[0], accents, known), line)
    if "`" in accents:
        line = re.sub(r"(?<![^\W_])E(?= )", "È", line, count=1)
    return line


def _rejoined(match: re.Match[str], known: Collection[str]) -> str:
    """A word in whose middle the accent of another has come down."""
    one, other = match.groups()
    two_words = one.lower() in known and other.lower() in known and (one + other).lower() not in known
    return f"{one} {other}" if two_words else one + other


def _accented(word: str, accents: Collection[str], known: Collection[str]) -> str:
    for bare in (word, word.replace(" ", "")):
        for mark in accents:
            accented = bare[:-1] + _COMPOSED.get(mark + bare[-1], bare[-1])
            if accented != bare and accented.lower() in known:
                return accented
    return word
