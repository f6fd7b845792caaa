"""What the tests of evaluations share: no waiting for the disk."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a power cut loses what was written and not flushed."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
