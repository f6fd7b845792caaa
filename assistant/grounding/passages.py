"""The grade of a claim and its passage."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.documents.model import Document
from assistant.grounding.alignment import COHESION, cohesion, has_exchanged_word
from assistant.grounding.claims import Claim, Support, plain_claim
from assistant.grounding.details import Details, KnownDetails, details_of, missing_details, stands_in
from assistant.grounding.index import Index, Match, PageSet
from assistant.grounding.meaning import warnings_for
from assistant.language import detect_language
from assistant.sentences import split_sentences
from assistant.stems import content_words, stem, words

SUPPORTED_SCORE = 0.7
"""Share of a claim's weight found in its passage. With 0.6, the prototype's, and nothing but it, 35 of the 57 claims of
the labelled tuning documents that the source says in part, otherwise or not were accepted; the lowest score of one that
it says was 0.71."""

WEAK_SCORE = 0.35
"""Below this the passage is not worth showing: it shares little more than the document's subject."""

QUOTED_WORDS = 4
"""A shorter run of words stands in any text by chance."""

SUPPORTED_WORDS = 3
"""Words and numbers; with fewer a claim only names something ("Available from 3")."""

CLAIM_CHARACTERS = 4000
"""A longer one is no sentence; what stands behind is not looked at."""

_MAX_CITATIONS = 3
_CONTEXT_CHARACTERS = 2000
"""Before a passage: whom it calls "he" may be named there."""
_ACCEPTED: tuple[Support, ...] = ("quoted", "supported")


class Passages:
    """The sentences of some documents, ready to be searched for claims. Building it reads each text once."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._index = Index(documents)
        self._known = [KnownDetails(document, self._index.values(document)) for document in documents]
        self._languages = frozenset(document.language for document in documents)

    def cite(self, claim: str, pages: PageSet | None = None) -> Claim:
        """The claim with its grade, and its best passage unless nothing resembles it.

        `pages` limits the search to the pages that the model was shown when it wrote the claim. What is missing is
        missing from all pages of all documents.
        """
        text = plain_claim(claim)[:CLAIM_CHARACTERS]
        language = detect_language(text)
        translated = any(_differs(language, other) for other in self._languages)
        details = details_of(text)
        found = self._index.matches(text, details.numbers, pages, translated=translated)
        matches = [match for match in found if match.score >= WEAK_SCORE]
        if missing := missing_details(details, self._known, translated=translated):
            return Claim(text, "unsupported", tuple(match.citation() for match in matches[:1]), missing)
        if not matches:
            return Claim(text, "weak")
        graded: list[tuple[Support, Match]] = [
            (self._grade(details, match, language), match) for match in matches[:_MAX_CITATIONS]
        ]
        support, best = graded[0]
        also = [match for grade, match in graded[1:] if support in _ACCEPTED and grade in _ACCEPTED]
        citations = tuple(match.citation() for match in (best, *also))
        return Claim(text, support, citations, (), warnings_for(text, best.quote, _comparable))

    def _grade(self, details: Details, match: Match, language: str) -> Support:
        claimed = words(details.text)
        if len(claimed) >= QUOTED_WORDS and f" {' '.join(claimed)} " in f" {' '.join(words(match.quote))} ":
            return "quoted"
        if match.score < SUPPORTED_SCORE or not self._hangs_together(details, match):
            return "weak"
        before = match.page.text[max(0, match.start - _CONTEXT_CHARACTERS) : match.start]
        spoken = match.document.language
        found = stands_in(details, match.quote, before, spoken, translated=_differs(language, spoken))
        return "supported" if found else "weak"

    def _hangs_together(self, details: Details, match: Match) -> bool:
        spoken = match.page.language or match.document.language
        quote = match.quote
        claim = _stems(details.text, spoken)
        sentences = [_stems(quote[start:end], spoken) for start, end in split_sentences(quote)]
        return (
            len(claim) + len(details.numbers) >= SUPPORTED_WORDS
            and cohesion(claim, [found for sentence in sentences for found in sentence]) >= COHESION
            and not any(has_exchanged_word(claim, sentence, self._index.knows) for sentence in sentences)
        )


def _stems(text: str, language: str) -> list[str]:
    return [stem(word, language) for word in content_words(text)]


def _differs(language: str, other: str) -> bool:
    return bool(language and other and language != other)


def _comparable(text: str) -> list[str]:
    """Stems in both languages: a passage and its claim need not be in the same."""
    return [stem(stem(word, "it"), "en") for word in content_words(text)]
