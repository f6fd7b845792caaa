"""One turn while it runs: what its events do to the transcript and to the conversation's copy in the library."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from assistant.i18n import _
from assistant.protocol import (
    Cancelled,
    Failed,
    Finished,
    Notice,
    Progress,
    Routed,
    Side,
    TextDelta,
    TextReset,
)
from assistant.safe_text import one_line
from tui.comparisons import as_answer
from tui.conversation import Conversation, Message
from tui.finished_answers import finished_answer, has_claims
from tui.results import answer_footnote, answer_text, as_text
from tui.turns import Turn
from tui.widgets.frozen_message import FrozenMessage
from tui.widgets.job_line import JobLine
from tui.widgets.transcript import Transcript
from tui.words import amount, stage_name

if TYPE_CHECKING:
    from textual.widget import Widget

    from assistant.library import State
    from tui.widgets.live_answer import LiveAnswer

CHECKPOINT_SECONDS = 2.0
"""A crash of the app costs at most this much of an answer."""


class RunningTurn:
    def __init__(self, turn: Turn, question: FrozenMessage, transcript: Transcript, conversation: Conversation) -> None:
        self.turn = turn
        self._question = question
        self._last = question
        """The frozen widget that the next one goes behind."""
        self._transcript = transcript
        self._conversation = conversation
        self._line: JobLine | None = None
        self._answer: LiveAnswer | None = None
        self._saved: Message | None = None
        self._saved_at = time.monotonic()
        self._before = ""
        """What stays when the text is written again: the first side of a comparison."""
        self._heading = ""
        """What comes before the next text."""
        self._kept = ""
        """How many parts of a long text are done: they are kept, whatever becomes of the turn."""

    async def begin(self, waits_for: str = "") -> None:
        """Show that it is its turn, or what it waits for, and save the question before anything is sent."""
        if self.turn.watcher is not None:
            self.turn.watcher.begin()
        if self.turn.remembered:
            await self._conversation.add("user", self.turn.shown)
        self._line = JobLine((waits_for or _("One moment")) + "…")
        await self._transcript.show(self._line, after=self._last)

    async def receive(self, event: object) -> None:
        if self.turn.watcher is not None:
            await self.turn.watcher.receive(event)
        match event:
            case TextDelta(text=text):
                await self._write(text)
            case TextReset():
                await self._write_again()
            case Side(number=number):
                self._heading = f"\n\n## {number + 1}\n\n"
            case Progress():
                if event.stage in ("map", "items") and event.done:
                    self._kept = amount(event.done, event.total, event.unit)
                if self._line is not None:
                    self._line.show(event)
            case Routed(detail=detail):
                if self._line is not None:
                    self._line.say(one_line(detail))
            case Notice():
                await self._notice(event)
            case Finished(result=result):
                await self._finish(result)
            case Cancelled(text=text):
                await self._stop(text)
            case Failed():
                await self._fail(event)
            case _:
                pass

    @property
    def widgets(self) -> list[Widget]:
        """What it has on the screen now, in order."""
        shown = (self._question, self._last if self._last is not self._question else None, self._answer, self._line)
        return [widget for widget in shown if widget is not None]

    async def abandon(self) -> None:
        """The conversation leaves the screen: keep what is written. Nothing may be received after this."""
        if self._written:
            await self._save(self._written, "stopped")

    async def _write(self, text: str) -> None:
        if self._answer is None:
            from tui.widgets.live_answer import LiveAnswer  # deferred: not needed for the first screen

            self._answer = LiveAnswer()
            await self._transcript.show(self._answer, before=self._line)
            if self._line is not None:
                self._line.say(stage_name("write") + "…")
        if self._heading:
            self._answer.feed(self._heading)
            self._before, self._heading = self._written, ""
        self._answer.feed(text)
        if time.monotonic() - self._saved_at >= CHECKPOINT_SECONDS:
            await self._save(self._answer.text, "partial")

    async def _write_again(self) -> None:
        if self._answer is not None:
            await self._answer.reset()
            self._answer.feed(self._before)
        if self._line is not None:
            self._line.say(_("That did not come out well: trying again") + "…")

    async def _notice(self, notice: Notice) -> None:
        text = as_text(notice.message) + (f"  \n*{as_text(notice.hint)}*" if notice.hint else "")
        message = FrozenMessage(text, "warning" if notice.level == "warning" else "notice")
        if self._answer is not None:  # about what is written above it
            await self._transcript.show(message, after=self._line)
            return
        await self._transcript.show(message, after=self._last)
        self._last = message

    async def _finish(self, result: dict[str, Any]) -> None:
        if result.get("task") == "compare":
            result = as_answer(result)
        shown = self.turn.present(result)
        text = shown or answer_text(result, self._written)
        footnote = "" if shown else answer_footnote(result)
        if not text.strip():
            text, footnote = as_text(_("The model gave an empty answer.")), ""
        first = not has_claims(self._conversation.messages)
        await self._save(text, "done", footnote=footnote, result=result)
        await self._freeze(finished_answer(text, footnote, result if not shown else {}, first=first))

    async def _stop(self, text: str) -> None:
        text = self._written or text
        footnote = _("■ stopped")
        if self._kept:
            footnote = _("■ stopped; asked for again, it goes on from here: {parts} are done").format(parts=self._kept)
        if text or self._kept:
            await self._save(text, "stopped", footnote=footnote)
        await self._freeze(FrozenMessage(text, "answer", footnote=footnote))

    async def _fail(self, failure: Failed) -> None:
        sentences = as_text(failure.message) + (f"  \n*{as_text(failure.hint)}*" if failure.hint else "")
        text = self._written
        await self._save(text, "failed", error=sentences)
        await self._freeze(FrozenMessage(text, "answer", footnote=_("■ interrupted")) if text else None)
        await self._transcript.show(FrozenMessage(sentences, "error"), after=self._last)

    @property
    def _written(self) -> str:
        return self._answer.text if self._answer is not None else ""

    async def _save(self, text: str, state: State, **details: Any) -> None:
        self._saved_at = time.monotonic()
        if not self.turn.remembered:
            return
        if self._saved is None:
            self._saved = await self._conversation.add("assistant", text, state, **details)
        else:
            await self._conversation.update(self._saved, text, state, **details)

    async def _freeze(self, message: FrozenMessage | None) -> None:
        """Put the finished message where the live answer and the progress line were."""
        live = [widget for widget in (self._answer, self._line) if widget is not None]
        if self._answer is not None:
            await self._answer.end()
        if live:
            await self._transcript.replace(live, message)
        elif message is not None:
            await self._transcript.show(message, after=self._last)
        self._answer = self._line = None
        if message is not None:
            self._last = message
