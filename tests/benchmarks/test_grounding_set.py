"""The generated claims are what they are called, and the intervals are Wilson's."""

from __future__ import annotations

import random
import re

import pytest

from benchmarks.grounding import changes
from benchmarks.grounding.intervals import Share
from benchmarks.grounding.shelves import Shelf, shelves
from tests.assistant.texts import cell_document, revolution_document

SHELF = Shelf("it", (revolution_document(),), (cell_document(),))


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (95, 100, 0.8883, 0.9785)]
)
def test_intervals_are_wilsons(count: int, of: int, low: float, high: float):
    assert Share(count, of).interval == pytest.approx((low, high), abs=1e-4)


def test_nothing_counted_says_nothing():
    assert Share(0, 0).interval == (0.0, 1.0)


def test_a_changed_number_stands_nowhere_on_the_shelf():
    sentence = "Il Comitato fece ghigliottinare oltre 4.567 persone."
    made = [changes.figures_changed(sentence, SHELF, random.Random(seed)) for seed in range(30)]
    assert sum(map(bool, made)) > 20
    for changed in filter(None, made):
        found = re.findall(r"[\d.]+\d", changed)
        assert len(found) == 1
        assert found[0] not in SHELF.text


def test_a_changed_name_stands_nowhere_on_the_shelf():
    sentence = "Il popolo di Parigi assaltò la Bastiglia."
    for seed in range(30):
        changed = changes.name_changed(sentence, SHELF, random.Random(seed))
        (new,) = set(changed.rstrip(".").split()) - set(sentence.rstrip(".").split())
        assert new.lower() not in SHELF.text.lower()


def test_the_same_seed_makes_the_same_claims():
    sentence = SHELF.sentences[0].text
    first, second = (changes.reordered(sentence, SHELF, random.Random("1 a")) for _time in range(2))
    assert first == second != sentence


def test_foreign_books_are_not_on_the_shelf():
    for shelf in shelves():
        assert not {book.path for book in shelf.documents} & {book.path for book in shelf.foreign}
        assert len(shelf.sentences) > 100
