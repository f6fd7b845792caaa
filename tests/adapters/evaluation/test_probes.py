"""The shipped probes: enough of them, in two languages, fair to whoever guesses, and asked as an assistant is asked."""

from __future__ import annotations

from collections import Counter

import pytest

from adapters.evaluation.probes import LANGUAGES, OPTIONS, load_items, load_passages
from assistant.language import detect_language

PASSAGES = [passage for language in LANGUAGES for passage in load_passages(language)]
ITEMS = [item for language in LANGUAGES for item in load_items(language)]


def test_there_are_as_many_as_were_promised_half_of_them_in_each_language():
    assert Counter(passage.language for passage in PASSAGES) == {"it": 20, "en": 20}
    assert Counter(item.language for item in ITEMS) == {"it": 30, "en": 30}
    assert len({probe.id for probe in [*PASSAGES, *ITEMS]}) == len(PASSAGES) + len(ITEMS)
    assert len({passage.text for passage in PASSAGES}) == len(PASSAGES)
    assert len({item.question for item in ITEMS}) == len(ITEMS)


@pytest.mark.parametrize("passage", PASSAGES, ids=lambda passage: passage.id)
def test_a_passage_is_60_to_120_words_in_its_language_and_is_asked_whole(passage):
    assert 60 <= len(passage.text.split()) <= 120
    assert detect_language(passage.text) == passage.language
    (message,), rest = passage.asked()
    beginning = message.content.split("\n\n", 1)[1]
    assert f"{beginning} {rest}" == passage.text
    assert 0.5 < len(rest) / len(passage.text) < 0.8


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_always_takes_the_same_place_or_the_longest_answer_is_right_by_chance(language):
    items = load_items(language)
    places = Counter(item.answer for item in items)
    assert set(places) == set(range(OPTIONS))
    assert max(places.values()) - min(places.values()) <= 1
    for extreme in (max, min):
        right = 0.0
        for item in items:
            lengths = [len(option) for option in item.options]
            taken = [place for place, length in enumerate(lengths) if length == extreme(lengths)]
            right += (item.answer in taken) / len(taken)
        assert 5 <= right <= 10  # of 30; by chance 7.5


def test_each_question_has_four_different_answers_and_there_are_easy_and_hard_ones():
    assert all(len(set(item.options)) == OPTIONS and 0 <= item.answer < OPTIONS for item in ITEMS)
    for language in LANGUAGES:
        assert Counter(item.level for item in load_items(language)) == {"easy": 10, "middle": 10, "school": 10}


def test_a_language_without_probes_has_none():
    assert load_passages("de") == load_items("de") == []
