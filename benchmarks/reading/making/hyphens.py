"""Where an Italian word may be broken: before a single consonant between vowels, as in `con-su-ma-to-ri`."""

from __future__ import annotations

import re

SOFT_HYPHEN = "\u00ad"
SHORTEST = 8
_VOWELS, _SINGLE = "aeiouàèéìòù", "bcdfglmnprtvz"
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")


def soft_hyphens(text: str) -> str:
    """With a soft hyphen at every such place of the longer words."""
    return _WORD.sub(lambda match: _hyphenated(match[0]), text)


def _hyphenated(word: str) -> str:
    parts = word[:2]
    for before, letter, after in zip(word[1:-2], word[2:-1], word[3:], strict=True):
        if letter in _SINGLE and before in _VOWELS and after in _VOWELS:
            parts += SOFT_HYPHEN
        parts += letter
    return parts + word[-1]
