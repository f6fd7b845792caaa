"""Three hundred damaged files, always the same; `python -m benchmarks.fuzz` reads ten thousand."""

from __future__ import annotations

import random

import pytest

from benchmarks.fuzz.batch import mutant, run_batch
from benchmarks.fuzz.mutate import MAX_BYTES, mutate
from benchmarks.fuzz.seeds import seed_files

SEED = 3


@pytest.mark.parametrize("first", [0, 75, 150, 225])
def test_a_damaged_file_ends_in_text_or_in_an_error_with_a_hint_and_leaves_nothing_behind(first: int):
    outcomes, _growth = run_batch(range(first, first + 75), SEED)
    assert {name: outcome.faults for name, outcome in outcomes if outcome.faults} == {}
    assert {outcome.kind for _, outcome in outcomes} > {"text"}, "not one of them was damaged enough to matter"


def test_there_are_at_least_thirty_real_files_to_damage():
    assert len(seed_files()) >= 30


def test_a_mutant_is_the_same_every_time_and_differs_from_its_file():
    for origin in seed_files():
        data = mutant(origin, 1, SEED)
        assert data == mutant(origin, 1, SEED)
        assert 0 < len(data) <= MAX_BYTES
    assert mutate(b"some text", random.Random(0)) != b"some text"
