"""Number words, Italian and English, as values in digits."""

from __future__ import annotations

# ruff: noqa: SIM905 - tables are easier to read as text
import re

_ITALIAN_UNITS = (
    "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici "
    "diciassette diciotto diciannove"
).split()
_ITALIAN_TENS = "venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split()
_ITALIAN_ORDINALS = "primo secondo terzo quarto quinto sesto settimo ottavo nono decimo".split()
_ENGLISH_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_ENGLISH_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_ENGLISH_ORDINALS = (
    "zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
    "fifteenth sixteenth seventeenth eighteenth nineteenth"
).split()


def _italian_below_hundred() -> list[str]:
    words: list[str] = [*_ITALIAN_UNITS]
    for tens in _ITALIAN_TENS:
        words.append(tens)
        words += [(tens[:-1] if unit in ("uno", "otto") else tens) + unit for unit in _ITALIAN_UNITS[1:10]]
    return words


def _italian_below_thousand() -> list[tuple[str, int]]:
    """With its value each word, "centottanta" beside "centoottanta"."""
    small = _italian_below_hundred()
    words = [(word, value) for value, word in enumerate(small)]
    for hundreds in range(1, 10):
        head = ("" if hundreds == 1 else _ITALIAN_UNITS[hundreds]) + "cento"
        words.append((head, hundreds * 100))
        for value, rest in enumerate(small[1:], start=1):
            words.append((head + rest, hundreds * 100 + value))
            if rest.startswith("ott"):
                words.append((head[:-1] + rest, hundreds * 100 + value))
    return words


def _italian_words() -> dict[str, int]:
    below = _italian_below_thousand()
    words = dict(below)
    words |= {f"{word}mila": value * 1000 for word, value in below if value > 1}
    words["mille"] = 1000
    words |= {f"mille{word}": 1000 + value for word, value in below if value}
    words |= {f"duemila{word}": 2000 + value for word, value in below if value}
    for word, value in below:
        if 10 < value < 100:
            stem = word if word.endswith(("tre", "sei")) else word[:-1]
            words |= {f"{stem}esim{ending}": value for ending in "oaie"}
    for value, word in enumerate(_ITALIAN_ORDINALS, 1):
        words |= {word[:-1] + ending: value for ending in "oaie"}
    return words | {word[:-1] + "é": value for word, value in words.items() if word.endswith("tre")}


_TENS = tuple(range(20, 100, 10))
_ENGLISH_LAST = {word: value for value, word in enumerate(_ENGLISH_ORDINALS)} | {
    f"{word[:-1]}ieth": value for value, word in zip(_TENS, _ENGLISH_TENS, strict=True)
}
ENGLISH_MANY: dict[str, int] = (
    {word: value for value, word in enumerate(_ENGLISH_UNITS)}
    | dict(zip(_ENGLISH_TENS, _TENS, strict=True))
    | _ENGLISH_LAST
)
"""English words that a number in several words can begin with or hold, and ordinals, which end it."""
_ENGLISH_SCALES = {"hundred": 100, "thousand": 1000}

NUMBER_WORDS: dict[str, str] = {word: str(value) for word, value in (_italian_words() | ENGLISH_MANY).items()}
"""Words that are a number by themselves; Italian ones are written together up to the thousands."""

_PART = re.compile(r"(?:\sand\s|[\s-])([^\W\d_]+)", re.IGNORECASE)
_MAX_PARTS = 12


def read_english(text: str, start: int) -> tuple[str, int]:
    """(value, where it ends) of the English number words from `start` on: "two thousand and forty-six"."""
    first = re.compile(r"[^\W\d_]+").match(text, start)
    if first is None:
        return "", start
    total, current, end = 0, ENGLISH_MANY.get(first[0].lower(), 0), first.end()
    last_was_tens = current >= 20
    ordinal = first[0].lower() in _ENGLISH_LAST
    for _part in range(_MAX_PARTS):
        part = _PART.match(text, end)
        word = part[1].lower() if part else ""
        if part is None or ordinal:
            break
        if word in _ENGLISH_SCALES:
            scale = _ENGLISH_SCALES[word]
            current, total = (current * 100, total) if scale == 100 else (0, total + current * 1000)
            last_was_tens = False
        elif word in ENGLISH_MANY and _goes_on(current, ENGLISH_MANY[word], last_was_tens, total):
            current += ENGLISH_MANY[word]
            last_was_tens = ENGLISH_MANY[word] >= 20
            ordinal = word in _ENGLISH_LAST
        else:
            break
        end = part.end()
    return str(total + current), end


def _goes_on(current: int, value: int, last_was_tens: bool, total: int) -> bool:
    """ "twenty three" is one number, "three twenty" and "two, three" are not."""
    if last_was_tens:
        return value < 10 and current % 10 == 0
    return (current >= 100 and current % 100 == 0) or (current == 0 and total > 0)
