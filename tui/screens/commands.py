"""What each action of the table does: one method per name, given the words after the command.

Those about adapters are in `tui.screens.adapter_commands`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.protocol import Diagnose, ListModels, Request
from tui import requests, results
from tui.dropped_paths import existing_files, to_path
from tui.exporting import export_last
from tui.open_documents import OpenDocument, OpenDocuments
from tui.screens import comparing, evaluating
from tui.screens.adapter_commands import AdapterCommands
from tui.turns import Turn, Watcher

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen

Present = Callable[[dict[str, Any]], str]


class Commands(AdapterCommands):
    """A method raises SuntoError when its arguments make no sense; the screen shows it."""

    def __init__(self, screen: ChatScreen) -> None:
        super().__init__(screen)
        self._screen = screen

    # --- documents ----------------------------------------------------------------------------------------

    async def open(self, argument: str) -> None:
        if not argument:
            raise ConfigError(
                _("Which file should be opened?"),
                _("Type its path after /open, or drop the file here. Tab completes."),
            )
        for path in existing_files(argument) or [to_path(argument)]:
            self._screen.panel.open(path.absolute())

    async def close(self, argument: str) -> None:
        document = self._document(argument)
        self._screen.panel.close(document.path)
        self._screen.choice_changed()
        await self._screen.conversation.detach(document.path)
        await self._screen.say(_("Closed **{title}**.").format(title=results.as_text(document.title)))

    async def pages(self, argument: str) -> None:
        self._screen.show_pages(self._read_document(argument))

    async def chapters(self, argument: str) -> None:
        """Choose at once where words say which, else show what there is to choose from."""
        documents = self._screen.panel.documents
        if not argument or documents.by_name(argument) is not None:
            self._screen.show_chapters(self._read_document(argument))
            return
        document = self._read_document("")
        everything = argument.lower() in ("all", _("all"))
        document.choose(chapters="" if everything else argument)
        self._screen.choice_changed()
        await self._screen.say(
            _("Of **{title}**, answers and summaries now read {chosen}.").format(
                title=results.as_text(document.title), chosen=results.as_text(document.chosen or _("everything"))
            )
        )

    async def documents(self, _argument: str) -> None:
        self._screen.toggle_panel()

    async def check(self, _argument: str) -> None:
        self._screen.walk_claims()

    async def export(self, argument: str) -> None:
        """In a thread: a long PDF takes a second to lay out."""
        path = await asyncio.to_thread(export_last, self._screen.conversation.messages, argument)
        await self._screen.say(_("Written to {path}.").format(path=results.as_text(path)))

    # --- answers ------------------------------------------------------------------------------------------

    async def summarize(self, argument: str) -> None:
        choice = self.choice
        await self._answer(
            f"/summarize {argument}".rstrip(),
            lambda job, documents: requests.summarize(job, argument, documents, choice),
        )

    async def describe(self, argument: str) -> None:
        choice = self.choice
        await self._answer(
            f"/describe {argument}".rstrip(),
            lambda job, documents: requests.describe(job, argument, documents, choice),
        )

    async def compare(self, argument: str) -> None:
        """On a screen of its own; the conversation keeps both texts, too."""
        await comparing.compare(self._screen, argument, self._answer)

    async def question(self, text: str) -> None:
        """Not a command: what is typed without a slash."""
        choice, conversation = self.choice, self._screen.conversation
        await self._answer(text, lambda job, documents: requests.chat(job, conversation.exchange(), documents, choice))

    async def stop(self, _argument: str) -> None:
        await self._screen.stop()

    async def new(self, _argument: str) -> None:
        await self._screen.begin_new_conversation()

    # --- models and training ------------------------------------------------------------------------------

    async def model(self, argument: str) -> None:
        if not argument:
            await self.models("")
            return
        before = self._screen.choice
        switched = self._screen.choice = replace(before, model=argument)

        def go_back() -> None:
            if self._screen.choice == switched:
                self._screen.choice = before

        await self._screen.ask(
            Turn(f"/model {argument}", lambda job: requests.load(job, switched), results.loaded_text, refused=go_back)
        )

    async def models(self, _argument: str) -> None:
        await self._look_up("/models", lambda job: ListModels(job=job), results.models_text)

    async def train(self, argument: str) -> None:
        """The screen for it, with examples being made of that folder or file if one is named."""
        from tui.screens.training import TrainingScreen

        data = str(requests.training_data(argument)) if argument else ""
        self._screen.app.push_screen(TrainingScreen(self._screen, data))

    async def report(self, argument: str) -> None:
        await evaluating.show_report(self._screen, argument)

    async def evaluate(self, argument: str) -> None:
        """Its screen, with the measuring begun."""
        await evaluating.show_report(self._screen, argument, measure=True)

    async def blind(self, argument: str) -> None:
        await evaluating.choose_blind(self._screen, argument)

    # --- the app ------------------------------------------------------------------------------------------

    async def doctor(self, _argument: str) -> None:
        await self._look_up("/doctor", lambda job: Diagnose(job=job), results.doctor_text)

    async def help(self, _argument: str) -> None:
        from tui.screens.help import HelpScreen

        self._screen.app.push_screen(HelpScreen())

    async def quit(self, _argument: str) -> None:
        await self._screen.app.action_quit()

    # ------------------------------------------------------------------------------------------------------

    def _document(self, name: str) -> OpenDocument:
        """The open document of that name; the one at hand without a name."""
        documents = self._screen.panel.documents
        requests.require_some(documents)
        document = documents.by_name(name) if name else self._screen.document_at_hand
        if document is None:
            raise ConfigError(
                _("No open document is called “{name}”.").format(name=name),
                _("Open: {names}.").format(names=", ".join(item.name for item in documents)),
            )
        return document

    def _read_document(self, name: str) -> OpenDocument:
        document = self._document(name)
        if document.document is None:
            raise ConfigError(
                _("“{name}” is still being read.").format(name=document.name), _("Wait a moment, then try again.")
            )
        return document

    async def _answer(
        self, shown: str, request: Callable[[str, OpenDocuments], Request], watcher: Watcher | None = None
    ) -> None:
        """Ask about the documents that are open now: those opened later were not meant, those closed are left out.

        It waits until they have been read: the model process would read them a second time, and whole.
        """
        documents = self._screen.panel.documents
        paths = {document.path for document in documents}

        def meant() -> OpenDocuments:
            return OpenDocuments(document for document in documents if document.path in paths)

        request("", meant())  # says now what is wrong with it
        await self._screen.ask(
            Turn(
                shown,
                lambda job: request(job, meant()),
                results.nothing_more,
                remembered=True,
                ready=lambda: not meant().being_read,
                watcher=watcher,
            )
        )

    async def _look_up(self, shown: str, request: Callable[[str], Any], present: Present) -> None:
        await self._screen.ask(Turn(shown, request, present))
