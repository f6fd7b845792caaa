"""The sentences of some documents, where each stem occurs, and the passages that hold most of a claim."""

from __future__ import annotations

import bisect
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document, Page
from assistant.grounding.claims import Citation
from assistant.grounding.cognates import skeleton
from assistant.grounding.numbers import Number, source_values
from assistant.sentences import split_sentences
from assistant.stems import content_words, stem

PageSet = Collection[tuple[str, int]]
"""(document path, page number) of each page."""

WINDOW_SENTENCES = 3
SENTENCE_CHARACTERS = 600
"""A longer one is taken in pieces: a page without full stops would hold any claim."""
CLAIM_WORDS = 200
"""Of a longer claim only these are looked for."""

_CANDIDATES = 24
_CANDIDATE_SHARE = 0.4
"""Sentences whose surroundings are looked at: those with so much of the likeliest one's weight, at most so many."""
_LONGER_WINDOW_COST = 0.02
"""A further sentence must add more than this, or the quote grows without saying more."""
_MISSING_NUMBERS_COST = 0.25
"""For a claim none of whose numbers are in the passage; in proportion where some are."""

_KIN_CREDIT = 0.7
"""For a word that only shares its beginning (rivoluzione, rivoluzionario), or its origin in the other language."""
_KIN_LETTERS = 5
_KIN_SHARE = 0.7
_KIN_LIMIT = 8
"""Stems looked at: those of one beginning follow each other."""
_COGNATE_CONSONANTS = 3
_ABOUT_THE_TEXT = frozenset(
    """
    text document passage author book chapter section article paragraph describe describes described explain explains
    explained discuss discusses discussed mention mentions mentioned state states stated according present presents
    provides provide main summary overview following includes include including also important
    testo documento brano autore libro capitolo sezione articolo paragrafo descrive descritto spiega spiegato illustra
    tratta parla afferma presenta riassunto secondo seguente seguenti comprende importante importanti inoltre
    """.split()  # noqa: SIM905 - a table is easier to read as text
)
"""What a claim says about the text and not from it; they do not count against it."""


@dataclass(frozen=True)
class Term:
    """A word of a claim, as the stems in which a document has it."""

    worth: dict[str, float]
    """By stem: how much of the weight it earns."""
    weight: float


@dataclass(frozen=True)
class Match:
    document: Document
    page: Page
    start: int
    end: int
    score: float
    """Share of the claim's weight that stands in it, 0 to 1."""
    rank: float
    """The score, less what speaks against this passage among others."""

    @property
    def quote(self) -> str:
        return self.page.text[self.start : self.end]

    def citation(self) -> Citation:
        document, page, score = self.document, self.page, round(self.score, 3)
        place = (document.name, document.path, page.number, page.label)
        return Citation(*place, self.quote, score, self.start, self.end)


@dataclass(frozen=True)
class _Sentence:
    document: Document
    page: Page
    start: int
    end: int
    stems: frozenset[str]
    values: frozenset[str]
    """Of its numbers."""


class Index:
    """Building it reads each document once; asking costs as much as the claim's words occur."""

    def __init__(self, documents: Sequence[Document]) -> None:
        pages = [(document, page) for document in documents for page in document.pages]
        self._languages = tuple(dict.fromkeys(_language(document, page) for document, page in pages))
        self._sentences = [
            _Sentence(document, page, start, end, _stems(text, _language(document, page)), source_values(text))
            for document, page in pages
            for start, end in pieces(page.text)
            if (text := page.text[start:end])
        ]
        self._occurrences: dict[str, list[int]] = {}
        for position, sentence in enumerate(self._sentences):
            for found in sentence.stems:
                self._occurrences.setdefault(found, []).append(position)
        self._vocabulary = sorted(self._occurrences)
        self._skeletons: dict[str, list[str]] = {}
        for known in self._vocabulary:
            self._skeletons.setdefault(skeleton(known), []).append(known)

    def matches(self, claim: str, numbers: Sequence[Number], pages: PageSet | None, *, translated: bool) -> list[Match]:
        """Of each document the passage that holds most of the claim, the best first; none that holds nothing of it.

        `translated` lets words of one origin in Italian and English stand for each other.
        """
        terms = self._terms(claim, translated=translated)
        likeliest = self._likeliest(terms, pages)
        windows = sorted({window for position in likeliest for window in self._windows(position)})
        rows = {position: self._row(position, terms) for window in windows for position in range(*window)}
        total = sum(term.weight for term in terms)
        best: dict[str, Match] = {}
        for first, end in windows:
            match = self._match(first, end, _held(rows, range(first, end), terms) / total, numbers)
            path = match.document.path
            if path not in best or match.rank > best[path].rank:
                best[path] = match
        return sorted(best.values(), key=lambda match: -match.rank)

    def values(self, document: Document) -> frozenset[str]:
        """Of the document's numbers."""
        mine = (sentence.values for sentence in self._sentences if sentence.document is document)
        return frozenset[str]().union(*mine)

    def knows(self, found: str) -> bool:
        """Whether a stem occurs anywhere."""
        return found in self._occurrences

    # --- the claim's words ------------------------------------------------------------------------------------

    def _terms(self, claim: str, *, translated: bool) -> list[Term]:
        words = dict.fromkeys(content_words(claim)[:CLAIM_WORDS])
        about = [word for word in words if word not in _ABOUT_THE_TEXT] or list(words)
        return [self._term(word, translated=translated) for word in about]

    def _term(self, word: str, *, translated: bool) -> Term:
        worth = {form: 1.0 for code in self._languages if (form := stem(word, code)) in self._occurrences}
        if not worth:
            worth = {kin: _KIN_CREDIT for code in self._languages for kin in self._kin(stem(word, code))}
        if not worth and translated:
            worth = dict.fromkeys(self._cognates(word), _KIN_CREDIT)
        return Term(worth, self._weight(worth))

    def _kin(self, wanted: str) -> list[str]:
        """Stems with the same beginning, most of the longer one."""
        if len(wanted) < _KIN_LETTERS:
            return []
        shared = wanted[: max(_KIN_LETTERS, math.ceil(_KIN_SHARE * len(wanted)))]
        first = bisect.bisect_left(self._vocabulary, shared)
        following = self._vocabulary[first : first + _KIN_LIMIT]
        return [known for known in following if known.startswith(shared) and len(shared) >= _KIN_SHARE * len(known)]

    def _cognates(self, word: str) -> list[str]:
        wanted = [skeleton(stem(word, code)) for code in ("it", "en")]
        return [
            known for bones in wanted if len(bones) >= _COGNATE_CONSONANTS for known in self._skeletons.get(bones, ())
        ]

    def _weight(self, worth: dict[str, float]) -> float:
        """The rarer, the heavier; a word that the document does not have weighs as much as one it has once."""
        often = sum(len(self._occurrences[found]) for found in worth)
        return math.log(1 + len(self._sentences) / (1 + max(1, often)))

    # --- where they stand -------------------------------------------------------------------------------------

    def _likeliest(self, terms: Sequence[Term], pages: PageSet | None) -> list[int]:
        """The sentences that, each alone, hold most of the weight; the earlier first among equals."""
        held: dict[int, float] = {}
        for term in terms:
            for found, credit in term.worth.items():
                for position in self._occurrences[found]:
                    held[position] = held.get(position, 0.0) + credit * term.weight
        if pages is not None:
            held = {position: weight for position, weight in held.items() if self._place(position) in pages}
        least = _CANDIDATE_SHARE * max(held.values(), default=0.0)
        likely = [position for position, weight in held.items() if weight >= least]
        return sorted(likely, key=lambda position: (-held[position], position))[:_CANDIDATES]

    def _place(self, position: int) -> tuple[str, int]:
        sentence = self._sentences[position]
        return sentence.document.path, sentence.page.number

    def _windows(self, position: int) -> Iterator[tuple[int, int]]:
        """(first, behind the last) of every run of sentences on the page that includes this one."""
        for length in range(1, WINDOW_SENTENCES + 1):
            for first in range(position - length + 1, position + 1):
                if self._on_one_page(first, first + length - 1):
                    yield first, first + length

    def _on_one_page(self, first: int, last: int) -> bool:
        if first < 0 or last >= len(self._sentences):
            return False
        return self._sentences[first].page is self._sentences[last].page

    def _row(self, position: int, terms: Sequence[Term]) -> dict[int, float]:
        """How much of each term a sentence holds, by the term's place."""
        stems = self._sentences[position].stems
        row: dict[int, float] = {}
        for place, term in enumerate(terms):
            if held := [part for found, part in term.worth.items() if found in stems]:
                row[place] = max(held)
        return row

    def _match(self, first: int, end: int, score: float, numbers: Sequence[Number]) -> Match:
        sentences = self._sentences[first:end]
        missing = sum(all(number.values.isdisjoint(one.values) for one in sentences) for number in numbers)
        cost = _LONGER_WINDOW_COST * (end - first - 1) + _MISSING_NUMBERS_COST * missing / max(1, len(numbers))
        begin, last = sentences[0], sentences[-1]
        return Match(begin.document, begin.page, begin.start, last.end, score, score - cost)


def _held(rows: dict[int, dict[int, float]], window: range, terms: Sequence[Term]) -> float:
    """The weight that some sentences hold together."""
    together: dict[int, float] = {}
    for position in window:
        for place, part in rows[position].items():
            together[place] = max(part, together.get(place, 0.0))
    return sum(terms[place].weight * part for place, part in together.items())


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every sentence, long ones cut at white space."""
    for start, end in split_sentences(text):
        while end - start > SENTENCE_CHARACTERS:
            cut = text.rfind(" ", start + SENTENCE_CHARACTERS // 2, start + SENTENCE_CHARACTERS)
            cut = cut if cut > 0 else start + SENTENCE_CHARACTERS
            yield start, cut
            start = cut + (text[cut] == " ")
        yield start, end


def _language(document: Document, page: Page) -> str:
    return page.language or document.language


def _stems(text: str, language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in content_words(text))
