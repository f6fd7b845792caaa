"""What a word is when two readings of the same page are compared.

Lenient where two careful people would differ (which apostrophe, which dash, quotation marks, bullets), strict where
only one reading is right: accents, hyphens, ligatures, capitals, and where a word begins and ends.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_LIKELY_WORD = 24
"""Letters; a longer run is nearly always several words glued together."""

_SOFT_BREAK = re.compile(r"[\u00ad\ufffe]\s*\n?\s*")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff\ufffe\u00ad\x00-\x08\x0e-\x1f\x7f]")
_UNIFIED = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "‐": "-", "‑": "-"})
_SEPARATOR = re.compile(r"(?:[^\w'\-.,:/@%&#\u0300-\u036f]|[²³¹⁰⁴-⁹]|\.{2,}|--+|_{2,}|(?<=\d)-(?=\d))+")
_EDGES = "'-.,:/@%&#_"
_LETTERS = re.compile(r"[^\W\d_]+")


def words(text: str) -> list[str]:
    """The words of a text, in order. Takes any text; punctuation around words is no part of them."""
    text = _INVISIBLE.sub("", _SOFT_BREAK.sub("", text))
    # Accents standing alone (` and ´) only become apostrophes after composing, so that e + U+0301 is é by then.
    text = unicodedata.normalize("NFC", text).translate(_UNIFIED)
    stripped = (piece.strip(_EDGES) for piece in _SEPARATOR.split(text))
    return [piece for piece in stripped if any(map(str.isalnum, piece))]


def letter_runs(text: str) -> list[str]:
    """Letters that stand together, in order: what a glued word shows in."""
    return _LETTERS.findall(_INVISIBLE.sub("", _SOFT_BREAK.sub("", text)))
