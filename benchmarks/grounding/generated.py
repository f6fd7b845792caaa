"""The generated set: what is asked of each kind of sentence, and how often it was so."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from assistant.grounding import Claim, Passages
from benchmarks.grounding import changes
from benchmarks.grounding.changes import Change
from benchmarks.grounding.intervals import Share
from benchmarks.grounding.shelves import Sentence, Shelf

ACCEPTED = ("quoted", "supported")
_MOST_SENTENCES = 250
"""Of each kind on each shelf."""

FOREIGN = "foreign"
KINDS: dict[str, Change] = {
    "true": changes.unchanged,
    "shortened": changes.words_dropped,
    "reordered": changes.reordered,
    "rewritten numbers": changes.numbers_rewritten,
    "changed figures": changes.figures_changed,
    "changed number words": changes.number_word_changed,
    "changed dates": changes.date_changed,
    "numbers of another place": changes.number_of_another_place,
    "exchanged numbers": changes.numbers_exchanged,
    "changed names": changes.name_changed,
    "changed first names": changes.first_name_changed,
    "negated": changes.negated,
    "made certain": changes.made_certain,
    FOREIGN: changes.unchanged,
}
_PARAPHRASES = ("shortened", "reordered")
_SAME = ("true", *_PARAPHRASES, "rewritten numbers")
_NUMBERS = ("changed figures", "changed number words", "changed dates")
_WITH_MORE_SEEDS = (*_NUMBERS, "changed names", "changed first names", "numbers of another place")


@dataclass(frozen=True)
class Case:
    kind: str
    sentence: Sentence
    claim: Claim


@dataclass(frozen=True)
class Measure:
    name: str
    kinds: tuple[str, ...]
    holds: Callable[[Case], bool]
    least: float = 0.0
    most: float = 1.0

    def share(self, cases: Sequence[Case]) -> Share:
        mine = [case for case in cases if case.kind in self.kinds]
        return Share(sum(map(self.holds, mine)), len(mine))

    def is_reached(self, share: Share) -> bool:
        return self.least <= share.value <= self.most

    def exceptions(self, cases: Sequence[Case]) -> list[Case]:
        """Where it is not as it should be; none for what has no limit."""
        if (self.least, self.most) == (0.0, 1.0):
            return []
        return [case for case in cases if case.kind in self.kinds and self.holds(case) != (self.least > 0)]


def _is_accepted(case: Case) -> bool:
    return case.claim.support in ACCEPTED


def _is_flagged(case: Case) -> bool:
    return case.claim.support == "unsupported"


def _is_at_home(case: Case) -> bool:
    places = [(citation.path, citation.page) for citation in case.claim.citations[:1]]
    return places == [(case.sentence.path, case.sentence.page)]


MEASURES = (
    Measure("right page, paraphrases", _PARAPHRASES, _is_at_home, least=0.95),
    Measure("right page, true sentences", ("true",), _is_at_home, least=0.95),
    Measure("foreign sentences accepted", (FOREIGN,), _is_accepted, most=0.01),
    Measure("changed numbers caught (✖)", _NUMBERS, _is_flagged, least=0.99),
    Measure("  figures", ("changed figures",), _is_flagged),
    Measure("  number words", ("changed number words",), _is_flagged),
    Measure("  dates", ("changed dates",), _is_flagged),
    Measure("numbers of another place accepted", ("numbers of another place",), _is_accepted),
    Measure("exchanged numbers accepted", ("exchanged numbers",), _is_accepted),
    Measure("changed names caught (✖)", ("changed names",), _is_flagged, least=0.95),
    Measure("  first word of the sentence", ("changed first names",), _is_flagged),
    Measure("false alarms (✖), all the same", _SAME, _is_flagged, most=0.02),
    Measure("  true sentences", ("true",), _is_flagged),
    Measure("  paraphrases", _PARAPHRASES, _is_flagged),
    Measure("  numbers written differently", ("rewritten numbers",), _is_flagged),
    Measure("true sentences accepted", ("true",), _is_accepted),
    Measure("paraphrases accepted", _PARAPHRASES, _is_accepted),
    Measure("“not” put in: warned", ("negated",), lambda case: "negation" in case.claim.warnings),
    Measure("“always” put in: warned", ("made certain",), lambda case: "modality" in case.claim.warnings),
    Measure("true sentences warned of", ("true",), lambda case: bool(case.claim.warnings)),
)


def cases(shelf: Shelf, seeds: Sequence[int]) -> Iterator[Case]:
    """Of every kind with the first seed, and with the others too where a seed changes what is put in."""
    passages = Passages(shelf.documents)
    for kind, change in KINDS.items():
        for seed in seeds if kind in _WITH_MORE_SEEDS else seeds[:1]:
            chance = random.Random(f"{seed} {kind} {shelf.language} {shelf.documents[0].name}")
            taken = list(shelf.foreign_sentences if kind == FOREIGN else shelf.sentences)
            chance.shuffle(taken)
            changed = ((sentence, change(sentence.text, shelf, chance)) for sentence in taken)
            for sentence, text in _first(((sentence, text) for sentence, text in changed if text), _MOST_SENTENCES):
                yield Case(kind, sentence, passages.cite(text))


def _first(items: Iterator[tuple[Sentence, str]], most: int) -> Iterator[tuple[Sentence, str]]:
    for _number, item in zip(range(most), items, strict=False):
        yield item
