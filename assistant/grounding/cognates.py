"""Italian and English words of one origin: chromosome and cromosoma, population and popolazione.

Their consonants are nearly the same once both are spelled by sound; vowels and endings are what differs.
"""

from __future__ import annotations

from functools import lru_cache

from assistant.stems import without_accents

_SOUNDS = (
    ("tion", "zn"), ("zion", "zn"), ("sion", "zn"), ("ph", "f"), ("th", "t"), ("ch", "c"), ("gh", "g"), ("qu", "c"),
    ("ck", "c"),
    ("ct", "t"), ("pt", "t"), ("bs", "s"), ("x", "s"), ("k", "c"), ("y", "i"), ("j", "g"), ("w", "v"), ("h", ""),
    ("dm", "m"), ("ns", "s"), ("z", "s"),
)  # fmt: skip
_VOWELS = frozenset("aeiou")


@lru_cache(maxsize=200_000)
def skeleton(word: str) -> str:
    """The consonants of a word or stem by sound, each run of one as one."""
    plain = without_accents(word)
    for written, sound in _SOUNDS:
        plain = plain.replace(written, sound)
    kept = ""
    for letter in plain:
        if letter not in _VOWELS and not kept.endswith(letter):
            kept += letter
    return kept if plain[:1] not in _VOWELS else plain[0] + kept
