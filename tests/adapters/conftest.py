"""What the tests of adapters share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from adapters import session as session_module
from adapters.session import Session
from assistant.config import Settings
from assistant.weights import KeptModel


@pytest.fixture
def session(tiny_kept: KeptModel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Every model it is asked for is the tiny one, on the CPU."""
    monkeypatch.setattr(session_module, "_ensure", lambda wanted, reporter, should_stop: tiny_kept)
    session = Session(Settings(device="cpu"))
    yield session
    session.close()
