"""The most telling sentences of a document, and items to study from them, chosen without a model."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.documents.model import Document
from assistant.stems import content_stems
from assistant.summaries.items import Item, ItemKind
from assistant.summaries.own.definitions import definition_in
from assistant.summaries.own.prose import OwnSentence, prose_sentences
from assistant.summaries.own.study import study_items

_USED_AGAIN = 0.35
"""What a word is worth that a chosen sentence already has (Nenkova & Vanderwende 2005 square its probability)."""
_NEW, _NOTHING_NEW = 0.25, 0.05
"""With a smaller share of words that are not said yet, a sentence is a repetition, and worth next to nothing."""
_SAME_SECTION_AGAIN = 0.8
"""What one more sentence of a section is worth, where sentences of all sections compete."""
_FIRST_BONUS, _SECOND_BONUS = 0.35, 0.15
"""A section begins with what it is about."""
_DEFINITION_BONUS = 0.25
_LEANS_BACK_FACTOR, _ABOUT_THE_TEXT_FACTOR = 0.5, 0.4
_SHORT_WORDS = 8
"""Added to the length, or the shortest sentences would always have the most telling words."""
_CANDIDATES = 60
"""Of each section, the best by themselves: comparing more with each other changes nothing but the time."""


def own_sentences(
    documents: Sequence[Document], pages_by_path: Mapping[str, Sequence[int]], per_section: int, *, total: int = 0
) -> list[OwnSentence]:
    """The sentences that hold most of what the others speak of, in order: `per_section` of each main section.

    Where `total` is given, that many of all sections together, each section's best before another's second best.
    """
    ranked = _ranked_sections(prose_sentences(documents, pages_by_path), total or per_section)
    if not total:
        return _in_order(scored.sentence for section in ranked for scored in section[:per_section])
    competing = [
        (scored.value * _SAME_SECTION_AGAIN**place, scored.number, scored.sentence)
        for section in ranked
        for place, scored in enumerate(section)
    ]
    return _in_order(sentence for _value, _number, sentence in heapq.nlargest(total, competing, key=_by_value))


def own_items(
    kind: ItemKind,
    documents: Sequence[Document],
    pages_by_path: Mapping[str, Sequence[int]],
    per_section: int,
    language: str,
) -> list[tuple[Item, OwnSentence]]:
    """Terms, questions, quizzes or cards made of the text's own sentences, in order; `per_section` of each section.

    An item is in the language of its sentence; those that are not in `language`, where one is given, are left out.
    """
    sentences = prose_sentences(documents, pages_by_path)
    ranked = [[scored.sentence for scored in section] for section in _ranked_sections(sentences, _CANDIDATES)]
    return study_items(kind, documents, pages_by_path, sentences, ranked, per_section, language)


@dataclass(frozen=True)
class _Scored:
    value: float
    number: int
    """Place among all sentences, the first being highest: breaks ties."""
    sentence: OwnSentence
    stems: frozenset[str]


def _by_value(item: tuple[float, int, OwnSentence]) -> tuple[float, int]:
    return item[:2]


def _in_order(sentences: Iterable[OwnSentence]) -> list[OwnSentence]:
    chosen = list(sentences)
    paths = list(dict.fromkeys(sentence.document.path for sentence in chosen))
    return sorted(chosen, key=lambda s: (paths.index(s.document.path), s.page.number, s.start))


def _ranked_sections(sentences: Sequence[OwnSentence], count: int) -> list[list[_Scored]]:
    """For each section its `count` best, the best first, each chosen with those before it in mind."""
    stems = [content_stems(sentence.text, sentence.language) for sentence in sentences]
    spread = Counter(stem for group in stems for stem in group)
    sections: list[list[_Scored]] = []
    numbered = enumerate(zip(sentences, stems, strict=True))
    for _key, group in groupby(numbered, key=lambda item: (item[1][0].document.path, item[1][0].section)):
        members = [(number, sentence, terms) for number, (sentence, terms) in group]
        here = Counter(stem for _number, _sentence, terms in members for stem in terms)
        worth = {stem: _worth(spread[stem], here[stem]) for stem in here}
        for stem in content_stems(f"{members[0][1].document.title} {members[0][1].section}", members[0][1].language):
            if stem in worth:
                worth[stem] *= 2
        candidates = [
            _Scored(_value(sentence, terms, worth, place), -number, sentence, terms)
            for place, (number, sentence, terms) in enumerate(members)
        ]
        best = heapq.nlargest(max(_CANDIDATES, count), candidates, key=lambda scored: (scored.value, scored.number))
        sections.append(_chosen_apart(best, worth, count))
    return sections


def _worth(spread: int, here: int) -> float:
    """Of a stem that `spread` sentences of all and `here` of the section have: what is said once is not the subject."""
    return math.log(spread) + math.log(here) if spread > 1 else 0.1


def _value(sentence: OwnSentence, stems: frozenset[str], worth: Mapping[str, float], place: int) -> float:
    """`place` is 0 for the first sentence of its section."""
    value = sum(worth[stem] for stem in stems) / (len(stems) + _SHORT_WORDS)
    bonus = {0: _FIRST_BONUS, 1: _SECOND_BONUS}.get(place, 0.0)
    if definition_in(sentence.text, sentence.language):
        bonus += _DEFINITION_BONUS
    value *= 1 + bonus
    if sentence.leans_back:
        value *= _LEANS_BACK_FACTOR
    if sentence.is_about_the_text:
        value *= _ABOUT_THE_TEXT_FACTOR
    return value


def _chosen_apart(candidates: Sequence[_Scored], worth: Mapping[str, float], count: int) -> list[_Scored]:
    """One after the other, words that are said already counting less."""
    left, chosen = list(candidates), list[_Scored]()
    said: set[str] = set()

    def value_now(scored: _Scored) -> float:
        total = sum(worth[stem] for stem in scored.stems) or 1.0
        repeated = sum(worth[stem] for stem in scored.stems & said) / total
        is_new = len(scored.stems - said) >= _NEW * len(scored.stems)
        return scored.value * (1 - (1 - _USED_AGAIN) * repeated if is_new else _NOTHING_NEW)

    while left and len(chosen) < count:
        best = max(left, key=value_now)
        left.remove(best)
        chosen.append(_Scored(value_now(best), best.number, best.sentence, best.stems))
        said |= best.stems
    return chosen
