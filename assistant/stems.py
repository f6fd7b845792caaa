"""The words and numbers that a text is *about*, in a form in which two texts can be compared.

Words are stemmed (Snowball), so that `cellule` meets `cellula`; articles, prepositions and the like are left out, and
so are Italian elisions (`dell'`, `un'`). Stems are for comparing and are never shown. Numbers keep every value that
they can have: `3.000` is three thousand in Italian and three in English.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import snowballstemmer

_STOP_WORDS = frozenset(
    """
    il lo la gli le un uno una di da in con su per tra fra ed che non si del della dei delle dello degli al alla
    ai alle allo agli nel nella nei nelle nello negli dal dalla dai dalle dallo dagli sul sulla sui sulle sullo
    sugli col coi come più piu ma se anche sono era erano essere ha hanno aveva avevano avere ad cioè cioe
    qual questo questa questi queste quello quella quelli quelle può puo possono quando dove cui ne ogni tutto tutta
    tutti tutte solo molto molti molte stato stata stati state viene vengono ci sua suo suoi sue loro mentre
    perché perchè perche quindi poi già gia così cosi dopo prima fu furono sia chi cosa quale quali altro altra altri
    altre alcuni alcune inoltre però pero lui lei

    the an and or but of to in on at by for with from as is are was were be been being it its this that these
    those which who whom whose what when where why how not no do does did has have had having will would can
    could may might must shall should than then there here he she they them their his her we our you your me my
    us so if also into over under about between through during after before each both all any some such only
    other more most very up out one because while
    """.split()  # noqa: SIM905 - a table is easier to read as text
)
_APOSTROPHES = str.maketrans("’‘´`ʼ", "'''''")
_ELISION = re.compile(
    r"\b(?:l|gl|un|d|c|s|m|t|v|n|ch|dell|all|dall|nell|sull|coll|quell|quest|bell|sant|tutt|dov|com|cos|anch|neanch"
    r"|nessun|qualcun|alcun|ciascun|sott|senz|mezz|quand|poich|grand|buon)'(?=\w)"
)
_POSSESSIVE = re.compile(r"'s\b")
_WORD = re.compile(r"[^\W_]+")
_SPACE = " \u00a0\u2009\u202f'’"
"""Between thousands, where neither a full stop nor a comma is: 17 000, 17’000."""
NUMBER = re.compile(rf"(?<![^\W_])(?:\d{{1,3}}(?:[{_SPACE}]\d{{3}}(?!\d))+(?:[.,]\d+)?|\d+(?:[.,]\d+)*)")
_SPACED = re.compile(f"[{_SPACE}]")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_ROMAN = re.compile(r"\b(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})(?<=[IVXL])\b")
_ROMAN_DIGITS = {"I": 1, "V": 5, "X": 10, "L": 50}
_NUMBER_WORDS = {
    word: str(value)
    for value, words in {
        1: "one first primo prima", 2: "two due second secondo seconda", 3: "three tre third terzo terza",
        4: "four quattro fourth quarto quarta", 5: "five cinque fifth quinto quinta", 6: "six sei sixth sesto sesta",
        7: "seven sette seventh", 8: "eight otto eighth", 9: "nine nove ninth", 10: "ten dieci", 11: "eleven undici",
        12: "twelve dodici", 13: "thirteen tredici", 14: "fourteen quattordici", 15: "fifteen quindici",
        16: "sixteen sedici", 17: "seventeen diciassette", 18: "eighteen diciotto", 19: "nineteen diciannove",
        20: "twenty venti", 30: "thirty trenta", 40: "forty quaranta", 50: "fifty cinquanta", 60: "sixty sessanta",
        70: "seventy settanta", 80: "eighty ottanta", 90: "ninety novanta", 100: "hundred cento",
        1000: "thousand mille mila",
    }.items()
    for word in words.split()
}  # fmt: skip


def words(text: str) -> list[str]:
    """Every word and number in order, case, accents' encoding and punctuation evened out (NFKC: CO₂ is CO2)."""
    return _WORD.findall(evened(text))


def content_stems(text: str, language: str) -> frozenset[str]:
    """Stems of the words that carry meaning; `language` is "it", "en" or anything else for no stemming."""
    return frozenset(stem(word, language) for word in content_words(text))


def content_words(text: str) -> list[str]:
    """The words that carry meaning, in order, not stemmed."""
    return [word for word in plain_words(text) if len(word) > 1 and word not in _STOP_WORDS and not word.isdigit()]


def stated_numbers(text: str) -> list[frozenset[str]]:
    """For each number written in digits, the values it can have."""
    return [number_values(match.group()) for match in NUMBER.finditer(text)]


def known_numbers(text: str) -> frozenset[str]:
    """Every value that a number in the text can have, number words and roman numerals included."""
    spelled = {_NUMBER_WORDS[word] for word in words(text) if word in _NUMBER_WORDS}
    # "12 345" may also be two numbers that stand side by side in a row of a table.
    apart = (number_values(part) for match in NUMBER.finditer(text) for part in _SPACED.split(match.group()))
    return frozenset().union(*stated_numbers(text), *apart, spelled, _roman_values(text))


def number_values(number: str) -> frozenset[str]:
    """Of a number in digits: `2,5` → 2.5; `1.234,5` → 1234.5; `3.000` → 3000 and 3."""
    values: set[str] = set()
    number = _SPACED.sub("", number)
    if number.isdigit() or _THOUSANDS.fullmatch(number):
        values.add(_plain(re.sub(r"\D", "", number), ""))
    whole, mark, decimals = _last_mark(number)
    if mark and mark not in whole:
        values.add(_plain(re.sub(r"\D", "", whole), decimals))
    return frozenset(values or {number})


def roman_value(word: str) -> str:
    """`XIV` → 14, up to 89; empty for what is no roman numeral in capitals."""
    if not _ROMAN.fullmatch(word):
        return ""
    digits = [_ROMAN_DIGITS[letter] for letter in word]
    following = [*digits[1:], 0]
    return str(sum(-a if a < b else a for a, b in zip(digits, following, strict=True)))


def evened(text: str) -> str:
    """In lower case, with one form for every accent, apostrophe and compatible character (NFKC)."""
    return unicodedata.normalize("NFKC", text.translate(_APOSTROPHES)).lower()


def plain_words(text: str) -> list[str]:
    """Every word in order as `words` gives it, without elisions and possessives: "l'Europa's" is europa."""
    return _WORD.findall(_bare(text))


def is_stop_word(word: str) -> bool:
    """In lower case: an article, a preposition and the like."""
    return word in _STOP_WORDS


def without_elision(word: str) -> str:
    """ "dell'Europa" → Europa."""
    found = _ELISION.match(word.translate(_APOSTROPHES).lower())
    return word[found.end() :] if found else word


@lru_cache(maxsize=200_000)
def without_accents(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", word) if not unicodedata.combining(letter))


def _bare(text: str) -> str:
    return _ELISION.sub(" ", _POSSESSIVE.sub("", evened(text)))


def _last_mark(number: str) -> tuple[str, str, str]:
    mark = max(".,", key=number.rfind)
    return number.rpartition(mark) if mark in number else (number, "", "")


def _plain(whole: str, decimals: str) -> str:
    decimals = decimals.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{decimals}" if decimals else "")


def _roman_values(text: str) -> Iterator[str]:
    return (roman_value(match.group()) for match in _ROMAN.finditer(text))


@lru_cache(maxsize=200_000)
def stem(word: str, language: str) -> str:
    # A stemmer keeps state while it works, so one is made for each new word: threads may ask at once.
    name = {"it": "italian", "en": "english"}.get(language)
    return snowballstemmer.stemmer(name).stemWord(word) if name else word
