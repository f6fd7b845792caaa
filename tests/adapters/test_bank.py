"""Adapters in memory: read once, the longest unused goes first, and whoever answers stays."""

from __future__ import annotations

import shutil
import sys
from threading import Thread
from types import SimpleNamespace

import pytest
import torch

from adapters.bank import Bank
from adapters.registry import get_adapter, publish
from assistant.engine import adapter_files
from assistant.engine.adapter_files import LoraSettings, read_adapter
from assistant.errors import AdapterCorruptError, AdapterMismatchError, OutOfMemoryError
from assistant.generation import ChatMessage, GenerationConfig
from tests.adapters.test_registry import install
from tests.assistant.test_engine_batch import tiny_engine
from tests.tiny_adapters import IDS, edit_config, make_adapter
from tests.tiny_adapters import fixed_logits as logits

NAMES = ["law", "bio", "art", "music"]


@pytest.fixture
def engine(tiny_kept):
    return tiny_engine(tiny_kept)


@pytest.fixture
def installed(engine, sunto_home):
    """Adapters of equal size, by name."""
    for seed, name in enumerate(NAMES):
        make_adapter(engine, sunto_home / "adapters" / name, seed=seed)
    return {name: get_adapter(name) for name in NAMES}


@pytest.fixture
def size(engine, installed) -> int:
    """Bytes of each of them in a slot."""
    bank = Bank(engine)
    before = engine.memory_bytes
    bank.use(installed["law"])
    found = engine.memory_bytes - before
    bank.forget("law")
    assert engine.memory_bytes == before
    return found


class Opened:
    """The files of adapters that were opened, in order; the note of an interrupted change is none."""

    def __init__(self):
        self.paths: list[str] = []
        self._on = True
        sys.addaudithook(self._listen)  # it cannot be taken off again

    def _listen(self, event, arguments):
        if (
            self._on
            and event == "open"
            and "adapters" in str(arguments[0])
            and str(arguments[0]).endswith((".json", ".safetensors"))
            and not str(arguments[0]).endswith(".journal.json")
        ):
            self.paths.append(str(arguments[0]))

    def count(self) -> int:
        found, self.paths = len(self.paths), []
        return found

    def close(self):
        self._on = False


@pytest.fixture
def opened():
    listener = Opened()
    yield listener
    listener.close()


def test_it_opens_only_what_is_asked_for_and_that_once(engine, sunto_home, opened):
    for number in range(50):
        install(f"subject{number}")
    make_adapter(engine, sunto_home / "adapters" / "law")
    law = get_adapter("law")
    opened.count()
    bank = Bank(engine)
    assert opened.count() == 0
    bank.use(law)
    assert opened.count() == 2  # configuration and weights
    bank.use(None)
    bank.use(law)
    assert opened.count() == 0


def test_who_was_not_used_for_longest_goes_first(engine, installed, size):
    bank = Bank(engine, 2 * size, 0)
    for name in ("law", "bio", "law", "art"):
        bank.use(installed[name])
        assert engine.adapter == name
    assert bank.in_slots == ["law", "art"]
    assert bank.resident == ["law", "art"]


def test_on_a_cpu_both_memories_are_one(engine, installed, size):
    bank = Bank(engine, size, 2 * size)
    for name in NAMES:
        bank.use(installed[name])
    assert bank.in_slots == ["bio", "art", "music"]


def test_from_the_machines_memory_it_comes_back_without_its_files(engine, installed, size, opened):
    bank = Bank(engine, size, 3 * size, own_memory=True)
    bank.use(installed["law"])
    expected = logits(engine)
    bank.use(installed["bio"])
    assert bank.in_slots == ["bio"]
    assert bank.resident == ["law", "bio"]
    opened.count()
    bank.use(installed["law"])
    assert opened.count() == 0
    assert bank.in_slots == ["law"]
    assert torch.equal(logits(engine), expected)


def test_the_machines_memory_is_bounded_too(engine, installed, size, opened):
    bank = Bank(engine, size, 2 * size, own_memory=True)
    for name in ("law", "bio", "art"):
        bank.use(installed[name])
    assert bank.resident == ["bio", "art"]
    opened.count()
    bank.use(installed["law"])
    assert opened.count() == 2


def test_one_larger_than_all_room_answers_alone(engine, installed, size):
    bank = Bank(engine, size // 2, 0)
    bank.use(installed["law"])
    bank.use(installed["bio"])
    assert bank.in_slots == ["bio"]
    assert engine.adapter == "bio"


def test_several_for_one_batch_are_resident_together(engine, installed, size):
    bank = Bank(engine, 2 * size, 0)
    bank.use(installed["music"])
    bank.load([installed[name] for name in ("law", "bio", "art")])
    assert {"law", "bio", "art"} <= set(bank.in_slots)
    assert engine.adapter == "music"
    prompts = [[ChatMessage("user", "why?")]] * 3
    list(engine.stream_many(prompts, GenerationConfig(max_new_tokens=2), adapters=["law", None, "art"]))
    bank.use(installed["law"])
    bank.use(installed["bio"])
    bank.use(installed["art"])


def test_whoever_is_answering_keeps_its_place(engine, installed, size):
    """Another's weights would go on with its answer."""
    config = GenerationConfig(max_new_tokens=12)
    question = [ChatMessage("user", "why? " * 10)]
    bank = Bank(engine, size, 0)
    bank.use(installed["law"])
    *_rest, expected = engine.stream(question, config)
    engine.forget()
    stream = engine.stream(question, config)
    for _ in range(4):
        next(stream)
    bank.use(installed["bio"])
    assert bank.in_slots == ["law", "bio"]
    *_rest, completion = stream
    assert completion.text == expected.text
    assert engine.adapter == "bio"
    bank.use(installed["art"])
    assert bank.in_slots == ["art"]


def test_a_folder_that_disappears_goes_on_answering_and_is_missed_at_the_next_read(engine, installed, size):
    bank = Bank(engine, 2 * size, 0)
    bank.use(installed["law"])
    expected = logits(engine)
    shutil.rmtree(installed["law"].directory)
    bank.use(None)
    bank.use(installed["law"])
    assert torch.equal(logits(engine), expected)
    bank.use(installed["bio"])
    bank.use(installed["art"])
    with pytest.raises(AdapterCorruptError, match=r"law.*missing"):
        bank.use(installed["law"])
    assert engine.adapter == "art"


def test_files_that_change_are_read_again(engine, installed):
    bank = Bank(engine)
    bank.use(installed["law"])
    before, fingerprint = logits(engine), engine.fingerprint
    make_adapter(engine, installed["law"].directory, seed=9)
    bank.use(installed["law"])
    assert not torch.equal(logits(engine), before)
    assert engine.fingerprint != fingerprint
    assert bank.in_slots == ["law"]


def test_a_version_that_is_published_while_the_one_before_is_read_is_read_the_next_time(
    engine, installed, sunto_home, monkeypatch
):
    """The strength of the one with the weights of the other would be an adapter that nobody made."""
    made = [make_adapter(engine, sunto_home / "adapters" / f".new-{seed}", seed=seed) for seed in (8, 9)]
    edit_config(made[1], lora_alpha=99)
    old, new = (read_adapter(directory).sha256 for directory in made)
    publish(made[0], "law", overwrite=True)
    publishing = Thread(target=publish, args=(made[1], "law"), kwargs={"overwrite": True})

    def read_config(directory, read=adapter_files.read_config):
        config = read(directory)
        publishing.start()
        publishing.join(0.3)
        return config

    bank = Bank(engine)
    with monkeypatch.context() as between_the_files:
        between_the_files.setattr(adapter_files, "read_config", read_config)
        bank.use(get_adapter("law"))
    assert engine.fingerprint.endswith(old)
    publishing.join()
    bank.use(get_adapter("law"))
    assert engine.fingerprint.endswith(new)


def test_a_change_that_cannot_be_read_is_said_and_the_answer_stays_whose_it_was(engine, installed):
    bank = Bank(engine)
    bank.use(installed["bio"])
    bank.use(installed["law"])
    bank.use(installed["bio"])
    edit_config(installed["law"].directory, r=3)
    with pytest.raises(AdapterMismatchError, match="expected rank 3"):
        bank.use(installed["law"])
    assert engine.adapter == "bio"


def test_one_for_another_base_drives_nobody_out(engine, tiny_kept, installed, sunto_home, size):
    other = tiny_engine(tiny_kept, num_hidden_layers=5)
    make_adapter(other, sunto_home / "adapters" / "other")
    bank = Bank(engine, size, 0)
    bank.use(installed["law"])
    with pytest.raises(AdapterMismatchError, match="no such layer"):
        bank.use(get_adapter("other"))
    assert bank.in_slots == ["law"]
    assert engine.adapter == "law"


def test_what_is_forgotten_is_read_again(engine, installed, opened):
    bank = Bank(engine)
    bank.use(installed["law"])
    bank.forget("law")
    assert bank.resident == []
    assert engine.adapter is None
    opened.count()
    bank.use(installed["law"])
    assert opened.count() == 2


def test_memory_that_runs_out_is_said_in_plain_words_and_the_next_one_still_fits(engine, installed, size, monkeypatch):
    bank = Bank(engine, size, 0)
    bank.use(installed["law"])

    def full(*_arguments, **_options):
        raise torch.OutOfMemoryError("full")

    monkeypatch.setattr(engine.slots, "_write", full)
    with pytest.raises(OutOfMemoryError, match="bio"):
        bank.use(installed["bio"])
    monkeypatch.undo()
    assert bank.resident == []
    bank.use(installed["bio"])
    assert engine.adapter == "bio"


def test_memory_that_runs_out_while_a_file_is_read_is_said_too_and_whoever_answered_stays(
    engine, installed, monkeypatch
):
    def full(_directory):
        raise MemoryError

    bank = Bank(engine)
    bank.use(installed["law"])
    monkeypatch.setattr(adapter_files, "read_adapter", full)
    with pytest.raises(OutOfMemoryError, match="bio"):
        bank.use(installed["bio"])
    assert engine.adapter == "law"


def test_ranks_differ_and_are_counted_as_they_are(engine, installed, sunto_home, size):
    make_adapter(engine, sunto_home / "adapters" / "large", settings=LoraSettings(r=12))
    bank = Bank(engine, 4 * size, 0)
    bank.use(installed["law"])
    bank.use(installed["bio"])
    bank.use(get_adapter("large"))  # as large as three of the others
    assert bank.in_slots == ["bio", "large"]


def test_a_bank_of_nothing_asks_nothing_of_its_engine():
    engine = SimpleNamespace(device=SimpleNamespace(type="cpu"))
    assert Bank(engine).resident == []


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_card_adapters_come_back_from_pinned_memory_and_answer_side_by_side(tiny_kept, sunto_home, opened):
    from assistant.engine import load_engine

    def on_card(engine):
        with torch.inference_mode():
            return engine.model(input_ids=torch.tensor(IDS).cuda()).logits[0]

    engine = load_engine(tiny_kept, "cuda")
    for seed, name in enumerate(NAMES):
        make_adapter(engine, sunto_home / "adapters" / name, seed=seed)
    records = [get_adapter(name) for name in NAMES]
    bank = Bank(engine, device_bytes=1)
    expected = []
    for record in records:
        bank.use(record)
        expected.append(on_card(engine))
    assert bank.in_slots == ["music"]
    opened.count()
    for record, logits_before in zip(records, expected, strict=True):
        bank.use(record)
        assert torch.equal(on_card(engine), logits_before)
    assert opened.count() == 0
    bank.load(records)
    prompts = [[ChatMessage("user", "why? " * n)] for n in range(1, 5)]
    answered = list(
        engine.stream_many(prompts, GenerationConfig(max_new_tokens=4), adapters=["law", None, "art", "bio"])
    )
    assert {index for index, _event in answered} == {0, 1, 2, 3}
