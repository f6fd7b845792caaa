"""What a person types → an expression that FTS5 understands, and the words to mark in what it finds.

Every word is given to FTS5 in quotes, so nothing that is typed is ever syntax: `l'università`, `c++ (AND`, `"` alone.
Text in quotes, straight, curly or angular, is a phrase: these words next to each other, as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from assistant.stems import content_stems

LOOKED_AT_CHARACTERS = 2_000
"""What is pasted beyond this is not searched for."""
MOST_TERMS = 24
"""FTS5 refuses very long expressions; what is named by more words than this is found by these."""

_PHRASE = re.compile(r"\"([^\"]+)\"|“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("’‘´`ʼ", "'''''")


@dataclass(frozen=True)
class Word:
    folded: str
    stems: frozenset[str]
    """In Italian and in English; empty for words that carry no meaning of their own."""

    @property
    def expression(self) -> str:
        parts = [f'text : "{self.folded}"', *(f'stems : "{stem}"' for stem in sorted(self.stems))]
        return f"({' OR '.join(parts)})"


@dataclass(frozen=True)
class Query:
    words: tuple[Word, ...]
    phrases: tuple[tuple[str, ...], ...]
    """Each as its folded words."""

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)

    @property
    def expressions(self) -> list[str]:
        """The strictest first: all of it; then any of its words, with every phrase all the same."""
        phrases = [f'text : "{" ".join(phrase)}"' for phrase in self.phrases]
        words = [word.expression for word in self.words]
        strict = " AND ".join([*phrases, *words])
        loose = " AND ".join([*phrases, *([f"({' OR '.join(words)})"] if words else [])])
        return [strict] if strict == loose else [strict, loose]

    def matches(self, word: str) -> bool:
        """Whether a word of a found text is one that was looked for."""
        folded = fold(word)
        if folded in self._folded:
            return True
        # A stem begins as its word does: only those few words are worth stemming.
        return folded[:2] in self._openings and not self._stems.isdisjoint(word_stems(word))

    @cached_property
    def _folded(self) -> frozenset[str]:
        return frozenset(word.folded for word in self.words)

    @cached_property
    def _openings(self) -> frozenset[str]:
        return frozenset(fold(stem)[:2] for stem in self._stems)

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset[str]().union(*(word.stems for word in self.words))


def parse_query(text: str) -> Query:
    """Never fails; the query is empty where the text has no letter and no digit."""
    text = unicodedata.normalize("NFC", text[:LOOKED_AT_CHARACTERS]).translate(_APOSTROPHES)
    phrases = [_folded_words(match[match.lastindex or 0]) for match in _PHRASE.finditer(text)]
    # A "phrase" of one word is a word to be found as it is written, not by its stem.
    words = [
        Word(folded, word_stems(word))
        for word in _WORD.findall(_PHRASE.sub(" ", text))
        if _is_searchable(folded := fold(word))
    ]
    meaning = [word for word in words if word.stems or word.folded.isdigit()]
    if meaning or phrases:  # "the", "di" and "l" are everywhere, and say nothing beside others
        words = meaning
    return Query(
        tuple(dict.fromkeys(words))[:MOST_TERMS],
        tuple(phrase for phrase in dict.fromkeys(phrases) if phrase)[:MOST_TERMS],
    )


def fold(word: str) -> str:
    """Lower case, without accents, as the index's tokenizer has it."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def word_stems(word: str) -> frozenset[str]:
    return content_stems(word, "it") | content_stems(word, "en")


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    return (match.span() for match in _WORD.finditer(text))


def _folded_words(text: str) -> tuple[str, ...]:
    return tuple(folded for word in _WORD.findall(text) if _is_searchable(folded := fold(word)))[:MOST_TERMS]


def _is_searchable(folded: str) -> bool:
    return bool(folded) and all(ord(letter) < 0xD800 or ord(letter) > 0xDFFF for letter in folded)
