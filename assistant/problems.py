"""What can be wrong with an answer of the model, and what is said about it.

Nothing, the same words over and over, another language than was asked for, what it was told to do instead of doing it,
or something that is not about the text: a small model does all of these.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

from assistant.i18n import plural
from assistant.sentences import split_sentences

Problem = Literal["", "form", "language", "repetition", "off-topic", "items", "echo", "empty"]
SEVERITY: tuple[Problem, ...] = ("", "form", "language", "repetition", "off-topic", "items", "echo", "empty")
"""Of two attempts the one whose problem stands earlier here is the more useful."""

LOOP_CHARACTERS = 60
"""So many characters of the same few words again and again, three times at least, are a loop and not emphasis."""
_NGRAM_WORDS = 4
_NGRAM_MIN_WORDS = 60


def is_looping(text: str) -> bool:
    """Whether the text ends in a loop, or is made of the same few phrases throughout."""
    return _loop_length(text) > 0 or _is_monotonous(text)


def without_repetition(text: str) -> str:
    """The text with every sentence once, and without the loop at its end."""
    while length := _loop_length(text):
        text = text[:-length]
    kept: list[str] = []
    seen: list[str] = []
    position = 0
    for start, end in split_sentences(text):
        sentence = _words(text[start:end])
        if not any(known.startswith(sentence) for known in seen):
            kept.append(text[position:end])
            seen.append(sentence)
        position = end
    return "".join(kept).strip()


def problem_sentence(problem: Problem, count: int) -> str:
    """What a person is told when so many answers had this problem twice."""
    if problem == "language":
        return plural(
            "The model answered in another language than the one asked for.",
            "The model wrote {count} parts in another language than the one asked for.",
            count,
        )
    if problem == "repetition":
        return plural(
            "The model repeated itself; the repetitions were cut.",
            "The model repeated itself in {count} parts; the repetitions were cut.",
            count,
        )
    if problem == "off-topic":
        return plural(
            "Of what the model wrote about one part little or nothing was found there.",
            "Of what the model wrote about {count} parts little or nothing was found there.",
            count,
        )
    if problem == "echo":
        return plural(
            "The model repeated what it was asked to do instead of doing it.",
            "The model repeated what it was asked to do instead of doing it in {count} parts.",
            count,
        )
    if problem in ("form", "items"):
        return plural(
            "The model did not keep to the form that was asked for in one part.",
            "The model did not keep to the form that was asked for in {count} parts.",
            count,
        )
    return plural(
        "The model wrote nothing usable for one part.",
        "The model wrote nothing usable for {count} parts.",
        count,
    )


def problem_counts(problems: Counter[Problem]) -> dict[str, int]:
    """As a result reports them, the gravest last."""
    return {problem: problems[problem] for problem in SEVERITY if problems[problem]}


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _loop_length(text: str) -> int:
    """How many characters are repeated at the end; 0 where it does not loop."""
    tail = text.rstrip()[-3 * 240 :]
    for length in range(1, len(tail) // 3 + 1):
        times = max(3, -(-LOOP_CHARACTERS // length))
        if tail.endswith(tail[-length:] * times):
            return length
    return 0


def _is_monotonous(text: str) -> bool:
    found = text.lower().split()
    if len(found) < _NGRAM_MIN_WORDS:
        return False
    grams = [tuple(found[i : i + _NGRAM_WORDS]) for i in range(len(found) - _NGRAM_WORDS + 1)]
    return len(set(grams)) * 2 < len(grams)
