"""The numbers of a text: digits, words ("ventitré", "two million") and roman numerals, with the unit that follows.

A claim's numbers are read strictly and a source's in every way they can be meant, so that "3 million" is not found in
"3", while "3.000.000", "three million" and "3 milioni" are all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assistant.grounding.number_words import ENGLISH_MANY, NUMBER_WORDS, read_english
from assistant.stems import NUMBER, known_numbers, number_values, roman_value

CENTURY = "century"
DECADE = "decade"

_UNITS = {
    form: unit
    for unit, forms in {
        "%": "% percent cento", "€": "€ euro euros eur", "$": "$ dollar dollars dollari dollaro usd",
        "£": "£ pounds sterline", "km": "km chilometri chilometro kilometers kilometres kilometer",
        "m": "m metri metro meters metres meter metre", "cm": "cm centimetri centimeters centimetres",
        "mm": "mm millimetri millimeters millimetres", "kg": "kg chili chilogrammi kilograms kilos",
        "g": "g grammi grams", "mg": "mg milligrammi milligrams", "t": "tonnellate tons tonnes",
        "l": "l litri litro liters litres liter litre", "ml": "ml millilitri milliliters",
        "s": "s sec secondi seconds", "min": "min minuti minutes minute minuto", "h": "h ore ora hours hour",
        "days": "giorni giorno days day", "weeks": "settimane settimana weeks week", "months": "mesi mese months month",
        "years": "anni anno years year", CENTURY: "secolo secoli century centuries",
        "bc": "a.c b.c b.c.e", "ad": "d.c a.d c.e",
        "°c": "°c", "°f": "°f", "k": "k kelvin", "hz": "hz hertz", "khz": "khz", "mhz": "mhz", "ghz": "ghz",
        "v": "v volt volts", "w": "w watt watts", "kw": "kw kilowatt", "j": "j joule joules", "n": "newton newtons",
        "pa": "pa pascal", "mol": "mol moli moles", "ev": "ev", "kb": "kb", "mb": "mb", "gb": "gb", "bit": "bit bits",
        "byte": "byte bytes",
    }.items()
    for form in forms.split()
}  # fmt: skip
_ERAS = {"BC": "bc", "BCE": "bc", "AD": "ad", "CE": "ad"}
_TENS = {20: "venti", 30: "trenta", 40: "quaranta", 50: "cinquanta", 60: "sessanta", 70: "settanta", 80: "ottanta"}
_DECADES = {word: str(value) for value, word in _TENS.items()} | {"novanta": "90"}
_MAGNITUDES = {
    "mila": 3, "thousand": 3, "milione": 6, "milioni": 6, "million": 6, "millions": 6, "mln": 6, "miliardo": 9,
    "miliardi": 9, "billion": 9, "billions": 9, "mld": 9, "bn": 9, "trillion": 12,
}  # fmt: skip
_CENTURY_NAMES = {
    name: str(century)
    for century, name in enumerate(
        ("Duecento", "Trecento", "Quattrocento", "Cinquecento", "Seicento", "Settecento", "Ottocento", "Novecento"), 13
    )
}
_NOT_COUNTED = frozenset(
    """
    un uno una one ones first firstly primo prima primi prime second seconds secondo seconda secondi seconde mille cento
    zero quarto quarti quarter
    """.split()  # noqa: SIM905 - a table is easier to read as text
)
"""Words that rarely state a number: "one of", "the first to", "secondo lui", "in primo luogo"."""
_COUNTED_BY_THE_WRITER = re.compile(
    r"\s+(?:(?:different|diverse|diversi|main|major|key|basic|types?|kinds?|ways?|parts?|steps?|stages?|phases?|reasons?"
    r"|causes?|factors?|points?|groups?|categories|forms?|sections?|things|examples?|aspects?|elements?|principali|grandi"
    r"|tipi|modi|parti|fasi|passi|ragioni|motivi|cause|fattori|punti|gruppi|categorie|forme|sezioni|esempi|aspetti|elementi"
    r"|tipologie|livelli|levels?)\b)",
    re.IGNORECASE,
)
"""After a small number in words: a summary may count what the source lists."""

_SMALL = frozenset(map(str, range(2, 11)))

_TOKEN = re.compile(rf"({NUMBER.pattern})|([^\W\d_]+(?:-[^\W\d_]+)*)")
_AFTER = re.compile(
    r"(?:(?:st|nd|rd|th)\b|[°º](?![CFcf]))?\s{0,2}(°?[^\W\d_]{1,14}(?:\.[cC](?:\.[eE])?)?(?!['’])|[%€$£]|°[CF])"
)
_CURRENCY_BEFORE = re.compile(r"([€$£])\s?\Z")
_CENTURY_BEFORE = re.compile(r"\b(?:secolo|sec\.|century)\s\Z", re.IGNORECASE)
_DECADE_BEFORE = re.compile(r"\banni\s+['’‘]?\Z", re.IGNORECASE)
_MINUS_BEFORE = re.compile(r"(?:(?<=[\s(=])|\A)[-−–]\Z")
_PER = re.compile(r"\s+(?:per\s?cento|per\s?cent)\b", re.IGNORECASE)
_MAX_DIGITS = 24


@dataclass(frozen=True)
class Number:
    text: str
    start: int
    end: int
    """Of the text it was found in; the magnitude included ("2 million"), the unit not."""
    values: frozenset[str]
    """What it can be read as: `3.000` is 3000 and 3."""
    unit: str = ""
    counted: bool = False
    """A small number in words before what a writer counts ("three reasons")."""


def numbers_in(text: str) -> list[Number]:
    """Every number that a text states, read strictly, in order."""
    found: list[Number] = []
    end = 0
    for match in _TOKEN.finditer(text):
        if match.start() < end:
            continue
        number = _digits(text, match) if match[1] else _word(text, match)
        if number is not None:
            found.append(number)
            end = number.end
    return found


def source_values(text: str) -> frozenset[str]:
    """Every value that a number in a source can have, and the centuries it names ("c19": "l'Ottocento" is no 19)."""
    values = set(known_numbers(text))
    for number in numbers_in(text):
        if number.unit == CENTURY:
            values |= {f"c{value}" for value in number.values}
        if number.text not in _CENTURY_NAMES:
            values |= number.values
    return frozenset(values)


def periods(values: frozenset[str]) -> frozenset[str]:
    """The centuries ("c19") and decades ("d1980", "d80") in which the years among these values lie."""
    found: set[str] = set()
    for value in values:
        if value.isdecimal() and 3 <= len(value) <= 4:
            year = int(value)
            found |= {f"c{(year - 1) // 100 + 1}", f"c{year // 100 + 1}"}
            found |= {f"d{year // 10 * 10}", f"d{year % 100 // 10 * 10}"}
    return frozenset(found)


def is_known(number: Number, values: frozenset[str], known_periods: frozenset[str]) -> bool:
    """Whether a source with these values has it; "the 19th century" is known where a year in it is."""
    if not number.values.isdisjoint(values):
        return True
    if number.unit in (CENTURY, DECADE):
        wanted = {f"{number.unit[0]}{value}" for value in number.values}
        return not wanted.isdisjoint(known_periods) or not wanted.isdisjoint(values)
    return _is_row(number.text) and all(not number_values(part).isdisjoint(values) for part in number.text.split())


def _is_row(written: str) -> bool:
    """ "12 345" may also be two numbers side by side."""
    return len(written.split()) > 1 and all(part[0].isdigit() for part in written.split())


def _digits(text: str, match: re.Match[str]) -> Number:
    written, start, end = match[1], match.start(), match.end()
    values = number_values(written)
    if scaled := _scaled(text, end):
        exponent, end = scaled
        values = frozenset(_times(value, exponent) for value in values)
    minus = _MINUS_BEFORE.search(text, max(0, start - 2), start)
    if minus:
        values = frozenset(f"-{value}" for value in values)
        start -= 1
    return Number(text[start:end], start, end, values, _unit(text, start, end))


def _word(text: str, match: re.Match[str]) -> Number | None:
    word, start, end = match[2], match.start(), match.end()
    if word in _CENTURY_NAMES:
        return Number(word, start, end, frozenset((_CENTURY_NAMES[word],)), CENTURY)
    if word[0] in "IVXL" and (roman := roman_value(word)):
        unit = _unit(text, start, end)
        return Number(word, start, end, frozenset((roman,)), unit) if len(word) > 1 or unit == CENTURY else None
    low = word.lower()
    if low in _DECADES and _DECADE_BEFORE.search(text, max(0, start - 8), start):
        return Number(word, start, end, frozenset((_DECADES[low],)), DECADE)
    if low.split("-")[0] in ENGLISH_MANY:
        value, end = read_english(text, start)
    else:
        value = NUMBER_WORDS.get(low, "")
    if not value or text[start:end].lower() in _NOT_COUNTED:
        return None
    if scaled := _scaled(text, end):
        exponent, end = scaled
        value = _times(value, exponent)
    counted = value in _SMALL and _COUNTED_BY_THE_WRITER.match(text, end) is not None
    return Number(text[start:end], start, end, frozenset((value,)), _unit(text, start, end), counted)


def _scaled(text: str, end: int) -> tuple[int, int] | None:
    """(power of ten, where its word ends) of a magnitude that follows."""
    following = _AFTER.match(text, end)
    exponent = _MAGNITUDES.get(following[1].lower()) if following else None
    return None if following is None or exponent is None else (exponent, following.end())


def _times(value: str, exponent: int) -> str:
    if len(value) > _MAX_DIGITS or not re.fullmatch(r"\d+(?:\.\d+)?", value):
        return value
    scaled = format(Decimal(value).scaleb(exponent), "f")
    return scaled.rstrip("0").rstrip(".") if "." in scaled else scaled


def _unit(text: str, start: int, end: int) -> str:
    if _PER.match(text, end):
        return "%"
    if _CENTURY_BEFORE.search(text, max(0, start - 10), start):
        return CENTURY
    if _DECADE_BEFORE.search(text, max(0, start - 8), start) or (text[end : end + 1] == "s" and end - start == 4):
        return DECADE
    following = _AFTER.match(text, end)
    written = following[1] if following else ""
    if written in _ERAS or written.lower() in _UNITS:
        return _ERAS.get(written) or _UNITS[written.lower()]
    before = _CURRENCY_BEFORE.search(text, max(0, start - 2), start)
    return before[1] if before else ""
