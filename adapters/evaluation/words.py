"""What a word is to the metrics, and what two forms of one word have in common.

A word is a run of letters and digits of any script, in lower case, its accents kept; an apostrophe ends it
("dell'arte" is two words). Accents are composed first (NFC), so that it does not matter how a file writes them. On
ASCII text these are the words of the package rouge-score, which deletes every other letter: it reads "perché può" and
"perch pu" as the same words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from assistant.stems import stem

_WORD = re.compile(r"[^\W_][^\W_\u0300-\u036f]*(?:[\u0300-\u036f]+[^\W_]*)*")
"""With the accents that have no composed form (U+0300 to U+036F) inside it."""

STEMMERS = {"it": "snowball italian", "en": "snowball english"}
"""The stemmer of each language that has one, as a report names it."""


def tokens(text: str) -> list[str]:
    # Taken apart, folded, put together: "ῶ" falls apart when it is folded (Unicode 3.13, canonical caseless matching).
    folded = unicodedata.normalize("NFD", text).casefold()
    return _WORD.findall(unicodedata.normalize("NFC", folded))


def stemmed(words: Sequence[str], language: str) -> list[str]:
    """By the stemmer of `language` (Snowball); as they are where it has none."""
    return [stem(word, language) for word in words]
