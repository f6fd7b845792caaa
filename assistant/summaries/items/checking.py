"""What is wrong with the form of an item, and which of several are the same.

The form is what code can judge: whether an item is true is for its claim to show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from assistant.language import detect_language
from assistant.prompts import is_our_words
from assistant.summaries.items.item import Item

OPTIONS = 4
MIN_POINTS, MAX_POINTS = 2, 4
MAX_TERM_WORDS = 8
MAX_FRONT_WORDS = 20
MAX_BACK_WORDS = 60
MIN_DEFINITION_WORDS, MAX_DEFINITION_WORDS = 2, 60

_WORD = re.compile(r"\w+")
_ALL_OF_THEM = re.compile(
    r"\b(?:(?:all|none|both|neither) of the|all (?:the )?(?:above|options)|both [a-f] and [a-f]\b"
    r"|(?:tutte|nessuna|entrambe) (?:le|delle)|sia [a-f] (?:che|sia) [a-f]\b|[a-f] (?:e|and) [a-f]\Z)",
    re.IGNORECASE,
)
_ARTICLES = frozenset(["il", "lo", "la", "gli", "le", "l", "i", "un", "uno", "una", "the", "a", "an"])


def item_problems(item: Item, language: str) -> list[str]:
    """Codes of what is wrong with its form; none where it can be shown. `language` is "it", "en" or "" for any.

    empty, placeholder (our own words instead of the text's), language, and by kind:
    term      long_term, short_definition, long_definition, circular (it says only the term's own words)
    question  no_question, points (not 2 to 4), repeated_points
    quiz      options (not 4), duplicate_options, answer_missing, refers_to_options, gives_away
    card      long_front, long_back, gives_away
    """
    return list(dict.fromkeys((*_common_problems(item, language), *_CHECKS[item.kind](item))))


def _common_problems(item: Item, language: str) -> Iterator[str]:
    needs_words = (item.prompt,) if item.kind == "quiz" else (item.prompt, item.answer)
    if not item.answer.strip() or not all(_WORD.search(text) for text in needs_words):
        yield "empty"
    texts = (item.prompt, *item.points, *item.options)
    if any(_is_placeholder(text) for text in texts):
        yield "placeholder"
    found = detect_language(" ".join((*texts, item.explanation)))
    if language and found and found != language:
        yield "language"


def _is_placeholder(text: str) -> bool:
    """Whether it was copied from the request."""
    return text.startswith(("...", "…")) or _words(text) in _PLACEHOLDERS or is_our_words(text)


def _term_problems(item: Item) -> Iterator[str]:
    term, definition = _content(item.prompt), _content(item.answer)
    if len(item.prompt.split()) > MAX_TERM_WORDS:
        yield "long_term"
    if len(definition) > MAX_DEFINITION_WORDS:
        yield "long_definition"
    if len(definition) < MIN_DEFINITION_WORDS:
        yield "short_definition"
    if not set(definition) - set(term):
        yield "circular"


def _question_problems(item: Item) -> Iterator[str]:
    if not item.prompt.endswith("?"):
        yield "no_question"
    points = [_words(point) for point in item.points]
    if not MIN_POINTS <= len(points) <= MAX_POINTS:
        yield "points"
    if len(set(points)) < len(points) or _words(item.prompt) in points:
        yield "repeated_points"


def _quiz_problems(item: Item) -> Iterator[str]:
    options = [option.casefold().strip(" .,;:!") for option in item.options]
    if len(options) != OPTIONS:
        yield "options"
    if len(set(options)) < len(options):
        yield "duplicate_options"
    if item.answer not in item.options:
        yield "answer_missing"
    if any(_ALL_OF_THEM.search(option) for option in item.options):
        yield "refers_to_options"
    if _gives_away(item):
        yield "gives_away"


def _card_problems(item: Item) -> Iterator[str]:
    if len(item.prompt.split()) > MAX_FRONT_WORDS:
        yield "long_front"
    if len(item.answer.split()) > MAX_BACK_WORDS:
        yield "long_back"
    if _gives_away(item) or not set(_content(item.answer)) - set(_content(item.prompt)):
        yield "gives_away"


_CHECKS = {"term": _term_problems, "question": _question_problems, "quiz": _quiz_problems, "card": _card_problems}


def _gives_away(item: Item) -> bool:
    """Whether the answer stands in the question."""
    answer = " ".join(_content(item.answer))
    return bool(answer) and f" {answer} " in f" {' '.join(_content(item.prompt))} "


def merged_items(lists: Iterable[Sequence[Item]]) -> list[Item]:
    """All items in order, the same term or question once: the first, which is nearest to where it was introduced."""
    kept: dict[tuple[str, str], Item] = {}
    for items in lists:
        for item in items:
            kept.setdefault((item.kind, " ".join(_content(item.prompt)) or item.prompt), item)
    return list(kept.values())


def _words(text: str) -> str:
    return " ".join(_WORD.findall(text.casefold()))


def _content(text: str) -> list[str]:
    return [word for word in _words(text).split() if word not in _ARTICLES]


_PLACEHOLDERS = frozenset(
    """
    term termine definition definizione point punto question domanda answer risposta front fronte back retro
    """.split()  # noqa: SIM905 - a table is easier to read as text
)
