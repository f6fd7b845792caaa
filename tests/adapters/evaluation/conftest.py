"""What the tests of evaluations share: no waiting for the disk, and one engine for all of them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from adapters import session as session_module
from adapters.bank import Bank
from adapters.session import Session
from assistant.config import Settings
from assistant.engine.engine import Engine
from assistant.weights import KeptModel


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a power cut loses what was written and not flushed."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture(scope="module")
def shared_engine(tiny_kept: KeptModel) -> Engine:
    from assistant.engine import load_engine

    return load_engine(tiny_kept, "cpu")


@pytest.fixture
def loaded(shared_engine: Engine, tiny_kept: KeptModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session that has the tiny model in memory, as after a training; no adapter is on it before or afterwards."""
    monkeypatch.setattr(session_module, "_ensure", lambda wanted, reporter, should_stop: tiny_kept)
    session = Session(Settings(device="cpu"))
    bank = Bank(shared_engine)
    session._engine, session._loaded_as, session._bank = shared_engine, (tiny_kept.name, "cpu"), bank
    yield session
    for name in bank.resident:
        bank.forget(name)
    shared_engine.forget()
    session._engine = None  # the next test's, too
    session.close()
