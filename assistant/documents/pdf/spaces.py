"""Spaces between words where pdfium has them wrong: glued words and parted ones. Runs in the child.

pdfium guesses from the adjustments in a file what is a space and what is kerning. Ghostscript writes some spaces of
what groff has set as letters set apart (`3.6 Tc (.T) Tj`), and draws over others: pdfium reads `necessary.Then` and
`SoftwareDev elopment`. Where the letters stand tells. It is asked at the few places of a page that look wrong; only
where two of them are, it is asked of every letter.
"""

from __future__ import annotations

import re
import statistics
from itertools import chain, islice, pairwise

from assistant.documents.pdf.glyphs import Glyphs
from assistant.documents.pdf.lines import PAPER_LINE

# These expressions are tried on every page, so each begins with characters that are rare.
_SIGN = re.compile(r"[,.;:!?)](?<=[A-Za-zÀ-ÿ].)[A-Za-zÀ-ÿ]|[A-Z](?<=[a-zß-ÿ].)")
"""What stands where two words were run together, and the first letter behind. In addresses and programs it does too,
but without a gap."""
_SIGNS_LOOKED_AT = 50
_FEWEST_GLUED = 2
"""Of one page's signs: a gap at a single one may be meant so."""
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
"""Arabic and Hebrew among Latin words stand in another order than in the text, and Persian has half spaces."""
_SURE_EMS = 0.2
"""A gap that parts words, as the narrowest spaces of justified lines do."""
_SPACE_EMS = 0.15
"""The same on a page whose spaces are wrong: pdfium's boxes of letters that lean over, as f, are wider than their
advance. Kerning is below a tenth."""
_NEIGHBOUR_EMS = 2.0
"""Of what is farther apart, the second does not follow the first on a line."""
_NO_GAP_EMS = 0.03
"""A narrower gap parts nothing, even where a space was drawn: what follows was moved back over it."""
_TOUCHING = 0.05
"""Points: the size of type need not be asked for."""
_VISIBLE = re.compile(r"\S")

_LETTER = r"[^\W\d_]"
_LIMIT = re.compile(rf"(?:lim|max|min|sup|inf)(?<!{_LETTER}...){_LETTER}(?!{_LETTER})")
"""`limx→0`: the letter is on the line below, under the name."""
_FACTOR = re.compile(rf"(?:sin|cos|tan|log|exp|lim)(?!{_LETTER})(?<={_LETTER}...)(?<!{_LETTER}{{2}}...)")
"""The name of a function behind a single letter: `i sin θ`."""
_THIN_EMS = 0.1
"""Mathematics parts names by a sixth of an em."""

_LISTED = re.compile(r" (?:://|[.:/@-]) (?=\w)")
"""`http :// www . gnu . org`: in listings every letter stands in a box of its own, and a full stop is narrower."""
_FEWEST_LISTED = 2
_BOTH_SIDES_EMS = 0.4
"""The gaps before and behind together; two spaces of prose are wider."""


def put_right(glyphs: Glyphs) -> bool:
    """Give the page another text where its words are wrongly spaced. Was more wrong than in a formula?"""
    if not glyphs.as_listed:
        return False
    missing = _missing_in_formulas(glyphs)
    false = _false_in_listings(glyphs)
    wrong = _are_wrong(glyphs)
    if wrong:
        for match in PAPER_LINE.finditer(glyphs.text):
            _look_along(glyphs, match.start(), match[0], missing, false)
    if missing or false:
        glyphs.respace(missing, false)
    return wrong and bool(missing or false)


def _missing_in_formulas(glyphs: Glyphs) -> set[int]:
    limits = (match.end() - 1 for match in _LIMIT.finditer(glyphs.text))
    factors = (match.start() for match in _FACTOR.finditer(glyphs.text))
    return {place for place in chain(limits, factors) if _gap(glyphs, place - 1, place) > _THIN_EMS}


def _false_in_listings(glyphs: Glyphs) -> set[int]:
    """The spaces around punctuation that does not stand apart; a dash alone, in a tight line of prose, may do so."""
    found = [match for match in islice(_LISTED.finditer(glyphs.text), _SIGNS_LOOKED_AT) if _is_close(glyphs, match)]
    if sum(match[0] != " - " for match in found) < _FEWEST_LISTED:
        return set()
    return {place for match in found for place in (match.start(), match.end() - 1)}


def _is_close(glyphs: Glyphs, match: re.Match[str]) -> bool:
    before, behind = match.start(), match.end() - 1
    if not before or glyphs.text[before - 1].isspace():
        return False
    return _gap(glyphs, before - 1, before + 1) + _gap(glyphs, behind - 1, behind + 1) < _BOTH_SIDES_EMS


def _are_wrong(glyphs: Glyphs) -> bool:
    places = (match.end() - 1 for match in islice(_SIGN.finditer(glyphs.text), _SIGNS_LOOKED_AT))
    glued = (place for place in places if _SURE_EMS < _gap(glyphs, place - 1, place) <= _NEIGHBOUR_EMS)
    return len(list(islice(glued, _FEWEST_GLUED))) == _FEWEST_GLUED and _RIGHT_TO_LEFT.search(glyphs.text) is None


def _look_along(glyphs: Glyphs, start: int, text: str, missing: set[int], false: set[int]) -> None:
    """Note before which characters of a line a space is missing, and which of its spaces are none."""
    visible = [start + match.start() for match in _VISIBLE.finditer(text)]
    gaps = [_gap(glyphs, a, b) for a, b in pairwise(visible)]
    beside = [gap for gap, (a, b) in zip(gaps, pairwise(visible), strict=True) if b - a == 1]
    usual = statistics.median(beside) if beside else 0.0  # letters may be set apart
    for gap, (a, b) in zip(gaps, pairwise(visible), strict=True):
        if b - a == 1 and gap > usual + _SPACE_EMS:
            missing.add(b)
        elif b - a > 1 and gap < usual + _NO_GAP_EMS and (glyphs.text[a] + glyphs.text[b]).isalpha():
            false.update(range(a + 1, b))


def _gap(glyphs: Glyphs, a: int, b: int) -> float:
    """Between the boxes of two characters, in ems, whichever way the line runs; 0 where they overlap."""
    first, second = glyphs.box(a), glyphs.box(b)
    apart = max(
        second.left - first.right, first.left - second.right, second.top - first.bottom, first.top - second.bottom
    )
    return apart / max(1.0, glyphs.type_of(a)[0]) if apart > _TOUCHING else 0.0
