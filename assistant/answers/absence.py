"""When a document does not answer a question: before the model is asked, and after.

Before: none of the words that the question is about stands in the text, so there is nothing to answer from, and a
small model would make something up. After: nothing in the answer was found in the text by its wording.

The rule before is a careful one, for it is worse to deny what is there than to ask in vain: only questions of fact, in
the language of the text, are judged (`benchmarks/retrieval.py` counts both kinds of mistake).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping, Sequence

from assistant.documents.model import Document
from assistant.grounding import Claim
from assistant.language import detect_language
from assistant.stems import content_stems, known_numbers, stated_numbers

FEW_TERMS_SHARE = 1 / 3
"""At most so much of a question stands in the text where a name or a number in it stands nowhere: it is about
something else."""

ALIKE = 0.8
"""Of two spellings (`difflib`): "mistletoe" is what a text of 1859 spells "misseltoe"."""

LONG_TERM = 6
"""Letters: shorter words have neighbours everywhere."""

_FACT = {
    "it": re.compile(
        r"(?:^|[\s,;:.])(?:chi|che cos|che cosa|cos'|cosa|quando|dove|dov|quant\w|quale?i?|qual|perche|perché|come|com"
        r"|in che|in quale?i?|a che|da che|di che)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(r"(?:^|[\s,;:.])(?:who|whom|whose|what|when|where|which|why|how)\b", re.IGNORECASE),
}
_TO_THE_ASSISTANT = {
    "it": re.compile(
        r"\b(?:tu|te|ti|mi|me|io|noi|puoi|potresti|sai|devo|posso|dovrei|studiare|esame)\b", re.IGNORECASE
    ),
    "en": re.compile(r"\b(?:you|your|me|my|i|we|us|study|exam)\b", re.IGNORECASE),
}
"""A talk with the assistant ("how should I study this?") need not share a word with the text."""
_SAYS_LITTLE = {
    "it": """
        quanto quanta quanti quante primo prima secondo ultimo significa significato vuol dire vuole funziona chiama
        chiamano chiamato successo succede accade serve servono importante differenza esempio esempi autore testo
        documento libro capitolo pagina storia trama conclusione morale protagonista personaggio tema argomento tesi
        titolo idea problema riassunto parola parole parte parti cosa cose modo tipo tipi scritto scrisse fatto fare fa
        usa usato dice detto parla spiega nome viene vengono
    """,
    "en": """
        much many long often first second last mean means meaning call called name named happen happens work works
        important difference example examples author text document book chapter page story plot conclusion moral main
        character theme topic thesis title idea problem summary next word words part parts thing things way kind type
        types write wrote written make made do get got use used say says said talk tell explain explained need live
        come go take give big old
    """,
}
"""Words of questions that say nothing about what a text is about."""
_SAYS_LITTLE_STEMS = {code: content_stems(" ".join(words.split()), code) for code, words in _SAYS_LITTLE.items()}
_CAPITALIZED = re.compile(r"(?<=[\w,;] )[^\W\d_a-z][\w'’-]*")

_SOURCE = r"\b(?:documents?|texts?|passages?|answer|documento|testo|brano|risposta)\b"
_NOT = r"(?:\bnot\b|n't\b|\bno\b|\bnon\b)"
_DENIAL = re.compile(rf"{_SOURCE}.{{0,40}}{_NOT}|{_NOT}.{{0,40}}{_SOURCE}", re.IGNORECASE)


def is_denial(sentence: str) -> bool:
    """Whether it says what the document does not say: there is no passage that it could be checked against."""
    return _DENIAL.search(sentence) is not None


def is_absent(question: str, documents: Sequence[Document], pages: Mapping[str, Sequence[int]]) -> bool:
    """Whether the pages (by path; none meaning all) cannot answer the question, since they have none of its words."""
    judged = [_lacks(question, document, pages.get(document.path, ())) for document in documents]
    return bool(judged) and all(judged)


def _lacks(question: str, document: Document, pages: Sequence[int]) -> bool:
    if not _is_of_fact(question, document.language):
        return False
    asked = _asked(question, document.language)
    text = "\n".join(page.text for page in document.pages if not pages or page.number in pages)
    found = content_stems(text, document.language) | known_numbers(text)
    missing = {term for term in asked if term not in found and not _is_misspelt(term, found)}
    if len(missing) == len(asked) > 1:
        return True
    held = len(asked) - len(missing)
    return held <= FEW_TERMS_SHARE * len(asked) and not missing.isdisjoint(_details(question, document.language))


def _is_misspelt(term: str, found: Collection[str]) -> bool:
    """Whether the text has a word that is spelt nearly like this one."""
    return (
        len(term) >= LONG_TERM
        and not term.isdigit()
        and bool(difflib.get_close_matches(term, found, n=1, cutoff=ALIKE))
    )


def _is_of_fact(question: str, language: str) -> bool:
    """Whether it asks in this language, and for something that a text can hold."""
    pattern = _FACT.get(language)
    if pattern is None or not pattern.search(question) or _TO_THE_ASSISTANT[language].search(question):
        return False
    return detect_language(question) in ("", language)


def _asked(question: str, language: str) -> frozenset[str]:
    numbers = frozenset[str]().union(*stated_numbers(question))
    return (content_stems(question, language) - _SAYS_LITTLE_STEMS[language]) | numbers


def _details(question: str, language: str) -> frozenset[str]:
    """Its names and numbers."""
    names = " ".join(_CAPITALIZED.findall(question))
    return content_stems(names, language) | frozenset[str]().union(*stated_numbers(question))


def nothing_supports(claims: Sequence[Claim]) -> bool:
    """Whether there are claims and for none of them a place was found that says it, be it in part."""
    return bool(claims) and not any(claim.citations and claim.support != "unsupported" for claim in claims)
