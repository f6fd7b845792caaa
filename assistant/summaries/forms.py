"""Whether what was written has the form of its style; whether it is true is for its claims to show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from assistant.cited_text import without_page_marks
from assistant.language import detect_language
from assistant.prompts import is_our_words
from assistant.sentences import split_sentences

MAX_BRIEF_WORDS = 150
"""A few sentences; 60 to 80 words is what is hoped for."""
MAX_DESCRIPTION_SENTENCES = 2
MIN_LIST_SHARE = 0.8
"""Of the lines of an outline, so many are points; the others may be headings of the model's own."""

_POINT = re.compile(r"\s*(?:[-*•–]|\d{1,3}[.)])\s+\S")
_HEADING = re.compile(r"\s*(?:#{1,6}\s|\*\*[^*]{1,200}\*\*:?\s*\Z)")


def form_problems(style: str, text: str, language: str) -> list[str]:
    """Codes of what is wrong with a text of this style; none where it has the form it should.

    `language` is "it", "en" or "" for any. The codes: empty, our_words (copied from the request), language, and
    too_long (brief, describe), a_list (brief, detailed, describe), not_a_list (outline), one_paragraph (detailed).
    """
    return list(_problems(style, without_page_marks(text).strip(), language))


def _problems(style: str, text: str, language: str) -> Iterator[str]:
    if not re.search(r"\w", text):
        yield "empty"
        return
    if is_our_words(text):
        yield "our_words"
    found = detect_language(text)
    if language and found and found != language:
        yield "language"
    yield from _FORMS[style](text)


def _brief_form(text: str) -> Iterator[str]:
    if len(text.split()) > MAX_BRIEF_WORDS:
        yield "too_long"
    if _list_share(text) > 0:
        yield "a_list"


def _outline_form(text: str) -> Iterator[str]:
    if _list_share(text) < MIN_LIST_SHARE:
        yield "not_a_list"


def _detailed_form(text: str) -> Iterator[str]:
    if _list_share(text) > 0.5:
        yield "a_list"
    if len(_lines(text)) < 2 and len(split_sentences(text)) > 6:
        yield "one_paragraph"


def _description_form(text: str) -> Iterator[str]:
    if len(split_sentences(text)) > MAX_DESCRIPTION_SENTENCES:
        yield "too_long"
    if _list_share(text) > 0:
        yield "a_list"


_FORMS: dict[str, Callable[[str], Iterator[str]]] = {
    "brief": _brief_form,
    "outline": _outline_form,
    "detailed": _detailed_form,
    "describe": _description_form,
}


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip() and not _HEADING.match(line)]


def _list_share(text: str) -> float:
    lines = _lines(text)
    return sum(_POINT.match(line) is not None for line in lines) / len(lines) if lines else 0.0
