"""What all tests of trainings share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a power cut loses what was written and not flushed, and waiting for the disk is most of a test's time."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)
