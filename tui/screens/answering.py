"""What the screen with the conversation does about who answers: finds it out, shows it, lets it be chosen."""

from __future__ import annotations

import asyncio

from textual import on, work

from assistant.config import Settings
from assistant.protocol import Answering
from tui.adapter_rows import AdapterRow, adapter_rows
from tui.errands import Errands, Sender
from tui.requests import Choice
from tui.screens.checking import CheckingScreen
from tui.turns import Turn
from tui.who_answers import WhoAnswers, answerer_words, would_answer
from tui.widgets.document_panel import DocumentPanel


class AnsweringScreen(CheckingScreen):
    """Abstract, like its base."""

    def __init__(self, settings: Settings, client: Sender) -> None:
        super().__init__(settings)
        self.settings = settings
        self.errands = Errands(client)
        self.choice = Choice(settings.model)
        """Of the next question. An adapter that is not named here is as the settings say."""
        self.adapter_of_subject = ""
        """The adapter that the subjects of all open documents have; empty for none."""
        self._known_paths: frozenset[tuple[str, bool]] = frozenset()
        """The open documents when their subjects were looked up, each with whether it had been read."""
        self.who = WhoAnswers(would_answer("", settings.adapter, ""))

    @property
    def base_in_use(self) -> str:
        """The name of the base model that is loaded, or will be; empty while that is not known."""
        return self.choice.model if self.choice.model not in ("", "auto") else self.status.status.model

    async def adapter_rows(self) -> list[AdapterRow]:
        return await asyncio.to_thread(adapter_rows, self.base_in_use)

    def choose_adapter(self, name: str) -> None:
        """From the next question on; `none`, `auto`, or empty for what the settings say."""
        self.choice = Choice(self.choice.model, name)
        self.expect_answerer()

    async def adapters_changed(self, old: str = "", new: str = "") -> None:
        """An adapter was renamed (`new` empty: removed), or a subject got another."""
        if old and self.choice.adapter == old:
            self.choice = Choice(self.choice.model, new)
        await self._find_adapter()

    def expect_answerer(self) -> None:
        """Who answers next, after something was chosen that decides it."""
        self.who.expect(would_answer(self.choice.adapter, self.settings.adapter, self.adapter_of_subject))
        self.show_answerer()

    def show_answerer(self) -> None:
        self.status.change(answerer=answerer_words(self.who.now, self.who.then))

    def note_answering(self, event: Answering, turn: Turn | None) -> None:
        """Only of a conversation: loading a model, or comparing two adapters, says nothing of the next answer."""
        if turn is not None and turn.job == event.job and turn.remembered:
            self.who.say(event)
            self.show_answerer()

    def note_answered(self) -> None:
        self.who.end()
        self.show_answerer()

    @on(DocumentPanel.Reading)
    @on(DocumentPanel.Read)
    def _open_documents_changed(self) -> None:
        documents = self.panel.documents
        paths = frozenset((str(document.path), document.document is not None) for document in documents)
        if paths != self._known_paths:
            self._known_paths = paths
            self._look_up_subjects()

    @work(exclusive=True, exit_on_error=False, group="subject")
    async def _look_up_subjects(self) -> None:
        """That takes a moment, and the screen goes on meanwhile."""
        await self._find_adapter()

    async def _find_adapter(self) -> None:
        """Of the open documents' subjects, in the library."""
        self.adapter_of_subject = await self.conversation.adapter_of([one.path for one in self.panel.documents])
        self.expect_answerer()
