"""Sentences of different documents that cannot both be right: another number, another date, a "not" in one of them.

Few and real rather than many: both sentences must be made of the same words, whoever and whatever they name included.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from assistant.documents.model import Document
from assistant.grounding import Citation
from assistant.grounding.dates import Date, dates_in
from assistant.grounding.meaning import warnings_for
from assistant.grounding.names import names_in
from assistant.grounding.numbers import Number, numbers_in
from assistant.stems import content_stems, content_words, stem
from assistant.summaries.own.prose import OwnSentence, prose_sentences

What = Literal["number", "negation", "date"]

MIN_SHARED = 3
"""Words that carry meaning."""
MIN_SHARE = 0.75
"""Of the words of the shorter sentence, how many the other has too."""
MIN_SHARE_BOTH = 0.5
"""Of the words of either."""
MIN_SHARE_NEGATED = 0.6
"""Of the words of either, where one is negated: a "not" in a clause of its own denies something else."""
_ABOUT = 0.1
"""Numbers that are nearer than this, as a part of the larger, may be roundings of one."""
_LOOK_BACK = 24
_COMMON = 200
"""A stem that more statements have leads to too many pairs, and to none that other stems would not."""
_MOST = 20
MOST_COMPARED = 12_000
"""Sentences that are all compared with each other, which takes seconds; of more, those that state a number or deny."""
_STATES = re.compile(
    r"\d|\b(?:not|no|never|none|neither|nor|without|cannot|non|né|mai|nessun\w{0,2}|senza|nemmeno|neanche)\b|n['’]t\b",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"\b(?:first|second|third|fourth|fifth|last|next|prim[oaie]|second[oaie]|terz[oaie]|quart[oaie]|quint[oaie]|ultim[oaie]"
    r"|minim\w+|maxim\w+|massim\w+|north\w*|south\w*|east\w*|west\w*|nord|sud|est|ovest|least|most|lowest|highest"
    r"|before|after|prima|dopo|upper|lower|superior[ei]|inferior[ei])\b",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\b(?:exercise|example|chapter|figure|table|step|phase|type|version|article|group|question|problem|theorem|lesson|page"
    r"|level|class|room|part|section|esercizio|esempio|capitolo|figura|tabella|passo|fase|tipo|versione|articolo|art"
    r"|gruppo|domanda|problema|teorema|lezione|pagina|livello|classe|aula|parte|sezione|punto|nn?|no)\.?\s\d+",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:circa|quasi|oltre|più di|meno di|almeno|fino a|intorno a|all'incirca|attorno a"
    r"|about|around|roughly|almost|nearly|over|more than|less than|at least|up to|some|approximately)\s+"
    r"(?:(?:il|la|a|ai|alle|agli|the)\s)?\Z|[~≈]\s?\Z",
    re.IGNORECASE,
)
_YEARS = range(1000, 2101)
_ERAS = ("bc", "ad")
"""Units that make a year of any number: 509 BC and 510 BC are no roundings of one amount."""


@dataclass(frozen=True)
class Contradiction:
    topic: str
    a: Citation
    b: Citation
    what: What


@dataclass(frozen=True)
class Statement:
    text: str
    language: str
    citation: Citation | None = None
    section: str = ""

    @cached_property
    def stems(self) -> frozenset[str]:
        return content_stems(self.text, self.language)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(name.text.casefold() for name in names_in(self.text))

    @cached_property
    def dates(self) -> list[Date]:
        return dates_in(self.text)

    @cached_property
    def numbers(self) -> list[Number]:
        """Outside dates."""
        spans = [(date.start, date.end) for date in self.dates]
        return [n for n in numbers_in(self.text) if not any(start <= n.start < end for start, end in spans)]

    @cached_property
    def years(self) -> list[Number]:
        return [
            n for n in self.numbers if n.text.isdigit() and (n.unit in _ERAS or (not n.unit and int(n.text) in _YEARS))
        ]

    @cached_property
    def limits(self) -> frozenset[str]:
        """First, north, before, exercise 3 …: with another one of these a sentence is about something else."""
        found = [*_ORDINAL.finditer(self.text), *_LABEL.finditer(self.text)]
        return frozenset(stem(match[0].lower(), self.language) for match in found)

    @cached_property
    def in_order(self) -> list[str]:
        """The stems as they follow each other."""
        return [stem(word, self.language) for word in content_words(self.text)]


def contradicting_sentences(
    documents: Sequence[Document], pages_by_path: Mapping[str, Sequence[int]]
) -> list[Contradiction]:
    """Among all sentences of these pages; of all pages of a document that is not in the map. See `MOST_COMPARED`."""
    sentences = prose_sentences(documents, pages_by_path)
    if len(sentences) > MOST_COMPARED:
        sentences = _thinned([sentence for sentence in sentences if _STATES.search(sentence.text)])
    return contradicting(
        [
            Statement(
                sentence.text,
                sentence.language,
                Citation(
                    document=sentence.document.name,
                    path=sentence.document.path,
                    page=sentence.page.number,
                    label=sentence.page.label,
                    quote=sentence.page.text[sentence.start : sentence.end],
                    score=1.0,
                    start=sentence.start,
                    end=sentence.end,
                ),
                sentence.section,
            )
            for sentence in sentences
        ]
    )


def _thinned(sentences: Sequence[OwnSentence]) -> list[OwnSentence]:
    """Not more than are compared, the same share of each document's from its beginning on."""
    count = Counter(sentence.document.path for sentence in sentences)
    left = {path: -(-number * MOST_COMPARED // max(MOST_COMPARED, len(sentences))) for path, number in count.items()}
    kept: list[OwnSentence] = []
    for sentence in sentences:
        left[sentence.document.path] -= 1
        if left[sentence.document.path] >= 0:
            kept.append(sentence)
    return kept


def contradicting(statements: Sequence[Statement]) -> list[Contradiction]:
    """At most twenty, in the order of the first place of each; a statement without a citation is passed over."""
    found: list[Contradiction] = []
    used: set[Statement] = set()
    for one, other in _pairs([statement for statement in statements if statement.citation]):
        if one in used or other in used or one.citation is None or other.citation is None:
            continue
        if what := difference(one, other):
            used |= {one, other}
            found.append(Contradiction(_topic(one, other), one.citation, other.citation, what))
            if len(found) == _MOST:
                break
    return found


def difference(one: Statement, other: Statement) -> What | None:
    """In what two sentences about the same thing contradict each other; None where they do not."""
    if not _same_subject(one, other):
        return None
    if _dates_differ(one, other):
        return "date"
    if _numbers_differ(one, other):
        return "number"
    return "negation" if _one_denies(one, other) else None


def agree(one: Statement, other: Statement) -> bool:
    """Whether two sentences say the same, as far as words can tell."""
    if not _same_subject(one, other) or difference(one, other) or _is_negated(one, other) or _is_negated(other, one):
        return False
    stated = [{min(number.values) for number in statement.numbers} for statement in (one, other)]
    return stated[0] <= stated[1] or stated[1] <= stated[0]


def _pairs(statements: Sequence[Statement]) -> Iterator[tuple[Statement, Statement]]:
    """Of different documents, in order, with enough words in common."""
    having: defaultdict[str, list[int]] = defaultdict(list)
    for number, statement in enumerate(statements):
        shared = Counter(before for word in statement.stems if len(having[word]) <= _COMMON for before in having[word])
        for before, count in sorted(shared.items()):
            if count >= MIN_SHARED and _path(statements[before]) != _path(statement):
                yield statements[before], statement
        for word in statement.stems:
            having[word].append(number)


def _path(statement: Statement) -> str:
    return statement.citation.path if statement.citation else ""


def _same_subject(one: Statement, other: Statement) -> bool:
    if one.language != other.language or one.limits != other.limits:
        return False
    if one.names - other.names and other.names - one.names:
        return False
    shared = one.stems & other.stems
    smaller = min(len(one.stems), len(other.stems))
    if len(shared) < MIN_SHARED or len(shared) < MIN_SHARE * smaller:
        return False
    return _share(one, other) >= MIN_SHARE_BOTH


def _share(one: Statement, other: Statement) -> float:
    return len(one.stems & other.stems) / max(1, len(one.stems | other.stems))


def _one_denies(one: Statement, other: Statement) -> bool:
    """Only of sentences in which everything stands in the same place: who does what to whom is not known here."""
    shared = one.stems & other.stems
    orders = [[word for word in statement.in_order if word in shared] for statement in (one, other)]
    if orders[0] != orders[1] or _share(one, other) < MIN_SHARE_NEGATED:
        return False
    return _is_negated(one, other) and _is_negated(other, one)


def _dates_differ(one: Statement, other: Statement) -> bool:
    """One date in each, and not the same day; or one year in each, and nothing else in figures that explains it."""
    if len(one.dates) == 1 and len(other.dates) == 1:
        return not _can_be_one_day(one.dates[0], other.dates[0])
    if one.dates or other.dates or len(one.years) != 1 or len(other.years) != 1:
        return False
    return one.years[0].values.isdisjoint(other.years[0].values)


def _can_be_one_day(one: Date, other: Date) -> bool:
    """What only one of them says is no difference."""
    pairs = ((one.month, other.month), (one.day, other.day), (one.year, other.year))
    return all(a == b or a is None or b is None for a, b in pairs)


def _numbers_differ(one: Statement, other: Statement) -> bool:
    """Of one thing that each counts once: the same unit, or the same word behind."""
    for number in one.numbers:
        alike = [n for n in other.numbers if _counts(n, other) == _counts(number, one) != ""]
        mine = [n for n in one.numbers if _counts(n, one) == _counts(number, one)]
        if len(alike) == len(mine) == 1 and not _is_about(number, one, alike[0], other):
            return True
    return False


def _counts(number: Number, statement: Statement) -> str:
    """What a number counts; empty for years and where nothing is said."""
    if number in statement.years:
        return ""
    if number.unit:
        return f"unit {number.unit}"
    following = content_words(statement.text[number.end : number.end + 40])
    return stem(following[0], statement.language) if following else ""


def _is_about(number: Number, one: Statement, against: Number, other: Statement) -> bool:
    """Whether both can be the same amount: one of them rounded, or nearly."""
    if number.values & against.values:
        return True
    if not _is_rounded(number, one) and not _is_rounded(against, other):
        return False
    try:
        pairs = [(float(a), float(b)) for a in number.values for b in against.values]
    except ValueError:
        return True
    return any(abs(a - b) <= _ABOUT * max(abs(a), abs(b)) for a, b in pairs)


def _is_rounded(number: Number, statement: Statement) -> bool:
    before = statement.text[max(0, number.start - _LOOK_BACK) : number.start]
    return not number.text.isdigit() or int(number.text) % 10 == 0 or _HEDGE.search(before) is not None


def _is_negated(one: Statement, other: Statement) -> bool:
    def terms(text: str) -> frozenset[str]:
        return content_stems(text, one.language)

    return "negation" in warnings_for(one.text, other.text, terms)


def _topic(one: Statement, other: Statement) -> str:
    """The section's title, or what both sentences speak of."""
    if one.section:
        return one.section
    shared = [word for word in content_words(one.text) if stem(word, one.language) in other.stems]
    return ", ".join(_as_written(word, one.text) for word in dict.fromkeys(shared[:3]))


def _as_written(word: str, text: str) -> str:
    """With its capitals."""
    found = re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
    return found[0] if found else word
