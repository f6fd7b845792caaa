"""A session with a real engine: one base, and the adapters that answer in turn."""

from __future__ import annotations

import json
import shutil

import pytest
import torch

from adapters import session as session_module
from adapters.session import Session
from assistant.config import Settings
from assistant.errors import AdapterNotFoundError
from assistant.protocol import Answering, LoadModel, Notice
from tests.tiny_adapters import make_adapter


def ask(session, adapter):
    """(engine, events)"""
    job, events = session.engine(LoadModel(job="1", adapter=adapter), lambda: False), []
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return end.value, events


def notices(events) -> list[str]:
    return [event.message for event in events if isinstance(event, Notice)]


def logits(engine):
    with torch.inference_mode():
        return engine.model(input_ids=torch.tensor([[5, 9, 31]])).logits[0]


@pytest.fixture
def installed(session, sunto_home, tiny_kept):
    """Two adapters for the tiny base, `law` and `bio`; returns their folder."""
    engine, _events = ask(session, "none")
    for seed, name in enumerate(("law", "bio")):
        directory = make_adapter(engine, sunto_home / "adapters" / name, seed=seed)
        (directory / "sunto.json").write_text(json.dumps({"base": {"name": tiny_kept.name}}), encoding="utf-8")
    return sunto_home / "adapters"


def test_each_request_is_answered_by_whom_it_names(session, installed):
    base, _events = ask(session, "none")
    bare = logits(base)
    seen = {}
    for name in ("law", "bio", "law", "none", "bio"):
        engine, events = ask(session, name)
        assert engine is base
        assert [event.adapter for event in events if isinstance(event, Answering)] == [name.replace("none", "")]
        found = logits(engine)
        assert torch.equal(found, seen.setdefault(name, found))
    assert torch.equal(seen["none"], bare)
    assert not torch.equal(seen["law"], seen["bio"])


def test_switching_back_reads_no_weights_again(session, installed, monkeypatch):
    from assistant.engine import adapter_files

    ask(session, "law")
    ask(session, "bio")
    monkeypatch.setattr(adapter_files, "read_adapter", None)
    engine, _events = ask(session, "law")
    assert engine.adapter == "law"


def test_a_folder_that_disappears_goes_on_answering_and_the_reader_is_told(session, installed):
    engine, _events = ask(session, "law")
    expected = logits(engine)
    shutil.rmtree(installed / "law")
    ask(session, "none")
    engine, events = ask(session, "law")
    assert torch.equal(logits(engine), expected)
    assert notices(events) == ["The folder of the adapter “law” is gone; it answers from memory as long as Sunto runs."]


def test_one_that_was_never_read_is_missed_at_once(session, installed):
    shutil.rmtree(installed / "law")
    with pytest.raises(AdapterNotFoundError, match="law"):
        ask(session, "law")


def test_one_that_was_removed_on_purpose_answers_no_more(session, installed):
    ask(session, "law")
    shutil.rmtree(installed / "law")
    session.forget_adapter("law")
    with pytest.raises(AdapterNotFoundError, match="law"):
        ask(session, "law")


def test_one_that_was_trained_again_is_read_again(session, installed):
    engine, _events = ask(session, "law")
    before = logits(engine)
    make_adapter(engine, installed / "law", seed=9)
    session.forget_adapter("law")
    engine, _events = ask(session, "law")
    assert not torch.equal(logits(engine), before)


def test_an_activated_adapter_answers_where_the_conversation_invokes_it(session, installed):
    engine, _events = ask(session, "none")
    header = engine.tokenizer.encode("<|im_start|>assistant\n", add_special_tokens=False)
    make_adapter(engine, installed / "bio", change={"alora_invocation_tokens": header})
    _engine, events = ask(session, "bio")
    assert notices(events) == []


def test_one_that_no_conversation_would_invoke_is_told_of(session, installed):
    """It would answer exactly as the base, and nobody would know why."""
    engine, _events = ask(session, "none")
    make_adapter(engine, installed / "bio", change={"alora_invocation_tokens": [7, 7, 7]})
    _engine, events = ask(session, "bio")
    assert "waits for a text" in notices(events)[0]


def test_the_limits_of_the_settings_reach_the_engine(tiny_kept, monkeypatch, sunto_home):
    monkeypatch.setattr(session_module, "_ensure", lambda wanted, reporter, should_stop: tiny_kept)
    session = Session(Settings(device="cpu", kept_memory_mb=3, kept_disk_mb=5))
    engine, _events = ask(session, "none")
    limits = engine.reader.store._limits
    assert (limits.memory_bytes, limits.disk_bytes) == (3_000_000, 5_000_000)
    session.close()
