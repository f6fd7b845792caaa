"""What was read once is not read again, and what comes back is what was computed: on a model that shows wrong hits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import DynamicCache, MistralConfig

from assistant.engine.kv_sequence import LiveSequence
from assistant.engine.kv_store import KVLimits, KVStore, Stretch
from assistant.engine.kv_tree import KVTree, as_owners, same_owners
from tests.assistant.kv_reader import TOKEN_BYTES, Reader, under

A_BOOK = list(range(100, 130))
ANOTHER = list(range(200, 230))
QUESTION, SECOND = [1, 2, 3], [4, 5]


def limits(memory_tokens: int, disk_tokens: int = 0, directory: Path | None = None) -> KVLimits:
    return KVLimits(
        memory_bytes=memory_tokens * TOKEN_BYTES,
        disk_bytes=disk_tokens * (TOKEN_BYTES + 256),  # a file has a header
        directory=directory,
        block_tokens=4,
    )


# --- one sequence ----------------------------------------------------------------------------------------------


def test_a_follow_up_reads_only_what_is_new():
    reader = Reader()
    assert reader.read([*A_BOOK, *QUESTION], answer=[7, 8]) == 0
    assert reader.read([*A_BOOK, *QUESTION, 7, 8, *SECOND]) == len(A_BOOK) + len(QUESTION) + 2


def test_the_last_token_of_a_prompt_is_always_read():
    reader = Reader()
    reader.read(A_BOOK)
    assert reader.read(A_BOOK) == len(A_BOOK) - 1
    assert reader.read(A_BOOK[:1]) == 0


def test_keys_of_another_owner_are_never_used():
    reader = Reader()
    reader.read(A_BOOK, "base")
    assert reader.read(A_BOOK, "biology") == 0
    assert reader.read(A_BOOK, "biology@2") == 0


def test_a_forward_pass_that_broke_off_leaves_nothing_behind():
    reader = Reader()
    reader.read(A_BOOK)
    layer = reader.store.values.layers[0]
    layer.keys = torch.cat([layer.keys, layer.keys[..., :2, :]], dim=-2)
    assert reader.read(A_BOOK) == 0


# --- several ---------------------------------------------------------------------------------------------------


def test_a_document_is_still_known_after_another_was_read():
    reader = Reader()
    reader.read([*A_BOOK, *QUESTION])
    reader.read([*ANOTHER, *QUESTION])
    assert reader.read([*A_BOOK, *SECOND]) == len(A_BOOK)
    assert reader.read([*ANOTHER, *SECOND]) == len(ANOTHER)


def test_a_conversation_that_was_edited_is_known_up_to_the_edit_and_beyond_when_it_is_taken_back():
    reader = Reader()
    talk = [*A_BOOK, *range(300, 320)]
    reader.read(talk)
    assert reader.read([*A_BOOK, 999, *range(301, 320)]) == len(A_BOOK)
    assert reader.read([*talk, 5]) == len(talk)


def test_the_document_read_by_the_base_is_shared_by_all_adapters_that_begin_after_it():
    reader = Reader()
    header = len(A_BOOK) + len(QUESTION)
    prompt = [*A_BOOK, *QUESTION, 50, 51]
    answers = range(400, 410)
    reader.read(prompt, under("base", ("law", header)), answer=answers)
    assert reader.read(prompt, under("base", ("history", header)), answer=answers) == header
    assert reader.read([*prompt, *answers, 9], under("base", ("law", header))) == len(prompt) + len(answers)
    later = [*prompt, *answers, *SECOND, 50, 51]
    assert reader.read(later, under("base", ("law", len(later) - 2))) == header  # the base has not read the answer


def test_blocks_of_two_owners_in_the_same_place_are_told_apart():
    reader = Reader()
    for owner in ("base", "law", "base", "law"):
        reader.read(A_BOOK, owner)
        reader.read(ANOTHER, owner)
    assert reader.read(A_BOOK, "history") == 0
    assert reader.read(A_BOOK, under("base", ("law", 6))) == 6


def test_what_is_not_worth_keeping_is_forgotten_and_what_was_worth_it_stays():
    reader = Reader()
    reader.read([*A_BOOK, *QUESTION])
    assert reader.read([*A_BOOK, *range(500, 540)], keep=False) == len(A_BOOK)
    reader.read(ANOTHER, keep=False)
    assert reader.read([*A_BOOK, *range(500, 540)]) == len(A_BOOK)
    assert reader.read(ANOTHER) == 0


def test_forgetting_all_forgets_all():
    reader = Reader()
    reader.read(A_BOOK)
    reader.read(ANOTHER)
    reader.store.clear()
    assert reader.store.used_bytes == [0]
    assert reader.read(A_BOOK) == 0


# --- memory ----------------------------------------------------------------------------------------------------


def test_the_one_used_longest_ago_makes_room():
    reader = Reader(limits(memory_tokens=64))
    books = [list(range(start, start + 30)) for start in (600, 700, 800)]
    for book in (books[0], books[1], books[0], books[2]):
        reader.read([*book, 1])
        assert reader.store.used_bytes[0] <= 64 * TOKEN_BYTES
    reader.read(ANOTHER, keep=False)
    assert reader.read([*books[2], 2]) == 30
    assert reader.read([*books[0], 2]) == 30
    assert reader.read([*books[1], 2]) < 30


def test_of_a_sequence_too_long_for_the_memory_the_beginning_is_kept():
    reader = Reader(limits(memory_tokens=20))
    long = list(range(1000, 1060))
    reader.read(long)
    reader.read([5], keep=False)
    assert reader.read(long) == 20


def test_without_any_memory_there_is_still_the_sequence_in_progress():
    reader = Reader(limits(memory_tokens=0))
    reader.read(A_BOOK)
    assert reader.read([*A_BOOK, 1]) == len(A_BOOK)
    reader.read(ANOTHER)
    assert reader.read(A_BOOK) == 0
    assert reader.store.used_bytes == [0]


def test_what_leaves_the_device_is_still_in_the_memory_of_the_machine():
    reader = Reader(KVLimits(device_bytes=12 * TOKEN_BYTES, memory_bytes=400 * TOKEN_BYTES, block_tokens=4))
    reader.read(A_BOOK)
    reader.read(ANOTHER)
    device, machine = reader.store.used_bytes
    assert device == 12 * TOKEN_BYTES
    assert machine == (len(A_BOOK) - 12) * TOKEN_BYTES
    assert reader.read([*A_BOOK, 1]) == len(A_BOOK)


@pytest.mark.parametrize("step", ["states", "append"])
def test_where_memory_runs_out_while_blocks_are_made_or_used_all_is_read_again(monkeypatch, step):
    reader = Reader()
    reader.read(A_BOOK)
    reader.read(ANOTHER)

    def no_memory(*_arguments):
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(LiveSequence, step, no_memory)
        assert reader.read([*A_BOOK, 1]) == 0
    assert reader.store.used_bytes == [0]
    assert reader.read([*A_BOOK, 1]) == len(A_BOOK)


def test_blocks_take_only_the_memory_of_their_own_tokens():
    reader = Reader()
    reader.read(A_BOOK)
    reader.read(ANOTHER)
    states = [
        part for level in reader.store._tiers._levels for kept in level.kept.values() for part in kept.content.values()
    ]
    assert sum(part.untyped_storage().nbytes() for part in states) == reader.store.used_bytes[0]


# --- disk ------------------------------------------------------------------------------------------------------


def files(directory: Path) -> list[Path]:
    return sorted(directory.rglob("*.safetensors"))


@pytest.fixture
def reader_with_disk(tmp_path) -> Reader:
    """A book and the beginning of another are on the disk, nothing of them in memory."""
    reader = Reader(limits(memory_tokens=4, disk_tokens=400, directory=tmp_path / "kv"))
    reader.read(A_BOOK)
    reader.read(ANOTHER)
    reader.read([5], keep=False)
    assert reader.store.used_bytes[0] <= 4 * TOKEN_BYTES
    return reader


def test_what_leaves_the_memory_comes_back_from_the_disk(reader_with_disk):
    assert reader_with_disk.read([*A_BOOK, 1]) == len(A_BOOK)
    assert reader_with_disk.read([*ANOTHER, 1]) == len(ANOTHER)


def test_the_disk_is_bounded_too(tmp_path):
    bounds = limits(memory_tokens=4, disk_tokens=40, directory=tmp_path)
    reader = Reader(bounds)
    for start in range(0, 1000, 50):
        reader.read(list(range(start, start + 30)))
        assert sum(path.stat().st_size for path in files(tmp_path)) <= bounds.disk_bytes
    assert files(tmp_path)


def test_nothing_is_written_where_the_disk_is_not_asked_for(tmp_path):
    reader = Reader(limits(memory_tokens=4, directory=tmp_path / "kv"))
    reader.read(A_BOOK)
    reader.read(ANOTHER)
    assert not (tmp_path / "kv").exists()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-3])


def change_a_number(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)


def put_another_in_its_place(path: Path) -> None:
    path.write_bytes(next(other for other in files(path.parent) if other != path).read_bytes())


@pytest.mark.parametrize(
    "spoil", [Path.unlink, truncate, change_a_number, put_another_in_its_place, lambda path: path.write_bytes(b"")]
)
def test_a_file_that_is_not_as_it_was_is_a_miss_and_no_more(tmp_path, reader_with_disk, spoil):
    for path in files(tmp_path):
        spoil(path)
    assert reader_with_disk.read(A_BOOK) < len(A_BOOK) // 2
    reader_with_disk.read(ANOTHER)
    assert reader_with_disk.read([*A_BOOK, 1]) == len(A_BOOK)


def test_one_lost_file_costs_only_what_comes_after_it(tmp_path, reader_with_disk):
    third = reader_with_disk.store._tree.find(A_BOOK, tuple(under("base")))[2].block
    _memory, disk = reader_with_disk.store._tiers._levels
    disk.kept[third].content[0].unlink()
    assert reader_with_disk.read([*A_BOOK, 1]) == 8


def test_a_full_disk_is_a_smaller_store(tmp_path, monkeypatch):
    reader = Reader(limits(memory_tokens=8, disk_tokens=400, directory=tmp_path))
    real = Path.write_bytes

    def full(path, content):
        real(path, content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    reader.read(A_BOOK)
    reader.read(ANOTHER)
    assert files(tmp_path) == []
    assert reader.read([*A_BOOK, 1]) == 8


def test_a_folder_that_is_taken_away_is_a_smaller_store(tmp_path, reader_with_disk):
    import shutil

    shutil.rmtree(tmp_path / "kv")
    reader_with_disk.read(A_BOOK)
    reader_with_disk.read(ANOTHER)
    reader_with_disk.read(A_BOOK)
    reader_with_disk.store.close()


def test_a_folder_that_cannot_be_made_is_a_smaller_store(tmp_path):
    (tmp_path / "kv").write_text("a file", encoding="utf-8")
    reader = Reader(limits(memory_tokens=4, disk_tokens=400, directory=tmp_path / "kv"))
    reader.read(A_BOOK)
    reader.read(ANOTHER)


def test_closing_leaves_nothing_on_the_disk(tmp_path, reader_with_disk):
    assert files(tmp_path)
    reader_with_disk.store.close()
    assert list((tmp_path / "kv").iterdir()) == []
    assert reader_with_disk.read(A_BOOK) == 0  # it can still be used


def test_what_a_dead_process_left_is_removed_and_what_a_living_one_has_is_not(tmp_path, reader_with_disk):
    script = "from pathlib import Path; import os, sys\n"
    script += "from assistant.engine.kv_disk import DiskTier\n"
    script += "import torch\n"
    script += f"tier = DiskTier(1 << 20, Path({str(tmp_path / 'kv')!r}))\n"
    script += "tier.save({'0.keys': torch.ones(4)}); os._exit(0)\n"
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])
    (tmp_path / "kv" / "something else").mkdir()
    own = files(tmp_path)
    assert len({path.parent for path in own}) == 2
    Reader(limits(memory_tokens=4, directory=tmp_path / "kv"))  # also where the disk is not asked for
    left = files(tmp_path)
    assert left
    assert {path.parent.name.split("-")[0] for path in left} == {str(os.getpid())}
    assert reader_with_disk.read([*A_BOOK, 1]) == len(A_BOOK)


# --- layers that cannot be cut ---------------------------------------------------------------------------------


def test_with_a_sliding_window_only_the_sequence_in_progress_is_known():
    config = MistralConfig(num_hidden_layers=1, num_attention_heads=1, num_key_value_heads=1, sliding_window=8)
    store = KVStore(config, KVLimits(memory_bytes=1 << 20, block_tokens=4))
    assert type(store.values.layers[0]) is not type(DynamicCache().layer_class_to_replicate)

    def read(prompt: list[int]) -> int:
        known = store.open(prompt, [Stretch("base", 0)])
        states = torch.zeros(1, 1, len(prompt) - known, 4)
        store.values.layers[0].update(states, states)
        store.extend(prompt[known:])
        return known

    assert read(A_BOOK) == 0
    assert read([*A_BOOK, 1]) == len(A_BOOK)
    assert read(A_BOOK) == 0
    assert read(ANOTHER) == 0
    assert read(A_BOOK) == 0
    assert store.used_bytes == [0]


# --- owners and the tree ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [[], [Stretch("base", 3)], [Stretch("base", 0), Stretch("law", 9), Stretch("x", 4)]])
def test_every_token_has_an_owner(wrong):
    with pytest.raises(ValueError):
        as_owners(wrong)


@st.composite
def owners(draw):
    starts = sorted(draw(st.lists(st.integers(0, 12), max_size=4)))
    return [Stretch(draw(st.sampled_from("ab")), start) for start in [0, *starts]]


def spelled_out(stretches, length: int) -> list[str]:
    names = [""] * length
    for stretch in stretches:
        names[stretch.start :] = [stretch.owner] * len(names[stretch.start :])
    return names


@given(owners(), owners(), st.integers(0, 15))
def test_owners_agree_as_long_as_each_token_has_the_same(one, other, length):
    pairs = zip(spelled_out(one, length), spelled_out(other, length), strict=True)
    expected = next((index for index, (a, b) in enumerate(pairs) if a != b), length)
    assert same_owners(as_owners(one), as_owners(other), length) == expected


@given(st.lists(st.tuples(st.lists(st.integers(0, 1), max_size=14), owners()), max_size=8), st.integers(1, 5))
def test_what_the_tree_was_told_it_knows_to_the_last_token(sequences, block_tokens):
    tree = KVTree(block_tokens)
    for tokens, stretches in sequences:
        list(tree.grow(tokens, as_owners(stretches)))
    for tokens, stretches in sequences:
        hits = tree.find(tokens, as_owners(stretches))
        assert [token for hit in hits for token in hit.block.tokens[: hit.tokens]] == tokens
        names = [hit.block.owner for hit in hits for _ in range(hit.tokens)]
        assert names == spelled_out(stretches, len(tokens))
        assert all(len(hit.block.tokens) <= block_tokens for hit in hits)
