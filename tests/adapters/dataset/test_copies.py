"""Texts that are the same or nearly so are found, in time that does not grow with their pairs."""

from __future__ import annotations

import random
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset.copies import find_copies

VOCABULARY = [f"word{number}" for number in range(3_000)]


def text(seed, words=200):
    return " ".join(random.Random(seed).choices(VOCABULARY, k=words))


def changed(original, count, seed=0):
    words = original.split()
    for at in random.Random(seed).sample(range(len(words)), count):
        words[at] = "other"
    return " ".join(words)


def found(texts):
    return [(copy.first, copy.later) for copy in find_copies(texts)]


def test_the_same_words_are_the_same_text():
    copies = list(find_copies(["One, two; three!", "A text of its own.", "one two\n\nTHREE"]))
    assert [(copy.first, copy.later, copy.share) for copy in copies] == [(0, 2, 1.0)]


def test_a_text_with_a_few_other_words_is_nearly_the_same():
    copies = list(find_copies([text(1), text(2), changed(text(1), 6)]))
    assert [(copy.first, copy.later) for copy in copies] == [(0, 2)]
    assert 0.7 < copies[0].share < 1


def test_texts_that_share_a_third_are_not():
    half = text(1, 100)
    assert found([f"{half} {text(2, 100)}", f"{half} {text(3, 100)}"]) == []


def test_a_common_frame_makes_no_copies():
    frame = text(0, 40)
    assert found([f"{frame} {text(seed)}" for seed in range(1, 60)]) == []


def test_a_long_frame_around_thousands_of_texts_takes_seconds():
    frame = text(0, 60)
    started = time.monotonic()
    assert found([f"{frame} {text(seed, 40)}" for seed in range(1, 5_000)]) == []
    assert time.monotonic() - started < 15  # each with each it would be minutes


def test_every_copy_is_named_once_with_the_first():
    assert found([text(1)] * 5) == [(0, later) for later in range(1, 5)]


def test_many_texts_take_seconds_even_where_all_are_nearly_the_same():
    frame = text(0, 150)
    for texts in ([text(seed, 150) for seed in range(2_500)], [f"{frame} {text(s, 10)}" for s in range(2_500)]):
        started = time.monotonic()
        copies = list(find_copies(texts))
        assert time.monotonic() - started < 15
        assert len(copies) in (0, 2_499)


@given(st.lists(st.text(max_size=40), max_size=12))
@settings(max_examples=100)
def test_exact_copies_are_all_found_whatever_the_texts(texts):
    doubled = texts + texts
    copies = {copy.later for copy in find_copies(doubled)}
    assert copies >= set(range(len(texts), len(doubled)))
