"""Data sets are kept whole or not at all, under names that every system can hold."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dataset import review, store
from assistant.errors import DatasetError
from tests.adapters.dataset.some_examples import different, example, examples, many

REPOSITORY = Path(__file__).parents[3]


def test_what_is_kept_comes_back(sunto_home):
    items = many(3)
    saved = store.save("biologia", items, {"paths": ["/notes"]})
    loaded = store.load("biologia")
    assert loaded == saved
    assert loaded.examples == tuple(items)
    assert loaded.about == {"paths": ["/notes"]}
    assert loaded.directory == sunto_home / "datasets" / "biologia"


@given(st.lists(examples(), min_size=1, max_size=5).map(different))
@settings(max_examples=40)
def test_any_example_comes_back_as_it_was(items):
    store.save("any", items, {}, overwrite=True)
    assert list(store.load("any").examples) == items
    store.remove("any")


def test_a_taken_name_is_refused_unless_it_may_be_built_again():
    store.save("biologia", many(1), {})
    with pytest.raises(DatasetError, match="already a data set called “biologia”"):
        store.save("biologia", many(2), {})
    assert len(store.load("biologia").examples) == 1
    assert len(store.save("biologia", many(2), {}, overwrite=True).examples) == 2


def test_capitals_make_no_other_name():
    store.save("Biologia", many(1), {})
    assert store.load("biologia").name == "Biologia"
    with pytest.raises(DatasetError):
        store.save("BIOLOGIA", many(1), {})


@pytest.mark.parametrize(
    "name", ["", "..", "../x", "a/b", "a\\b", ".hidden", "con", "nul.txt", "x" * 65, "a\nb", "x.", "/etc"]
)
def test_a_name_never_leads_out_of_the_folder(name):
    for act in (lambda: store.save(name, many(1), {}), lambda: store.load(name), lambda: store.remove(name)):
        with pytest.raises(DatasetError, match="cannot be a data set's name"):
            act()


def test_a_wrong_name_brings_up_the_nearest():
    with pytest.raises(DatasetError) as caught:
        store.load("fisica")
    assert "sunto dataset build" in caught.value.hint
    store.save("fisica-1", many(1), {})
    with pytest.raises(DatasetError) as caught:
        store.load("fisica-2")
    assert "fisica-1" in caught.value.hint


def test_a_data_set_without_examples_is_not_kept():
    with pytest.raises(DatasetError, match="no examples"):
        store.save("vuoto", [], {})
    assert store.list_all() == []


def test_of_examples_with_one_id_the_first_stays():
    first, second = example(1), example(2)
    kept = store.save("x", [first, second, replace(first, split="test")], {})
    assert kept.examples == (first, second)


def test_all_are_listed_and_a_damaged_one_is_left_out_and_explained():
    for name in ("b", "a", "c"):
        store.save(name, many(2), {})
    path = store.datasets_dir() / "b" / store.EXAMPLES_FILE
    path.write_bytes(path.read_bytes()[:-30])
    assert [item.name for item in store.list_all()] == ["a", "c"]
    with pytest.raises(DatasetError, match=re.escape("damaged at line 3")) as caught:
        store.load("b")
    assert "--overwrite" in caught.value.hint
    assert len(store.save("b", many(2), {}, overwrite=True).examples) == 2


@given(st.binary(max_size=200))
@settings(max_examples=40)
def test_any_bytes_in_place_of_a_data_set_are_a_data_set_error(data):
    store.save("x", many(1), {}, overwrite=True)
    (store.datasets_dir() / "x" / store.EXAMPLES_FILE).write_bytes(data)
    with pytest.raises(DatasetError):
        store.load("x")


def test_removing_takes_the_review_too():
    data = store.save("x", many(1), {})
    review.decide(data, data.examples[0].id, "reject")
    store.remove("x")
    assert not data.directory.exists()
    assert list(store.datasets_dir().iterdir()) == []
    with pytest.raises(DatasetError):
        store.remove("x")
    assert store.save("x", many(1), {}).examples[0].status == "pending"


def test_a_full_disk_leaves_the_old_data_set_whole(monkeypatch):
    store.save("x", many(1), {"is": "old"})
    real = os.fsync

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DatasetError, match="the disk is full"):
        store.save("x", many(2), {"is": "new"}, overwrite=True)
    with pytest.raises(DatasetError, match="the disk is full"):
        store.save("y", many(2), {})
    monkeypatch.setattr(os, "fsync", real)
    assert store.load("x").about == {"is": "old"}
    assert [item.name for item in store.list_all()] == ["x"]


def test_a_data_set_is_replaced_and_never_written_over(tmp_path):
    path = store.save("x", many(1), {}).directory / store.EXAMPLES_FILE
    before = path.read_bytes()
    (tmp_path / "old.jsonl").hardlink_to(path)
    store.save("x", many(2), {}, overwrite=True)
    assert (tmp_path / "old.jsonl").read_bytes() == before != path.read_bytes()


_KILLED = """
import sys
from adapters.dataset import store
from tests.adapters.dataset.some_examples import many
store.save("x", many(200), {"size": 200}, overwrite=True)
print("ready", flush=True)
for number in range(10_000):
    store.save("x", many(200 + number % 2), {"size": 200 + number % 2}, overwrite=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="kills with a signal")
def test_a_process_killed_at_any_moment_leaves_a_whole_data_set():
    for wait in (0.05, 0.11, 0.17, 0.23):
        process = subprocess.Popen([sys.executable, "-c", _KILLED], stdout=subprocess.PIPE, cwd=REPOSITORY)
        process.stdout.readline()
        time.sleep(wait)
        process.kill()
        process.wait()
        data = store.load("x")
        assert len(data.examples) == data.about["size"]


def test_the_parts_of_a_data_set():
    items = [
        example(1, split="train"),
        example(2, split="train", status="rejected"),
        example(3, split="validation"),
        example(4, split="test", tier="A"),
        example(5, split="test", tier="B"),
        example(6, split="test", tier="C", status="accepted"),
    ]
    data = store.save("x", items, {})
    assert [item.id for item in data.for_training()] == [items[0].id]
    assert [item.id for item in data.held_out()] == [items[2].id]
    assert [item.id for item in data.test()] == [items[3].id, items[5].id]


def test_the_hash_changes_with_a_review_and_with_nothing_else():
    data = store.save("x", many(2), {"when": "now"})
    before = data.sha256
    assert store.save("x", many(2), {"when": "later"}, overwrite=True).sha256 == before
    review.decide(data, data.examples[0].id, "accept")
    assert data.sha256 == store.load("x").sha256 != before
    review.decide(data, data.examples[0].id, "undo")
    assert data.sha256 == store.load("x").sha256 == before


def test_nothing_that_is_kept_can_act_on_a_terminal():
    hostile = example(text="\x1b]0;title\x07Text\u202e", target="\x1b[31mTarget", doubts=("\x1b[1mdoubt",))
    kept = store.save("x", [hostile], {}).examples[0]
    assert (kept.text, kept.target, kept.doubts, kept.id) == ("Text", "Target", ("doubt",), hostile.id)
