"""Sentences as a summary might have them: shortened, reordered, or with one thing wrong.

What counts as a number or a name is found here in its own way, not by the code that is measured. A change is only
counted where the new number or name stands nowhere on the shelf.
"""

# ruff: noqa: ARG001, SIM905 - every change takes the same; tables are easier to read as text

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import lru_cache

from benchmarks.grounding.shelves import Shelf

Change = Callable[[str, Shelf, random.Random], str]
"""(sentence, shelf, chance) → the changed sentence; empty where there is nothing to change."""

_FIGURES = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w.,]*\w)")
_ONE_NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:\.\d{3})+|\d+[.,]\d+)(?![\w.,]*\w)")
"""Not 2.1.3, which is a heading's."""
_MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre".split(),
    "en": "January February March April May June July August September October November December".split(),
}
_NUMBER_WORDS = {
    "it": "due tre quattro cinque sei sette otto nove dieci undici dodici quindici venti trenta cento".split(),
    "en": "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty hundred".split(),
}
_OTHER_NUMBER_WORDS = {
    "it": "diciassette ventitré trentaquattro quarantasette cinquantotto sessantanove settantasei ottantuno".split(),
    "en": "seventeen thirty-four forty-seven fifty-eight sixty-nine seventy-six eighty-one ninety-three".split(),
}
_WORD_VALUES = {
    word: value
    for words in _OTHER_NUMBER_WORDS.values()
    for word, value in zip(words, ("17", "23", "34", "47", "58", "69", "76", "81"), strict=True)
} | dict(zip(_OTHER_NUMBER_WORDS["en"], ("17", "34", "47", "58", "69", "76", "81", "93"), strict=True))
_NAMES = (
    "Bernardini Fitzgerald Cavalcanti Oppenheimer Zanetti Whitaker Montefeltro Kowalski Lindqvist Nakamura Okafor "
    "Delacroix Vasquez Castiglione Huxley Perugia Lisbona Lituania Nebraska Kyoto Brindisi Solaris Robespierre Danton "
    "Fermi Avogadro Copernico Rousseau Bolivia Marsiglia Edinburgh Melbourne Tucson Feynman Lovelace Volterra"
).split()
_ACRONYMS = "XQL BTRK ZRF OECD UNHCR NATO QCDX VHSIC JPL".split()
_CAPITALISED = re.compile(r"(?<=[\w,;] )(?!I\b)[A-ZÀ-Ý][\w]{2,}(?=[ ,;.])")
_FIRST = re.compile(r"\A[A-Z][a-zà-ý]{2,}(?= )")
_DROPPED = 0.3
_VERBS = {
    "it": re.compile(r"\b(?:è|sono|era|erano|ha|hanno|fu|può|possono|deve|viene|vengono)\b"),
    "en": re.compile(r"\b(?:is|are|was|were|can|must|will|should|has been|have been)\b"),
}


def unchanged(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    return sentence


def words_dropped(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """30 % of the words gone, as in the prototype's measurement."""
    return " ".join(word for word in sentence.rstrip(".").split() if chance.random() > _DROPPED) + "."


def reordered(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """30 % of the words gone and the halves the other way round."""
    left = words_dropped(sentence, shelf, chance).rstrip(".").split()
    half = len(left) // 2
    return " ".join(left[half:] + left[:half]) + "."


def numbers_rewritten(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """A number as the other language writes it: still the same. 2,000 ↔ 2.000, 2.5 ↔ 2,5, three ↔ 3."""
    swapped = _ONE_NUMBER.sub(lambda match: match[0].translate(str.maketrans(",.", ".,")), sentence)
    words = _NUMBER_WORDS[shelf.language]
    values = ("2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "15", "20", "30", "100")
    for word, value in zip(words, values, strict=True):
        swapped = re.sub(rf"\b{word}\b", value, swapped)
    return swapped if swapped != sentence else ""


def figures_changed(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """One figure of one number becomes another, or two change places."""
    found = [match for match in _FIGURES.finditer(sentence) if len(re.sub(r"\D", "", match[0])) >= 2]
    if not found:
        return ""
    match = chance.choice(found)
    known = _values(shelf.text)
    for _attempt in range(60):
        new = _other_figure(match[0], chance)
        if new[0] != "0" and _values(new).isdisjoint(known):
            return sentence[: match.start()] + new + sentence[match.end() :]
    return ""


def number_word_changed(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    found = list(re.finditer(rf"\b(?:{'|'.join(_NUMBER_WORDS[shelf.language])})\b", sentence))
    everything = shelf.text.lower()
    free = [
        word
        for word in _OTHER_NUMBER_WORDS[shelf.language]
        if word not in everything and _WORD_VALUES[word] not in _values(shelf.text)
    ]
    if not found or not free:
        return ""
    match = chance.choice(found)
    return sentence[: match.start()] + chance.choice(free) + sentence[match.end() :]


def number_of_another_place(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """A number becomes one that stands somewhere else on the shelf: only the passage tells that it is wrong."""
    found = [match for match in _FIGURES.finditer(sentence) if match[0].isdigit() and len(match[0]) >= 2]
    if not found:
        return ""
    match = chance.choice(found)
    others = sorted(set(re.findall(r"(?<![\w.,])\d{2,4}(?![\w.,])", shelf.text)) - set(_all(sentence)))
    return sentence[: match.start()] + chance.choice(others) + sentence[match.end() :] if others else ""


def numbers_exchanged(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """Two numbers of the sentence change places."""
    found = list(_FIGURES.finditer(sentence))
    if len(found) < 2 or found[0][0] == found[1][0]:
        return ""
    first, second = found[:2]
    between = sentence[first.end() : second.start()]
    return sentence[: first.start()] + second[0] + between + first[0] + sentence[second.end() :]


def _all(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def date_changed(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """Another month beside the same day or year, where the shelf has no date in that month."""
    months = _MONTHS[shelf.language]
    found = list(re.finditer(rf"(?<=\d )(?:{'|'.join(months)})\b|\b(?:{'|'.join(months)})(?= \d)", sentence))
    free = [month for month in months if not re.search(rf"\b{month}\b", shelf.text, re.IGNORECASE)]
    if not found or not free:
        return ""
    match = chance.choice(found)
    return sentence[: match.start()] + chance.choice(free) + sentence[match.end() :]


def name_changed(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """A capitalised word inside the sentence, which the shelf never has without a capital."""
    found = [match for match in _CAPITALISED.finditer(sentence) if _is_name(match[0], shelf)]
    return _with_other_name(sentence, chance.choice(found), shelf, chance) if found else ""


def first_name_changed(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    """The same for the sentence's first word, where it stands with a capital inside other sentences."""
    match = _FIRST.match(sentence)
    if match is None or not _is_name(match[0], shelf):
        return ""
    return _with_other_name(sentence, match, shelf, chance) if re.search(rf"[a-z,] {match[0]}\b", shelf.text) else ""


def negated(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    return _beside_verb(sentence, shelf, {"it": "non {}", "en": "{} not"}, r"\b(?:non|not|never|mai|no|né|nor)\b|n't")


def made_certain(sentence: str, shelf: Shelf, chance: random.Random) -> str:
    return _beside_verb(sentence, shelf, {"it": "{} sempre", "en": "{} always"}, r"\b(?:sempre|always)\b")


def _beside_verb(sentence: str, shelf: Shelf, forms: dict[str, str], unless: str) -> str:
    match = _VERBS[shelf.language].search(sentence)
    if match is None or re.search(unless, sentence, re.IGNORECASE):
        return ""
    return sentence[: match.start()] + forms[shelf.language].format(match[0]) + sentence[match.end() :]


def _with_other_name(sentence: str, match: re.Match[str], shelf: Shelf, chance: random.Random) -> str:
    pool = _ACRONYMS if match[0].isupper() else _NAMES
    everything = shelf.text.lower()
    free = [name for name in pool if name.lower() not in everything]
    return sentence[: match.start()] + chance.choice(free) + sentence[match.end() :]


def _is_name(word: str, shelf: Shelf) -> bool:
    return not re.search(rf"\b{word.lower()}\b", shelf.text)


def _other_figure(number: str, chance: random.Random) -> str:
    places = [place for place, letter in enumerate(number) if letter.isdigit()]
    place = chance.choice(places)
    if chance.random() < 0.3 and len(places) > 1:
        other = chance.choice([at for at in places if at != place])
        letters = list(number)
        letters[place], letters[other] = letters[other], letters[place]
        return "".join(letters)
    figure = chance.choice([letter for letter in "0123456789" if letter != number[place]])
    return number[:place] + figure + number[place + 1 :]


@lru_cache
def _values(text: str) -> frozenset[str]:
    """Every number in all that its marks may mean, those of two figures also where they are roman or in words."""
    found: set[str] = set()
    for number in re.findall(r"\d+(?:[.,\s]\d+)*", text):
        found |= {number, re.sub(r"\D", "", number), *re.findall(r"\d+", number)}
        found |= {part.replace(",", ".") for part in re.findall(r"\d+[.,]\d+|\d+", number)}
    present = set(re.findall(r"[\w-]+", text.lower()))
    found |= {str(value) for value, forms in _SPELLED.items() if not forms.isdisjoint(present)}
    return frozenset(found)


def _spelled(value: int) -> frozenset[str]:
    """Two-figure numbers as Italian, English and Rome write them, cardinal and ordinal."""
    tens, unit = divmod(value, 10)
    roman = ("", "X", "XX", "XXX", "XL", "L", "LX", "LXX", "LXXX", "XC")[tens]
    roman += ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[unit]
    english_tens = " ten twenty thirty forty fifty sixty seventy eighty ninety".split(" ")
    english_units = " one two three four five six seven eight nine".split(" ")
    teens = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
    italian_teens = "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove".split()
    italian_tens = "  venti trenta quaranta cinquanta sessanta settanta ottanta novanta".split(" ")
    italian_units = " uno due tre quattro cinque sei sette otto nove".split(" ")
    if tens == 1:
        forms = {teens[unit], teens[unit] + "th", italian_teens[unit], italian_teens[unit][:-1] + "esimo"}
    elif unit == 0:
        forms = {english_tens[tens], italian_tens[tens]}
    else:
        head = italian_tens[tens][:-1] if unit in (1, 8) else italian_tens[tens]
        tail = "tré" if unit == 3 else italian_units[unit]
        forms = {f"{english_tens[tens]}-{english_units[unit]}", head + tail}
    return frozenset(form for form in {*forms, roman.lower()})


_SPELLED = {value: _spelled(value) for value in range(10, 100)}
