"""Runs what was asked, one turn at a time: question on the screen, request to the model process, events to the turn.

Its methods are called one after the other, from the messages of one screen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import TERMINAL, Event, Failed, Finished, Request
from tui.conversation import Conversation
from tui.running_turn import RunningTurn
from tui.turns import Turn, TurnQueue
from tui.widgets.frozen_message import FrozenMessage
from tui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.widget import Widget


class Client(Protocol):
    """What is needed of a model client."""

    def send(self, request: Request) -> None: ...

    def cancel(self, job: str) -> None: ...

    def pause(self, job: str, *, unload: bool) -> None: ...


class Status(Protocol):
    """What is needed of the status bar."""

    def change(self, **changes: Any) -> None: ...


class TurnRunner:
    def __init__(
        self,
        client: Client,
        transcript: Transcript,
        conversation: Conversation,
        status: Status,
        waits_for: Callable[[], str] = str,
    ) -> None:
        """`waits_for` says why an answer cannot begin at once; nothing where it can."""
        self._client = client
        self._transcript = transcript
        self._conversation = conversation
        self._status = status
        self._waits_for = waits_for
        self._queue = TurnQueue()
        self._shown: RunningTurn | None = None
        """The running turn as far as it is on the screen."""
        self._questions: dict[str, FrozenMessage] = {}
        """What is shown for each turn that waits, by job."""

    @property
    def running(self) -> Turn | None:
        return self._queue.running

    @property
    def can_stop(self) -> bool:
        """Whether an answer is being given or a prompt waits."""
        return any(turn.visible for turn in (self.running, *self._queue.waiting) if turn is not None)

    @property
    def widgets(self) -> list[Widget]:
        """What the running turn has on the screen."""
        return self._shown.widgets if self._shown is not None else []

    @property
    def end_of_what_was_said(self) -> Widget | None:
        """The last widget of the running turn, else the first question that waits, if there is either."""
        return next(iter([*self.widgets[-1:], *self._questions.values()]), None)

    async def ask(self, turn: Turn) -> None:
        """Show what was asked, and begin at once or when everything before it is done and it is ready."""
        if turn.visible:
            waits = self.running is not None or bool(self._queue.waiting) or not turn.ready()
            question = FrozenMessage(turn.shown, "question", footnote=_("waiting") if waits else "", queued=waits)
            self._questions[turn.job] = question
            await self._transcript.show(question)
        self._queue.add(turn)
        await self.advance()

    async def advance(self) -> None:
        """Begin the next turn, if none runs."""
        while (turn := self._queue.next()) is not None:
            try:
                if turn.visible:
                    await self._show(turn)
                request = turn.request(turn.job)
            except SuntoError as error:
                await self._end(turn, Failed(job=turn.job, kind="", message=error.message, hint=error.hint))
                continue
            self._client.send(request)
            self._status.change(phase="working" if turn.visible else "loading")
            break
        self._show_waiting()

    async def receive(self, event: Event) -> Turn | None:
        """Hand an event to the turn it belongs to. Returns that turn when the event ends it."""
        turn = self.running
        if turn is None or event.job != turn.job:
            return None
        if isinstance(event, TERMINAL):
            await self._end(turn, event)
            return turn
        if self._shown is not None:
            await self._shown.receive(event)
        return None

    async def stop(self) -> Turn | None:
        """Stop the answer; when none is being given, take back and return the newest prompt that waits."""
        running = self.running
        if running is not None and running.visible:
            self._status.change(phase="stopping")
            self._client.cancel(running.job)
            return None
        if (turn := self._withdraw()) is not None:
            await self._questions.pop(turn.job).remove()
        return turn

    async def leave_conversation(self) -> None:
        """Nothing waits any more; an answer being given is stopped and kept."""
        while (turn := self._withdraw()) is not None:
            self._questions.pop(turn.job)
        if self._shown is not None and self._shown.turn.remembered:
            self._client.cancel(self._shown.turn.job)
            await self.keep_what_is_written()
            self._shown = None

    async def keep_what_is_written(self) -> None:
        if self._shown is not None:
            await self._shown.abandon()

    async def _show(self, turn: Turn) -> None:
        question = self._questions.pop(turn.job)
        question.set_class(False, "-queued")
        question.footnote = ""
        self._shown = RunningTurn(turn, question, self._transcript, self._conversation)
        await self._shown.begin(self._waits_for())

    async def _end(self, turn: Turn, event: Event) -> None:
        self._queue.ended(turn.job)
        shown, self._shown = self._shown, None
        if not isinstance(event, Finished) and turn.refused is not None:
            turn.refused()
        if shown is not None:
            await shown.receive(event)

    def _withdraw(self) -> Turn | None:
        turn = self._queue.withdraw_last()
        if turn is not None and turn.refused is not None:
            turn.refused()
        self._show_waiting()
        return turn

    def _show_waiting(self) -> None:
        self._status.change(waiting=sum(turn.visible for turn in self._queue.waiting))
