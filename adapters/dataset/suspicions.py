"""What a person should look at before training: reasons why an example may teach the wrong thing.

By wording alone: a suspicion is a reason to look, never a proof.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from adapters.dataset.example import Example
from assistant.grounding.numbers import is_known, numbers_in, periods, source_values
from assistant.i18n import _
from assistant.language import detect_language
from assistant.problems import is_looping
from assistant.safe_text import one_line
from assistant.stems import content_words, without_accents

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
_DIGIT = re.compile(r"\d")
_FEWEST_TEXT_WORDS = 15
_FEWEST_TARGET_WORDS = 3
_MOST_TITLE_WORDS = 20
_COPIED_RUN_WORDS = 6
_COPIED_LEAST_WORDS = 12
_COPIED_SHARE = 0.9
_SHARED_PREFIX = 4
"""Letters by which a word is known again with another ending, or inside another word."""
_SHARED_LEAST_WORDS = 5
_SHARED_SHARE = 0.15
_NUMBERS_SHOWN = 3
_UNFINISHED = (",", ";", ":", "-", "–", "(", "…", "...")


def suspicions(example: Example) -> Iterator[str]:
    """Each reason in words; none for most examples."""
    yield from example.doubts
    yield from _of_length(example, len(example.text.split()), len(example.target.split()))
    if is_looping(example.target):
        yield _("the target repeats itself")
    if example.target.rstrip().endswith(_UNFINISHED):
        yield _("the target ends in the middle of a sentence")
    if example.task == "key_sentences":
        return
    if example.origin != "principal" and _is_copied(example):
        yield _("the target is copied from its text word for word")
    yield from _of_content(example)


def _of_length(example: Example, text_words: int, target_words: int) -> Iterator[str]:
    if text_words < _FEWEST_TEXT_WORDS:
        yield _("the text is very short")
    if example.task == "title":
        if target_words > _MOST_TITLE_WORDS:
            yield _("the title is very long")
        return
    if target_words < _FEWEST_TARGET_WORDS:
        yield _("the target is very short")
    elif target_words >= text_words:
        yield _("the target is as long as its text")


def _of_content(example: Example) -> Iterator[str]:
    spoken, written = detect_language(example.text), detect_language(example.target)
    if spoken and written and spoken != written:
        yield _("the target is in another language than its text")
        return
    if _is_about_something_else(example):
        yield _("almost no word of the target is in its text: do they belong together?")
    if missing := _missing_numbers(example):
        shown = ", ".join(one_line(number) for number in missing[:_NUMBERS_SHOWN])
        yield _("the target has numbers that its text does not have: {numbers}").format(numbers=shown)


def _is_copied(example: Example) -> bool:
    target = _WORD.findall(example.target.casefold())
    if len(target) < _COPIED_LEAST_WORDS:
        return False
    text = f" {' '.join(_WORD.findall(example.text.casefold()))} "
    starts = range(len(target) - _COPIED_RUN_WORDS + 1)
    copied = sum(f" {' '.join(target[at : at + _COPIED_RUN_WORDS])} " in text for at in starts)
    return copied >= _COPIED_SHARE * len(starts)


def _is_about_something_else(example: Example) -> bool:
    words = {word for word in map(without_accents, content_words(example.target)) if len(word) >= _SHARED_PREFIX}
    if len(words) < _SHARED_LEAST_WORDS:
        return False
    text = _ACCENTS.sub("", unicodedata.normalize("NFKD", example.text.casefold()))
    return sum(word[:_SHARED_PREFIX] in text for word in words) < _SHARED_SHARE * len(words)


def _missing_numbers(example: Example) -> list[str]:
    """Only those in digits: as words, many mean something else ("due to", "one of")."""
    if not _DIGIT.search(example.target):
        return []
    said = [number for number in numbers_in(example.target) if _DIGIT.search(number.text)]
    if not said:
        return []
    values = source_values(example.text)
    known_periods = periods(values)
    return [number.text for number in said if not is_known(number, values, known_periods)]
