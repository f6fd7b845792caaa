"""The bases Sunto knows, and which it proposes on which machine."""

from __future__ import annotations

import re

import pytest

from assistant.catalogue import (
    CATALOGUE,
    STARTER,
    find_base,
    fits,
    largest_that_fits,
    nearest_names,
    nf4_bytes,
    recommend,
)
from tests.assistant.test_hardware import LAPTOP, machine

QWEN = "Qwen/Qwen3-4B-Instruct-2507"
GB = 1 << 30


def card(free: float):
    from dataclasses import replace

    return replace(LAPTOP, memory_free_bytes=int(free * GB))


def test_names_are_unique_and_every_entry_is_complete():
    assert len({base.name for base in CATALOGUE}) == len(CATALOGUE)
    for base in CATALOGUE:
        assert base.licence
        assert base.languages
        assert base.chunk_tokens * 2 < base.context_tokens
        assert 0 < base.kept_bytes < base.memory_bytes
        assert (base.wheel is None) == (base.source == "hub")


def test_they_are_listed_from_small_to_large():
    sizes = [base.parameters for base in CATALOGUE]
    assert sizes == sorted(sizes)


def test_the_starter_is_pinned_by_size_and_hash():
    assert STARTER.wheel is not None
    assert STARTER.wheel.size_bytes == STARTER.download_bytes == 92_871_040
    assert re.fullmatch(r"[0-9a-f]{64}", STARTER.wheel.sha256)


def test_the_size_of_the_ordinary_choice_agrees_with_what_is_published():
    """2.65 to 2.7 GB: notes of the project, from published sizes."""
    assert nf4_bytes(4_022_468_096, 388_956_160) == pytest.approx(2.65e9, rel=0.02)


def test_a_base_is_found_whatever_its_capitals():
    assert find_base("STARTER") is STARTER
    assert find_base(QWEN.lower()) is find_base(QWEN) is not None
    assert find_base("nothing") is None


def test_a_slip_of_the_keyboard_finds_the_nearest_name():
    assert nearest_names("startr") == ["starter"]
    assert nearest_names("Qwen3-4B-Instruct-2506")[0] == QWEN
    assert nearest_names("zzz") == []


@pytest.mark.parametrize("free", [3.7, 6, 8, 24])
def test_a_card_with_room_gets_the_ordinary_choice(free: float):
    base, reason = recommend(machine(card(free)))
    assert base.name == QWEN
    assert f"{free:.1f} GB are free on the NVIDIA GeForce RTX 4060" in reason


def test_a_small_card_gets_a_small_model():
    base, _reason = recommend(machine(card(2)))
    assert base.name == "Qwen/Qwen2.5-1.5B-Instruct"


def test_without_a_card_a_model_is_proposed_that_a_cpu_can_bear():
    base, reason = recommend(machine())
    assert base.name == "Qwen/Qwen2.5-1.5B-Instruct"
    assert reason.endswith("Runs on the CPU.")


def test_for_italian_the_starter_is_never_proposed():
    base, reason = recommend(machine(available=10 << 20), "it")
    assert "it" in base.languages
    assert reason.startswith("Needs ")


def test_with_no_room_at_all_the_starter_is_named():
    assert recommend(machine(available=10 << 20))[0] is STARTER


def test_what_fits_and_why():
    assert fits(4 * GB, machine(card(6))) == (
        True,
        "Needs 4.0 GB; 6.0 GB are free on the NVIDIA GeForce RTX 4060 Laptop GPU.",
    )
    assert fits(4 * GB, machine(card(2))) == (
        True,
        "Needs 4.0 GB, more than is free on the NVIDIA GeForce RTX 4060 Laptop GPU: runs on the CPU, slower.",
    )
    assert fits(4 * GB, machine(available=GB)) == (False, "Needs 4.0 GB of memory; only 1.0 GB are free.")


def test_of_several_the_largest_that_fits_on_the_card_is_best():
    qwen, granite = find_base(QWEN), find_base("ibm-granite/granite-4.1-8b")
    assert qwen
    assert granite
    several = [STARTER, granite, qwen]
    assert largest_that_fits(several, machine(card(5))) is qwen, "the larger one would run on the CPU"
    assert largest_that_fits(several, machine(card(12))) is granite
    assert largest_that_fits(several, machine(available=2 * GB)) is STARTER
    assert largest_that_fits(several, machine(available=1)) is STARTER, "when nothing fits, the smallest"
