"""Tier B: the title of a section, to be written from its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from adapters.dataset.example import Example
from adapters.dataset.notes.drafts import MIN_TEXT_WORDS, make_example
from adapters.dataset.notes.fitting import MAX_WORDS
from adapters.dataset.notes.names import telling_title
from adapters.dataset.notes.parts import Part, paragraphs
from adapters.dataset.notes.principal import MOST_PER_DOCUMENT, spread
from adapters.dataset.notes.whole_text import Span, WholeText, count_words
from assistant.stems import content_words, stem

_MAX_TITLE_WORDS = 12
_SAID_AGAIN = 2
"""Times that a word of its title has to stand in a text that is about it."""


def title_examples(whole: WholeText, parts: Sequence[Part], left_out: list[Span]) -> list[Example]:
    """For each section with a telling title its own text, without what stands under headings below it."""
    found = list[Example]()
    for part in parts:
        title = telling_title(part.title)
        if not title or count_words(title) > _MAX_TITLE_WORDS or part.body == part.start:
            continue
        text, place = whole.read(*_beginning(whole, part), left_out, section=part.title)
        if count_words(text) < MIN_TEXT_WORDS or not _is_about(title, text, whole.language):
            continue
        _heading, target_place = whole.read(part.start, part.body, section=part.title)
        found.append(make_example(whole, text, place, title, target_place, task="title", tier="B", origin="title"))
    return spread(found, MOST_PER_DOCUMENT)


def _beginning(whole: WholeText, part: Part) -> Span:
    """As much of a section's own text as an example may have, to the end of a paragraph."""
    end, words = part.body, 0
    for first, last in paragraphs(whole.text, part.body, part.own_end):
        words += count_words(whole.text[first:last])
        if words > MAX_WORDS:
            break
        end = last
    return part.body, end


def _is_about(title: str, text: str, language: str) -> bool:
    """Whether the text says a word of its title more than once: puns and mere labels teach nothing."""
    said = Counter(stem(word, language) for word in content_words(text))
    return any(said[stem(word, language)] >= _SAID_AGAIN for word in content_words(title))
