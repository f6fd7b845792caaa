"""What a session keeps between jobs, and who may hold the accelerator."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import nullcontext

import pytest

from adapters import session as session_module
from adapters.in_training import InTraining
from adapters.registry import AdapterRecord
from adapters.session import Session
from assistant import engine as engine_package
from assistant import hardware
from assistant.config import Settings, data_dir
from assistant.errors import AcceleratorBusyError, AdapterNotFoundError
from assistant.lease import AcceleratorLease
from assistant.protocol import LoadModel, ModelLoaded


class FakeEngine:
    """An engine that was loaded, and nothing else."""

    adapter = None
    memory_bytes = 1
    context_tokens = 2048

    def __init__(self, kept, device):
        self.kept, self.name = kept, kept.name
        self.device = type("Device", (), {"type": device})

    def select(self, placed):
        assert placed is None

    def close(self):
        pass


@pytest.fixture
def loads(monkeypatch, tiny_kept):
    """Loading counted instead of done; every device is there."""
    counted = []

    def load(kept, device, **_limits):
        counted.append((kept.name, device))
        return FakeEngine(kept, device)

    monkeypatch.setattr(engine_package, "load_engine", load)
    monkeypatch.setattr(hardware, "choose_device", lambda wanted: ("cuda" if wanted == "auto" else wanted, ""))
    monkeypatch.setattr(session_module, "_ensure", lambda wanted, reporter, should_stop: tiny_kept)
    return counted


def load(session, device=""):
    """(engine, events)"""
    job, events = session.engine(LoadModel(job="1", device=device), lambda: False), []
    while True:
        try:
            events.append(next(job))
        except StopIteration as end:
            return end.value, events


HOLD = """
import sys
from assistant.config import data_dir
from assistant.lease import AcceleratorLease

lease = AcceleratorLease(data_dir())
lease.acquire("answers in another window", 3 << 30)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def other_holder():
    """Another process that holds the accelerator."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ), text=True
    )
    assert process.stdout.readline().strip() == "held"
    yield process
    process.kill()
    process.communicate()


def test_the_model_is_loaded_once_for_all_jobs_and_again_for_another_device(loads):
    session = Session(Settings())
    engine, events = load(session, "cpu")
    again, later = load(session, "cpu")
    assert again is engine
    assert any(isinstance(event, ModelLoaded) for event in events)
    assert not any(isinstance(event, ModelLoaded) for event in later)
    load(session)
    assert loads == [("tiny", "cpu"), ("tiny", "cuda")]
    session.close()


def test_a_second_process_is_told_who_holds_the_card_and_what_it_can_do(loads, other_holder):
    with pytest.raises(AcceleratorBusyError) as caught:
        load(Session(Settings()))
    assert str(other_holder.pid) in caught.value.message
    assert "answers in another window" in caught.value.message
    assert "--device cpu" in caught.value.hint
    assert loads == []


def test_the_cpu_needs_no_lease(loads, other_holder):
    load(Session(Settings()), "cpu")
    assert loads == [("tiny", "cpu")]


def test_the_lease_of_a_dead_holder_is_taken_over(loads, other_holder):
    other_holder.kill()
    other_holder.wait()
    session = Session(Settings())
    load(session)
    assert loads == [("tiny", "cuda")]
    holder = AcceleratorLease(data_dir()).holder()
    assert holder.pid == os.getpid()
    session.close()
    assert AcceleratorLease(data_dir()).holder() is None


def test_whoever_waits_for_the_card_is_told_what_it_is_used_for_now(loads):
    session = Session(Settings())
    engine = load(session)[0]
    record = AdapterRecord("bio", data_dir(), engine.name, 4)
    with session.in_training(InTraining(record, engine, nullcontext, lambda name: name)):
        assert "trains the adapter “bio”" in AcceleratorLease(data_dir()).holder().purpose
    assert "answers with tiny" in AcceleratorLease(data_dir()).holder().purpose
    session.close()


def test_an_adapter_for_another_base_is_refused_before_anything_is_loaded(loads):
    from assistant.errors import AdapterMismatchError
    from tests.adapters.test_registry import card, install

    install("law", card=card(name="another", weights_sha256="c" * 64))
    job = Session(Settings()).engine(LoadModel(job="1", adapter="law"), lambda: False)
    with pytest.raises(AdapterMismatchError, match="base model: made for another, here is tiny; weights"):
        list(job)
    assert loads == []


def test_a_wrong_adapter_is_heard_before_a_model_is_fetched_for_it(monkeypatch):
    """Gigabytes were fetched first."""
    fetched = []
    monkeypatch.setattr(session_module, "_ensure", lambda *arguments: fetched.append(arguments))
    with pytest.raises(AdapterNotFoundError):
        next(Session(Settings()).engine(LoadModel(job="1", adapter="nope"), lambda: False))
    assert fetched == []
