"""What is given up when memory is short, and how much a training takes by formula: both pure."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.training.fit import MICRO_TOKENS, Demand
from adapters.training.formula import Shape, Texts, estimate
from adapters.training.ladder import MIN_MAX_TOKENS, Bounds, Plan, choose, rung_in_words, step_down

QWEN3_4B = Shape(hidden=2560, layers=36, vocabulary=151_936, queries=4096, keys=1024, feed_forward=9728, tied=True)
LONG = Texts(longest=2048, longest_target=320, mean=2048, mean_target=320, batch_size=8)
GIB = 1 << 30

plans = st.builds(
    Plan,
    micro_tokens=st.integers(1, 20_000),
    checkpointed_layers=st.integers(0, 40),
    prefix_bytes=st.integers(0, 1 << 32),
    max_tokens=st.integers(64, 4096),
    optimizer=st.sampled_from(["adamw", "adamw8bit"]),
)
bounds = st.builds(Bounds, layers=st.integers(1, 40), longest=st.integers(1, 4096))


def way_down(plan, limits):
    rungs = []
    while lower := step_down(plan, limits):
        plan, rung = lower
        rungs.append((rung, plan))
        assert len(rungs) < 60
    return rungs


def test_documents_go_first_then_examples_then_time_then_text_and_the_optimizer_last():
    first = Plan(micro_tokens=8192, prefix_bytes=1 << 30, max_tokens=2048)
    rungs = [rung for rung, _plan in way_down(first, Bounds(layers=36, longest=2048))]
    assert rungs[:4] == ["documents", "micro_batch", "micro_batch", "checkpointing"]
    assert list(dict.fromkeys(rungs)) == ["documents", "micro_batch", "checkpointing", "window", "optimizer"]


@given(plans, bounds)
def test_the_way_down_ends_and_no_rung_takes_more(plan, limits):
    shape = dataclasses.replace(QWEN3_4B, layers=limits.layers)
    short = min(limits.longest, 100)
    texts = dataclasses.replace(LONG, longest=limits.longest, longest_target=short, mean=limits.longest, mean_target=1)
    for rung, lower in way_down(plan, limits):
        before = estimate(shape, texts, plan, r=16, kind="lora", device="cpu").total
        after = estimate(shape, texts, lower, r=16, kind="lora", device="cpu").total
        assert after <= before * 1.13, rung  # recomputing the last layers keeps one of them twice
        assert lower.max_tokens >= min(plan.max_tokens, MIN_MAX_TOKENS)
        assert rung_in_words(rung, lower, limits)
        plan = lower


def test_a_plan_that_fits_is_left_as_it_is():
    plan = Plan(micro_tokens=8192, max_tokens=2048)
    assert choose(plan, Bounds(layers=36, longest=2048), lambda _plan: True) == (plan, [])


def test_where_nothing_fits_the_smallest_plan_comes_out():
    plan, rungs = choose(Plan(micro_tokens=8192, max_tokens=2048), Bounds(layers=4, longest=2048), lambda _plan: False)
    assert (plan.max_tokens, plan.micro_tokens, plan.checkpointed_layers) == (512, 512, 4)
    assert plan.optimizer == "adamw8bit"
    assert rungs[-1] == "optimizer"


@pytest.mark.parametrize(("gib", "checkpointed"), [(6, 36), (8, 18), (12, 0)])
def test_a_model_of_4_billion_weights_fits_into_a_laptop_by_formula(gib, checkpointed):
    def fits(plan):
        return estimate(QWEN3_4B, LONG, plan, r=16, kind="lora").total <= gib * GIB * 0.92

    plan, _rungs = choose(Plan(micro_tokens=8192, max_tokens=2048), Bounds(layers=36, longest=2048), fits)
    assert fits(plan)
    assert plan.max_tokens == 2048
    assert plan.checkpointed_layers == checkpointed


def test_the_sizes_of_a_known_base_are_those_of_its_files():
    """notes/performance.md §5: 3.633 billion weights in linear layers, 33.0 million of an adapter of rank 16."""
    assert QWEN3_4B.linear_weights == 3_633_315_840
    assert QWEN3_4B.adapter_weights(16) == 33_030_144
    assert QWEN3_4B.base_bytes == pytest.approx(2.65e9, rel=0.01)


def test_an_activated_adapter_keeps_little_of_what_is_only_read():
    plan = Plan(micro_tokens=2048, max_tokens=2048)
    ordinary, activated = (estimate(QWEN3_4B, LONG, plan, r=16, kind=kind) for kind in ("lora", "alora"))
    assert activated.layers < ordinary.layers / 4
    assert activated.total < ordinary.total


def test_documents_kept_as_read_take_the_machines_memory_and_none_of_a_cards():
    plain, keeping = (Plan(micro_tokens=2048, prefix_bytes=kept, max_tokens=2048) for kept in (0, GIB))
    on_card, on_cpu = (
        [estimate(QWEN3_4B, LONG, plan, r=16, kind="alora", device=device).total for plan in (plain, keeping)]
        for device in ("cuda", "cpu")
    )
    assert on_card[0] == on_card[1]
    assert on_cpu[1] - on_cpu[0] > GIB


@pytest.mark.parametrize(("device", "kept"), [("cuda", True), ("cpu", False)])
def test_a_full_card_costs_no_document_that_is_kept_in_the_machines_memory(device, kept):
    room = QWEN3_4B.base_bytes + GIB
    demand = Demand(
        shape=QWEN3_4B,
        texts=LONG,
        r=16,
        kind="alora",
        itemsize=2,
        base_bytes=QWEN3_4B.base_bytes,
        free_bytes=room,
        host_free_bytes=8 * GIB,
        prompt_tokens=100_000,
        device=device,
    )
    plan = demand.plan(2048)
    assert bool(plan.prefix_bytes) == kept
    assert plan.micro_tokens < MICRO_TOKENS["cuda"]
