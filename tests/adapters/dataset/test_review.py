"""What people say of examples is never lost, and counts for the example that they saw."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset import review, store
from assistant.errors import DatasetError
from tests.adapters.dataset.some_examples import TARGET, example, many


def kept(*items):
    return store.save("x", items or many(3), {}, overwrite=True)


def test_accepting_makes_an_example_good_enough_to_test_with():
    data = kept(example(tier="C"))
    now = review.decide(data, data.examples[0].id, "accept")
    assert (now.status, now.tier, now.is_human) == ("accepted", "C", True)
    assert store.load("x").examples == data.examples == (now,)


def test_an_edited_example_is_written_by_a_person_and_remembers_what_it_was():
    data = kept(example(tier="B"))
    now = review.decide(data, data.examples[0].id, "edit", "  Le piante fanno lo zucchero con la luce del sole.\n")
    assert (now.status, now.tier, now.language) == ("edited", "A", "it")
    assert (now.target, now.original) == ("Le piante fanno lo zucchero con la luce del sole.", f"{TARGET} 0")
    again = review.decide(data, now.id, "edit", "Shorter.")
    assert (again.target, again.original, again.id) == ("Shorter.", f"{TARGET} 0", now.id)
    assert store.load("x").examples == (again,)


def test_an_edit_that_changes_nothing_is_an_acceptance():
    data = kept(example(tier="B"))
    now = review.decide(data, data.examples[0].id, "edit", f"{TARGET} 0")
    assert (now.status, now.tier, now.original) == ("accepted", "B", "")


def test_an_edit_survives_a_rejection_and_an_acceptance():
    data = kept(example())
    example_id = data.examples[0].id
    edited = review.decide(data, example_id, "edit", "Mine.")
    assert review.decide(data, example_id, "reject").status == "rejected"
    assert review.decide(data, example_id, "accept") == edited
    assert store.load("x").examples == (edited,)


def test_undo_is_as_before_anybody_said_anything():
    data = kept(example())
    before = data.examples[0]
    for decision, target in (("edit", "Mine."), ("reject", ""), ("accept", ""), ("undo", "")):
        now = review.decide(data, before.id, decision, target)
    assert now == before
    assert store.load("x").examples == (before,)


def test_a_review_outlives_a_rebuild_where_the_example_does():
    data = kept(*many(3))
    review.decide(data, data.examples[0].id, "reject")
    review.decide(data, data.examples[1].id, "edit", "Mine.")
    without = kept(*many(4)[1:])
    assert [item.status for item in without.examples] == ["edited", "pending", "pending"]
    assert [item.status for item in kept(*many(3)).examples] == ["rejected", "edited", "pending"]


@pytest.mark.parametrize(
    ("decision", "target", "message"),
    [("delete", "", "“delete”"), ("edit", "", "needs a text"), ("edit", " \x1b[0m\n", "needs a text")],
)
def test_what_cannot_be_decided_changes_nothing(decision, target, message):
    data = kept()
    with pytest.raises(DatasetError, match=message):
        review.decide(data, data.examples[0].id, decision, target)
    with pytest.raises(DatasetError, match="has no example"):
        review.decide(data, "0" * 16, "accept")
    assert not (data.directory / review.REVIEW_FILE).exists()


def test_nothing_is_said_to_be_kept_that_is_not(monkeypatch):
    data = kept()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("adapters.kept_lines.os.fsync", full)
    with pytest.raises(DatasetError, match="the disk is full"):
        review.decide(data, data.examples[0].id, "accept")
    assert data.examples[0].status == "pending"


def test_what_several_say_at_once_is_all_kept():
    kept(*many(40))

    def say(quarter):
        data = store.load("x")
        for number in range(quarter, 40, 4):
            review.decide(data, data.examples[number].id, "edit", f"Words of {quarter} " * 200)

    with ThreadPoolExecutor(4) as people:
        list(people.map(say, range(4)))
    assert [item.status for item in store.load("x").examples] == ["edited"] * 40


decisions = st.lists(
    st.tuples(
        st.integers(0, 2), st.sampled_from(review.DECISIONS), st.sampled_from(("Mine.", "Shorter.", f"{TARGET} 1"))
    ),
    min_size=1,
    max_size=8,
)


@given(decisions)
@settings(max_examples=30)
def test_a_data_set_in_hand_is_always_the_one_on_the_disk(said):
    store.save("x", many(1), {}, overwrite=True)
    store.remove("x")
    data = kept(*many(3))
    for position, decision, target in said:
        review.decide(data, data.examples[position].id, decision, target)
        assert store.load("x").examples == data.examples


@given(decisions, st.data())
@settings(max_examples=30)
def test_a_log_torn_anywhere_says_what_its_whole_lines_say_and_can_be_gone_on_with(said, data):
    store.save("x", many(1), {}, overwrite=True)
    store.remove("x")
    whole = kept(*many(3))
    states = [whole.examples]
    for position, decision, target in said:
        review.decide(whole, whole.examples[position].id, decision, target)
        states.append(whole.examples)
    path = whole.directory / review.REVIEW_FILE
    log = path.read_bytes()
    cut = data.draw(st.integers(0, len(log)))
    path.write_bytes(log[:cut])
    torn = store.load("x")
    lines = log[:cut].count(b"\n")
    # a line that lacks its end alone is whole
    assert torn.examples in (states[lines], states[min(lines + (log[cut : cut + 1] == b"\n"), len(said))])
    now = review.decide(torn, torn.examples[2].id, "reject")
    assert store.load("x").examples == (*torn.examples[:2], now)


@given(st.lists(st.binary(max_size=60), max_size=5))
@settings(max_examples=80)
def test_any_bytes_in_the_log_say_nothing(lines):
    data = kept(*many(3))
    (data.directory / review.REVIEW_FILE).write_bytes(b"\n".join(lines))
    assert store.load("x").examples == tuple(many(3))


def test_lines_that_only_look_like_decisions_say_nothing():
    data = kept(*many(3))
    name = data.examples[0].id
    said = [
        {"id": name, "decision": "edit"},
        {"id": name, "decision": "edit", "target": ""},
        {"id": name, "decision": "edit", "target": 3},
        {"id": name, "decision": ["accept"]},
        {"id": [name], "decision": "accept"},
        None,
    ]
    lines = [*map(json.dumps, said), "[" * 50_000]
    (data.directory / review.REVIEW_FILE).write_text("\n".join(lines), encoding="utf-8")
    assert store.load("x").examples == tuple(many(3))
