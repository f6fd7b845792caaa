"""Names: capitalised words that are not capitalised only for standing at the beginning.

A name counts as known when any form of it stands anywhere in the source, written with a capital or not: with another
ending, in the other language, as the initials of its words. What is no name by its looks is left alone: a wrong alarm
makes a reader deaf to the right ones.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.grounding.cognates import skeleton
from assistant.grounding.dates import is_month
from assistant.grounding.number_words import NUMBER_WORDS
from assistant.grounding.same_names import phrases_with, same_names
from assistant.stems import evened, is_stop_word, roman_value, stem, without_accents, without_elision

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]++(?:['’´`][^\W\d_]++)*(?!\d)")
_BEGINNING = re.compile(r"(?:\A|[.!?:;…•|]|[-–—]\s)[\s\"'“”«‘(\[*_]*\Z|[\"“«‘(\[]\Z")
_BEFORE_CHARACTERS = 12
_JOINED = re.compile(r"\s+(?:(?:di|da|de|del|della|van|von|of|the)\s+)?")

_NOT_NAMES = frozenset(
    """
    dr mr mrs ms prof dott sig sir lord lady san santo santa saint re regina papa king queen pope president presidente
    minister ministro imperatore emperor principe prince duca duke conte count stato stati state states chiesa church
    governo government parlamento parliament paese country nazione nation congresso congress costituzione constitution
    capitolo chapter figura figure tabella table sezione section parte part pagina page articolo article legge law
    documento document testo text libro book autore author lezione lecture nota note esempio example internet web
    north south east west nord sud est ovest northern southern eastern western north-south
    monday tuesday wednesday thursday friday saturday sunday lunedì martedì mercoledì giovedì venerdì sabato domenica
    i ok tv etc vs pdf faq
    estate estates reign age ages era world mondo war guerra treaty trattato act atto battle battaglia day giorno royal
    reale republic repubblica empire impero revolution rivoluzione national nazionale assembly assemblea committee
    comitato convention convenzione declaration dichiarazione rights diritti citizen cittadino man uomo public pubblica
    safety society società university università college school scuola institute istituto academy accademia museum museo
    river fiume mountain monte mount sea mare ocean oceano lake lago island isola city città street via piazza square
    theory teoria law theorem teorema principle principio cycle ciclo effect effetto method metodo system sistema prize
    premio great grande new old young middle first second third high early late modern ancient antico general generale
    """.split()  # noqa: SIM905 - a table is easier to read as text
)
"""Titles, and common nouns that are part of proper names: in the other language they are other words."""
_NAMED_VERBS = frozenset(
    "fu nacque morì scrisse scoprì fondò divenne was had became wrote said born died led".split()  # noqa: SIM905 - as above
)
"""After these a bare capitalised word at the beginning is a person or a place: others have an article in Italian."""
_PAST = ("ò", "arono", "irono", "ì", "ed")
_AND = frozenset(("e", "ed", "and"))
_NO_NAME_ENDINGS = (
    "mente", "zione", "zioni", "sione", "ità", "ismo", "enza", "anza", "tion", "tions", "sion", "ment", "ity", "ness",
    "ism", "ing", "ance", "ence", "ship", "ology", "ly", "ics", "one", "thing", "body",
)  # fmt: skip
_ENDS = (".", "!", "?", "…")
"""A title has none of these."""
_TITLE_WORDS = 4
_TITLE_SHARE = 0.7
"""Of the longer words with a capital, from which on a claim is set like a title."""
_KIN_PREFIX = 4
_KIN_LONGER = 4
"""Newton, Newtonian: letters that are the same at least, and that one may be longer."""
_COGNATE_LETTERS = 4
_COGNATE_CONSONANTS = 3


@dataclass(frozen=True)
class Name:
    text: str
    """As the claim writes it, without elision and possessive."""
    start: int
    end: int
    acronym: bool = False
    first: bool = False
    """Of its sentence: it may be another word after all."""

    @property
    def plain(self) -> str:
        return plain_name(self.text)


def plain_name(word: str) -> str:
    return without_accents(evened(word))


def names_in(text: str) -> list[Name]:
    """Every capitalised word of a claim that is a name by its looks, in order."""
    tokens = list(_WORD.finditer(text))
    if not text.rstrip().endswith(_ENDS) and _is_title([token.group() for token in tokens]):
        return []
    found: list[Name] = []
    for position, token in enumerate(tokens):
        start, word = _bare(token)
        if not _may_be_name(word):
            continue
        beginning = _BEGINNING.search(text, max(0, start - _BEFORE_CHARACTERS), start) is not None
        sure = not beginning or _is_mixed(word)
        if sure or _is_named_first(text, word, tokens, position):
            found.append(Name(word, start, start + len(word), _is_acronym(word), first=not sure))
    return found


def capitalised_words(text: str) -> set[str]:
    """Every word of a source with a capital, plain, wherever it stands."""
    return {plain_name(word) for token in _WORD.finditer(text) if (word := _bare(token)[1])[:1].isupper()}


def joined_names(text: str, names: Sequence[Name]) -> list[str]:
    """Names that follow each other, as the claim writes them: Georges Danton."""
    runs: list[tuple[int, int]] = []
    for name in names:
        if runs and _JOINED.fullmatch(text, runs[-1][1], name.start):
            runs[-1] = (runs[-1][0], name.end)
        else:
            runs.append((name.start, name.end))
    return [text[start:end] for start, end in runs]


class KnownNames:
    """Every word of a text, in the forms in which a name can be met again."""

    def __init__(self, words: Iterable[str], capitalised: Iterable[str], runs: frozenset[str], language: str) -> None:
        """`words` and `capitalised` are plain; `runs` are the initials of capitalised words that follow each other."""
        self._words = frozenset(words)
        self._sorted = sorted(self._words)
        self._capitalised = sorted(capitalised)
        self._acronyms = self._words | runs
        self._language = language
        self._stems = frozenset(stem(word, language) for word in self._capitalised)

    @cached_property
    def _skeletons(self) -> frozenset[str]:
        """Of all words: a name in the other language may be of words that have no capital in this one."""
        return frozenset(found for word in self._words if len(found := skeleton(word)) >= _COGNATE_CONSONANTS)

    def has(self, name: Name, run: str, *, translated: bool) -> bool:
        """`run` are the initials of the names around it; `translated` where the claim is in another language."""
        plain = name.plain
        return (
            plain in self._words
            or self._has_other_form(plain, self._sorted if name.first else self._capitalised)
            or (name.acronym and not self._acronyms.isdisjoint((plain, plain.removesuffix("s"))))
            or (len(run) > 2 and run in self._words)
            or self._has_translation(plain)
            or (translated and len(plain) >= _COGNATE_LETTERS and skeleton(plain) in self._skeletons)
        )

    def _has_other_form(self, plain: str, words: Sequence[str]) -> bool:
        """Among these words, which are sorted: of one stem, or longer or shorter at the end."""
        if len(plain) < _KIN_PREFIX:
            return False
        if stem(plain, self._language) in self._stems:
            return True
        first = bisect.bisect_left(words, plain[:_KIN_PREFIX])
        for position in range(first, len(words)):
            word = words[position]
            if not word.startswith(plain[:_KIN_PREFIX]):
                return False
            short, long = sorted((word, plain), key=len)
            if long.startswith(short) and len(long) - len(short) <= _KIN_LONGER:
                return True
        return False

    def _has_translation(self, plain: str) -> bool:
        others = same_names(plain).union(*(same_names(phrase) for phrase in phrases_with(plain)))
        return any(all(word in self._words for word in other.split()) for other in others)


def initials(text: str) -> Iterator[str]:
    """Of every run of capitalised words without the small ones between: Organizzazione delle Nazioni Unite → onu."""
    run = ""
    for token in _WORD.finditer(text):
        word = _bare(token)[1]
        if word[:1].isupper():
            run += word[0].lower()
        elif not is_stop_word(word.lower()):
            if len(run) > 1:
                yield run
            run = ""
    if len(run) > 1:
        yield run


def _bare(token: re.Match[str]) -> tuple[int, str]:
    """(start, word) without "dell'" before it and "'s" behind it."""
    word = token.group()
    if word.isalpha():
        return token.start(), word
    rest = without_elision(word)
    start = token.start() + len(word) - len(rest)
    for possessive in ("'s", "’s", "s'", "s’"):
        if rest.endswith(possessive):
            return start, rest[: -len(possessive)] if possessive[-1] == "s" else rest[:-1]
    return start, rest


def _may_be_name(word: str) -> bool:
    low = word.lower()
    if len(word) < 2 or not any(letter.isupper() for letter in word[:2]):
        return False
    return not (
        roman_value(word)
        or low in _NOT_NAMES
        or low in NUMBER_WORDS
        or is_month(low)
        or (is_stop_word(low) and not word.isupper())
    )


def _is_mixed(word: str) -> bool:
    """DNA, LaTeX, mRNA: a name wherever it stands."""
    return any(letter.isupper() for letter in word[1:]) and len(word) > 1


def _is_acronym(word: str) -> bool:
    return 2 <= len(word) <= 7 and sum(letter.isupper() for letter in word) >= len(word) - 1


def _is_named_first(text: str, word: str, tokens: Sequence[re.Match[str]], position: int) -> bool:
    """Whether the first word of a sentence is a name: known as one, part of a longer one, or before such a verb."""
    if same_names(plain_name(word)):
        return True
    if len(word) < 4 or word.lower().endswith(_NO_NAME_ENDINGS):
        return False
    following = [token.group() for token in tokens[position + 1 : position + 3]]
    if not following or text[tokens[position].end() : tokens[position + 1].start()] != " ":
        return False
    if following[0] in _AND:
        return len(following) > 1 and following[1][0].isupper() and _may_be_name(following[1])
    second = following[0]
    if second[0].isupper():
        return _may_be_name(second) or bool(roman_value(second))
    return second in _NAMED_VERBS or (second.endswith(_PAST) and not word.endswith("s"))


def _is_title(words: Sequence[str]) -> bool:
    long = [word for word in words if len(word) > 3]
    capitals = sum(word[0].isupper() for word in long)
    return len(long) >= _TITLE_WORDS and capitals >= _TITLE_SHARE * len(long)
