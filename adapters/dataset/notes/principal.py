"""Tier B without anybody's summary: the principal sentences of a text, taken out of it.

The pre-training task of PEGASUS (Zhang et al. 2020, "gap sentences"): the sentences that hold most of what the others
speak of are removed, and have to be written from what is left.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from adapters.dataset.example import Example
from adapters.dataset.notes.drafts import MIN_TEXT_WORDS, make_example
from adapters.dataset.notes.parts import Part, section_at
from adapters.dataset.notes.whole_text import Span, WholeText, count_words, cuts_between, taken_out
from assistant.documents.model import Document, Page, Section
from assistant.summaries.own import OwnSentence, own_sentences

Item = TypeVar("Item")

CHUNK_WORDS = 400
"""Shorter than a text may be: a chapter then gives several examples."""
MOST_PER_DOCUMENT = 60
"""Of this task and of titles each, spread over the document: a book must not drown what people wrote."""

_WORDS_PER_SENTENCE = 80
"""Of the text for each sentence taken out: about a quarter of it, as PEGASUS does with a tenth to a third."""
_FEWEST, _MOST = 2, 4
_CONSIDERED = 3
"""Times as many sentences are looked at as are wanted: some do not stand alone."""


_NO_STATEMENT = re.compile(
    r"^[«“\"‘'—–-]|!\W*$|^(?:See|Vedi|Tutt[oi] (?:ciò|quest[oi])|All (?:of )?(?:this|these))\b"
    r"|\b(?:I|me|my|[Ww]e|us|[Oo]ur)\b"
)


def principal_examples(
    whole: WholeText, parts: Sequence[Part], chapters: Sequence[int], left_out: list[Span]
) -> list[Example]:
    headings = [part.start for part in parts]
    chunks = spread(list(whole.chunks(CHUNK_WORDS, chapters, headings, left_out)), MOST_PER_DOCUMENT)
    blank = whole.blanked(left_out)
    found = (_example(whole, blank, chunk, section_at(parts, chunk[0]), left_out) for chunk in chunks)
    return [example for example in found if example is not None]


def spread(items: list[Item], most: int) -> list[Item]:
    """At most so many of them, evenly from beginning to end."""
    if len(items) <= most:
        return items
    return [items[index * len(items) // most] for index in range(most)]


def _example(whole: WholeText, blank: str, chunk: Span, section: str, left_out: list[Span]) -> Example | None:
    start, end = chunk
    count = min(_MOST, round(count_words(blank[start:end]) / _WORDS_PER_SENTENCE))
    chosen = _principal(_alone(whole, blank[start:end], section), count) if count >= _FEWEST else []
    if len(chosen) < _FEWEST:
        return None
    spans = [(start + sentence.start, start + sentence.end) for sentence in chosen]
    text, place = whole.read(*chunk, [*left_out, *taken_out(whole.text, spans)], section)
    if count_words(text) < MIN_TEXT_WORDS or any(sentence.text in text for sentence in chosen):
        return None  # too little is left, or the text says one of them twice
    outer = (spans[0][0], spans[-1][1])
    _sentences, target_place = whole.read(*outer, cuts_between(whole.text, spans, outer), section)
    target = " ".join(sentence.text for sentence in chosen)
    return make_example(whole, text, place, target, target_place, task="key_sentences", tier="B", origin="principal")


def _alone(whole: WholeText, text: str, section: str) -> Document:
    """A stretch of a document as a document of one page."""
    page = Page(1, "1", text, "text", language=whole.language)
    title = section or whole.document.title
    return Document(whole.name, whole.name, title, (page,), (Section(title, 1, 1),), whole.language)


def _principal(document: Document, count: int) -> list[OwnSentence]:
    """The most telling sentences that can be read alone, in order; fewer where there are not so many."""
    found = list[OwnSentence]()
    for considered in range(count, _CONSIDERED * count + 1):
        sentences = own_sentences([document], {}, 0, total=considered)
        found = [sentence for sentence in sentences if _says_something(sentence)]
        if len(found) >= count or len(sentences) < considered:
            break
    return found


def _says_something(sentence: OwnSentence) -> bool:
    """Something of the subject, and by itself: no direct speech, no exclamation, nothing of the author."""
    return not (sentence.leans_back or sentence.is_about_the_text or _NO_STATEMENT.search(sentence.text))
