"""An adapter is checked by a process that was not there when it was trained; what does not work is not published."""

from __future__ import annotations

import dataclasses
import json

import pytest
import torch

from adapters.evaluation import fresh, verification
from adapters.evaluation.saved import read_saved, tensor_digests
from adapters.evaluation.verification import Expected, in_fresh_process, verify
from adapters.jobs import run
from adapters.registry import get_adapter
from adapters.training import runs, samples
from assistant import protocol
from assistant.engine.adapter_files import read_adapter
from assistant.errors import Stopped
from assistant.generation import ChatMessage
from tests.adapters.training import test_job
from tests.adapters.training.test_job import leftovers, pairs
from tests.tiny_adapters import edit_config, make_adapter

__all__ = ["pairs"]
ITEMS = [([ChatMessage("user", f"light water {word}?")], f"{word} green leaf") for word in ("sugar", "plant")]


@pytest.fixture(autouse=True)
def short_samples(monkeypatch):
    monkeypatch.setattr(samples, "MAX_NEW_TOKENS", 3)


@pytest.fixture
def saved(engine, tmp_path):
    """(folder of an adapter, what its trainer had)"""
    directory = make_adapter(engine, tmp_path / "bio")
    engine.use_adapter(directory)
    losses = list(engine.score(ITEMS))
    adapter = read_adapter(directory)
    return directory, Expected(
        items=ITEMS,
        losses=[loss for loss, _count in losses],
        tokens=sum(count for _loss, count in losses),
        digests=tensor_digests(adapter.weights),
    )


def card_of(kept):
    return {"base": {"weights_sha256": kept.weights_sha256, "chat_template_sha256": kept.chat_template_sha256}}


def checked(saved, kept, **changes):
    directory, expected = saved
    found = verify(
        directory, kept, "cpu", dataclasses.replace(expected, **changes), card_of(kept), should_stop=lambda: False
    )
    return {check["name"]: check["passed"] for check in found}


GOOD = {"differs": True, "reloads": True, "ends": None, "hashes": True, "peft": True}
"""A random base comes to no end by itself: that says nothing of the adapter."""


@pytest.fixture
def ending(monkeypatch):
    """A random base never ends an answer, and a random adapter may well keep it from it."""
    monkeypatch.setattr(verification, "END_TOLERANCE", 100.0)


def test_a_process_of_its_own_finds_what_the_trainer_had(saved, tiny_kept, monkeypatch, ending):
    monkeypatch.setattr(verification, "in_fresh_process", in_fresh_process)
    assert checked(saved, tiny_kept) == GOOD


def test_without_the_process_it_is_the_same(saved, tiny_kept, ending):
    assert checked(saved, tiny_kept) == GOOD


def test_other_numbers_than_the_trainers_are_noticed(saved, tiny_kept, ending):
    _directory, expected = saved
    worse = [loss + 0.1 * expected.tokens for loss in expected.losses]
    assert checked(saved, tiny_kept, losses=worse) == {**GOOD, "reloads": False}
    other = dict.fromkeys(expected.digests, "0" * 64)
    assert checked(saved, tiny_kept, digests=other) == {**GOOD, "reloads": False}


def test_an_adapter_that_changes_nothing_is_noticed(engine, tiny_kept, tmp_path, ending):
    directory = make_adapter(engine, tmp_path / "none", size=0.0)
    losses = [loss for loss, _count in engine.score(ITEMS)]
    digests = tensor_digests(read_adapter(directory).weights)
    same = (directory, Expected(ITEMS, losses, sum(count for _loss, count in engine.score(ITEMS)), digests))
    assert checked(same, tiny_kept) == {**GOOD, "differs": False}


def test_files_that_are_cut_off_do_not_reload_and_the_rest_is_not_known(saved, tiny_kept):
    directory, _expected = saved
    weights = directory / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert checked(saved, tiny_kept) == {**dict.fromkeys(GOOD), "reloads": False}


def test_want_of_memory_says_nothing_of_the_adapter(saved, tiny_kept, monkeypatch):
    def full(*_arguments):
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(fresh, "look", full)
    assert checked(saved, tiny_kept) == dict.fromkeys(GOOD)


def test_another_base_or_template_than_the_card_says_is_noticed(saved, tiny_kept, ending):
    directory, expected = saved
    for field in ("weights_sha256", "chat_template_sha256"):
        card = card_of(dataclasses.replace(tiny_kept, **{field: "f" * 64}))
        found = verify(directory, tiny_kept, "cpu", expected, card, lambda: False)
        assert {check["name"] for check in found if check["passed"] is False} == {"hashes"}


def test_what_peft_makes_something_else_of_is_noticed(saved, tiny_kept, monkeypatch, ending):
    """As if PEFT understood the file in another way."""
    in_peft = fresh._in_peft

    def stronger(engine, directory, items):
        config = (directory / "adapter_config.json").read_text(encoding="utf-8")
        edit_config(directory, lora_alpha=80)
        found = in_peft(engine, directory, items)
        (directory / "adapter_config.json").write_text(config, encoding="utf-8")
        return found

    monkeypatch.setattr(fresh, "_in_peft", stronger)
    assert checked(saved, tiny_kept) == {**GOOD, "peft": False}


@pytest.mark.parametrize(
    ("ends", "base_ends", "loss", "passed"),
    [
        (True, False, 9.0, True),
        (False, True, 1.0, False),
        (False, False, 4.9, None),
        (False, False, 6.0, False),
        (False, False, float("nan"), False),
    ],
)
def test_an_adapter_must_come_to_an_end_where_its_base_does(ends, base_ends, loss, passed):
    seen = {"ends": ends, "base_ends": base_ends, "end_losses": [loss], "base_end_losses": [5.0]}
    assert verification._ends(seen)["passed"] is passed


def test_the_process_is_ended_when_it_is_stopped(saved, tiny_kept):
    directory, expected = saved
    with pytest.raises(Stopped):
        in_fresh_process(tiny_kept, directory, expected.items, "cpu", lambda: True)


def test_a_process_that_takes_too_long_says_nothing_of_the_adapter(saved, tiny_kept, monkeypatch):
    monkeypatch.setattr(verification, "TIMEOUT_SECONDS", 0.0)
    monkeypatch.setattr(verification, "in_fresh_process", in_fresh_process)
    assert checked(saved, tiny_kept) == dict.fromkeys(GOOD)


# --- in a training -----------------------------------------------------------------------------------------------


def request(pairs, **fields):
    return test_job.request(pairs, evaluate=False, **fields)


RESUME = protocol.Train(job="t", data="", name="bio", resume=True, evaluate=False)


def test_a_training_keeps_what_became_of_the_checks(session, pairs):
    list(run(request(pairs, max_steps=2), session))
    record = get_adapter("bio")
    found = {check["name"]: check["passed"] for check in record.card["scores"]["checks"]}
    assert found == GOOD
    saved = read_saved(record.directory)
    assert saved["tensors"] == tensor_digests(read_adapter(record.directory).weights)
    assert saved["scaling"] == 32 / 4


@pytest.mark.parametrize("kind", ["lora", "alora"])
def test_each_kind_passes(session, pairs, kind):
    ending = list(run(request(pairs, max_steps=2, kind=kind), session))[-1]
    assert isinstance(ending, protocol.Finished), ending


def failing(name):
    return [{"name": check, "passed": check != name, "measured": {}} for check in verification.NAMES]


@pytest.mark.parametrize("name", ["reloads", "peft"])
def test_whatever_check_fails_the_adapter_from_before_stays(session, pairs, monkeypatch, name):
    list(run(request(pairs, max_steps=1), session))
    with monkeypatch.context() as patched:
        patched.setattr(verification, "verify", lambda *_arguments: failing(name))
        ending = list(run(request(pairs, max_steps=2, overwrite=True), session))[-1]
    assert ending.kind == "TrainingError"
    assert "does not work" in ending.message
    assert "--resume" in ending.hint
    assert get_adapter("bio").card["training"]["steps"] == 1
    assert leftovers() == ["bio"]
    assert runs.find_run("bio").can_resume
    again = list(run(RESUME, session))
    assert not any(isinstance(event, protocol.TrainStep) for event in again)  # it is only checked once more
    assert again[-1].result["version"] == 2


def test_a_stop_while_it_is_checked_leaves_a_training_that_can_go_on(session, pairs, monkeypatch):
    def stopped(*_arguments):
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(verification, "verify", stopped)
        assert isinstance(list(run(request(pairs, max_steps=1), session))[-1], protocol.Cancelled)
    assert (runs.find_run("bio").state, leftovers()) == ("paused", [])
    assert isinstance(list(run(RESUME, session))[-1], protocol.Finished)


def test_a_check_that_could_not_be_made_is_said_and_the_adapter_is_there(session, pairs, monkeypatch):
    def no_process(*_arguments):
        return {"error": "OSError", "reason": "no process can be started"}

    monkeypatch.setattr(verification, "in_fresh_process", no_process)
    events = list(run(request(pairs, max_steps=1), session))
    assert any("no process can be started" in event.message for event in events if isinstance(event, protocol.Notice))
    assert isinstance(events[-1], protocol.Finished)
    on_card = get_adapter("bio").card["scores"]["checks"]
    assert {check["passed"] for check in on_card} == {None}
    assert {check["measured"]["error"] for check in on_card} == {"OSError"}
    assert "no process" not in str(on_card)  # it may name a folder, and cards are shared


def test_where_memory_is_short_the_base_makes_room_for_the_check(session, pairs, monkeypatch):
    loaded = []
    in_memory = verification.verify

    def looked(*arguments):
        loaded.append(session._engine is not None)
        return in_memory(*arguments)

    monkeypatch.setattr(verification, "verify", looked)
    list(run(request(pairs, max_steps=1), session))
    monkeypatch.setattr(verification, "has_room", lambda _device, _bytes: False)
    result = list(run(request(pairs, max_steps=1, overwrite=True), session))[-1].result
    assert loaded == [True, False]
    assert json.dumps(result)
