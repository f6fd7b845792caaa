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


@pytest.fixture(autouse=True)
def _checked_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """To start a process for each adapter that is saved would take most of the tests' time; a few tests do."""
    from adapters.evaluation import verification

    def look(kept, directory, items, device, _should_stop):
        from adapters.evaluation import fresh

        return fresh.found_by(lambda: fresh.look(kept, directory, items, device))

    monkeypatch.setattr(verification, "in_fresh_process", look)
