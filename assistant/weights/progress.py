"""How the long work in this package tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class OnProgress(Protocol):
    """Fields as in `assistant.protocol.Progress`; `total` is 0 when it is not known."""

    def __call__(self, stage: str, done: float, total: float, unit: str = "", detail: str = "", /) -> object: ...


class OnNotice(Protocol):
    """Fields as in `assistant.protocol.Notice`."""

    def __call__(self, level: str, message: str, hint: str = "", /) -> object: ...


def silent(*_fields: object) -> None:
    """Tells nobody."""
