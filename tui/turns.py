"""What was asked and not yet answered: one turn at a time runs in the model process, the others wait in order."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.protocol import Request


def new_job() -> str:
    return uuid.uuid4().hex


def at_once() -> bool:
    return True


class Watcher(Protocol):
    """Sees a turn from its beginning to its end, besides the conversation."""

    def begin(self) -> None: ...

    async def receive(self, event: object) -> None:
        """Every event of the protocol that is the turn's."""
        ...


@dataclass(eq=False)
class Turn:
    shown: str
    """What the person typed; empty for work nobody asked for (loading the model at the start)."""
    request: Callable[[str], Request]
    """Makes the request for a job id, when the turn's time has come: it may hold the answers before it."""
    present: Callable[[dict[str, Any]], str]
    """The result as Markdown; empty when there is nothing to show but what was streamed."""
    remembered: bool = False
    """Part of the conversation: saved, and told to the model with later questions."""
    refused: Callable[[], None] | None = None
    """Called when the turn fails or is stopped, to take back what it set."""
    ready: Callable[[], bool] = at_once
    """Whether it may begin yet. Whoever makes it ready asks for the next turn."""
    watcher: Watcher | None = None
    job: str = field(default_factory=new_job)

    @property
    def visible(self) -> bool:
        return bool(self.shown)


class TurnQueue:
    def __init__(self) -> None:
        self.running: Turn | None = None
        self.waiting: deque[Turn] = deque()

    def add(self, turn: Turn) -> None:
        self.waiting.append(turn)

    def next(self) -> Turn | None:
        """Begin the turn that waited longest; None while one runs, when it is not ready or there is none."""
        if self.running is not None or not self.waiting or not self.waiting[0].ready():
            return None
        self.running = self.waiting.popleft()
        return self.running

    def ended(self, job: str) -> Turn | None:
        """The running turn, which is over, when that is its job."""
        if self.running is None or self.running.job != job:
            return None
        turn, self.running = self.running, None
        return turn

    def withdraw_last(self) -> Turn | None:
        """Take back the newest waiting turn that a person asked for."""
        for turn in reversed(self.waiting):
            if turn.visible:
                self.waiting.remove(turn)
                return turn
        return None
