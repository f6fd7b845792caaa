"""The one screen of the app: the conversation, its documents, and a line to type in.

It decides what a line means. What the commands do is in `tui.screens.commands`; whose turn it is, in
`tui.turn_runner`; drawing is the widgets' work; talking to the model process is `tui.model_client`'s.
"""

from __future__ import annotations

import contextlib

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import Screen

from assistant.config import Settings
from assistant.errors import ConfigError, SuntoError
from assistant.i18n import _
from assistant.protocol import TERMINAL, Event, Failed, Finished, ProcessReady
from assistant.safe_text import printable
from tui import requests
from tui.actions import actions, find_command, nearest_command, split_command
from tui.conversation import Conversation
from tui.dropped_paths import existing_files
from tui.model_client import ProcessDied, ProcessStarting
from tui.open_documents import OpenDocument
from tui.requests import Choice
from tui.results import as_text, nothing_more
from tui.running_turn import restored
from tui.screens.commands import Commands
from tui.status import status_after, status_while
from tui.turn_runner import Client, TurnRunner
from tui.turns import Turn
from tui.widgets.completion_list import CompletionList
from tui.widgets.composer import Composer
from tui.widgets.document_panel import DocumentCard, DocumentPanel
from tui.widgets.frozen_message import FrozenMessage, Kind
from tui.widgets.key_hints import KeyHints
from tui.widgets.reading_line import ReadingLine
from tui.widgets.status_bar import StatusBar
from tui.widgets.transcript import Transcript
from tui.widgets.welcome import Welcome


class FromModelProcess(Message):
    """An event of the protocol, or one about the process itself."""

    def __init__(self, event: object) -> None:
        super().__init__()
        self.event = event


class ChatScreen(Screen[None]):
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-wide")]  # noqa: RUF012 - Textual's class variable
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012

    def __init__(self, client: Client, settings: Settings) -> None:
        super().__init__()
        self._typed_early: list[str] | None = []
        """Lines sent before the last conversation was back; None from then on."""
        self._reopened: set[str] = set()
        """Paths of documents that came back with the conversation."""
        self._covered = False
        """The panel hides the conversation."""
        self.model_at_hand = False
        """A base model is on this machine, so that nothing need be fetched."""
        self.conversation = Conversation(settings, self._library_trouble)
        self.commands = Commands(self, Choice(settings.model, settings.adapter))
        self._settings = settings
        self.transcript = Transcript()
        self.panel = DocumentPanel(self.conversation.read_document)
        self.completions = CompletionList()
        self.composer = Composer(self.completions, placeholder=_("Ask, or type / for commands"))
        self.reading = ReadingLine()
        self.status = StatusBar()
        self._turns = TurnRunner(client, self.transcript, self.conversation, self.status)

    def compose(self) -> ComposeResult:
        with Horizontal(id="desk"):
            with Vertical(id="talk"):
                yield self.transcript
                yield self.reading
                yield self.completions
                yield self.composer
            yield self.panel
        yield self.status
        yield KeyHints()

    async def on_mount(self) -> None:
        self.composer.adapter_names = _adapter_names
        self.composer.document_names = lambda: [document.name for document in self.panel.documents]
        self.composer.focus()
        await self.transcript.show(Welcome())
        adapter = self._settings.adapter
        self.status.change(adapter="" if adapter == "none" else adapter)

    # --- the start, after the first paint -----------------------------------------------------------------

    async def take_up(self) -> None:
        """Bring back the latest conversation and its documents."""
        paths = await self.conversation.restore()
        messages = self.conversation.messages
        if messages:
            await self.transcript.fill(restored(messages))
            self.composer.remember([message.content for message in messages if message.role == "user"])
        self._reopened = set(paths)
        for path in paths:
            self.panel.open(requests.to_path(path))
        early, self._typed_early = self._typed_early or [], None
        for text in early:
            self.call_later(self.submit, text)

    async def welcome_model(self, kept: bool) -> None:
        """Say whether a model is at hand, and begin to load it when one is."""
        self.model_at_hand = kept
        for welcome in self.query(Welcome):
            welcome.note_model(kept)
        if kept:
            choice = self.commands.choice
            await self._turns.ask(Turn("", lambda job: requests.load(job, choice), nothing_more))

    # --- what is typed ------------------------------------------------------------------------------------

    @on(Composer.Submitted)
    async def _submitted(self, event: Composer.Submitted) -> None:
        await self.submit(event.text)

    async def submit(self, text: str) -> None:
        """Carry out one line: a dropped path, a command, or a question."""
        if self._typed_early is not None:
            self._typed_early.append(text)
            return
        self.transcript.follow()
        try:
            await self._carry_out(text)
        except SuntoError as error:
            await self._say_error(error)

    async def _carry_out(self, text: str) -> None:
        command = split_command(text)
        action = find_command(command[0]) if command else None
        if command and action:
            await getattr(self.commands, action.name)(command[1])
        elif existing_files(text) or (command and "/" in command[0]):
            await self.commands.open(text)  # a command has one slash, an absolute path has more
        elif command:
            await self._unknown_command(command[0])
        else:
            await self.commands.question(text)

    async def _unknown_command(self, word: str) -> None:
        near = nearest_command(word)
        hint = (
            _("Did you mean `/{near}`?").format(near=near.name)
            if near
            else _("F1 shows every command. A question that begins with a slash needs a space before it.")
        )
        sentence = _("There is no command /{word}.").format(word=as_text(word))
        await self.say(f"{sentence}  \n*{hint}*", "error")

    @on(Composer.FilesDropped)
    def _files_dropped(self, event: Composer.FilesDropped) -> None:
        for path in event.paths:
            self.panel.open(path.absolute())

    @on(CompletionList.Chosen)
    def _completion_chosen(self, event: CompletionList.Chosen) -> None:
        self.composer.accept(event.completion)

    def action_run(self, name: str) -> None:
        """An action by key, click or palette.

        Carried out among this screen's messages, not among the app's: those are the way of every key press.
        """
        self.call_later(self._run_action, name)

    async def _run_action(self, name: str) -> None:
        """One that needs words is put into the composer."""
        action = next(action for action in actions() if action.name == name)
        if action.arguments and not action.arguments.startswith("["):
            self.composer.write(f"/{name} ")
            self.composer.focus()
            return
        try:
            await getattr(self.commands, name)("")
        except SuntoError as error:
            await self._say_error(error)

    def action_scroll_transcript(self, pages: int) -> None:
        if self.transcript.max_scroll_y > 0:  # short conversations stand on the composer, at a negative offset
            height = max(1, self.transcript.size.height - 1)
            self.transcript.scroll_relative(y=pages * height, animate=False)

    # --- turns --------------------------------------------------------------------------------------------

    async def ask(self, turn: Turn) -> None:
        """Begin a turn at once, or when everything before it is done."""
        await self.query(Welcome).remove()
        await self._turns.ask(turn)

    async def stop(self) -> None:
        """Stop the answer, or take the newest waiting prompt back into the composer; else stop reading a document."""
        if not self._turns.can_stop and self.panel.documents.being_read:
            await self._stop_reading(self.panel.documents.being_read[-1])
            return
        withdrawn = await self._turns.stop()
        if withdrawn is not None and not self.composer.text:
            self.composer.write(withdrawn.shown)

    async def _stop_reading(self, document: OpenDocument) -> None:
        self._reopened.discard(str(document.path))
        self.panel.close(document.path)
        await self.say(
            _("“{name}” is left closed. Opened again, it is read on from where it was.").format(
                name=as_text(document.name)
            )
        )

    async def begin_new_conversation(self) -> None:
        """Empty the desk; what was said is kept in the library."""
        await self._turns.leave_conversation()
        self.conversation.begin_new()
        self._reopened.clear()
        self.panel.close_all()
        self.choice_changed()
        staying = self._turns.widgets
        await self.transcript.clear(staying)
        if not staying:
            await self.transcript.show(Welcome())

    async def leave(self) -> None:
        """Keep what is written so far; the app is about to end."""
        await self._turns.keep_what_is_written()
        await self.conversation.close()

    # --- events of the model process ----------------------------------------------------------------------

    @on(FromModelProcess)
    async def _from_model_process(self, message: FromModelProcess) -> None:
        event = message.event
        if isinstance(event, ProcessStarting):
            self.status.change(phase="starting", model="", context_used=0, tokens_per_second=0.0)
        elif isinstance(event, ProcessReady):
            self.status.change(phase="idle" if self._turns.running is None else "working")
        elif isinstance(event, ProcessDied):
            await self._process_died(event)
        elif isinstance(event, Event):
            await self._job_event(event)

    async def _job_event(self, event: Event) -> None:
        if not isinstance(event, TERMINAL):
            self.status.change(**status_while(event, self.status.status.phase))
        ended = await self._turns.receive(event)
        if ended is None:
            return
        self.status.change(**status_after(event, self.commands.choice, self._settings))
        if isinstance(event, Finished) and event.result.get("model"):
            self.model_at_hand = True
        if isinstance(event, Failed) and not ended.visible:
            await self._say_error(SuntoError(event.message, event.hint))
        await self._turns.advance()

    async def _process_died(self, event: ProcessDied) -> None:
        """The turn that was running has already said so; without one, say it here."""
        if not event.restarting:
            self.status.change(phase="down", model="")
            await self.say(
                _("The model process does not stay up ({reason}). It is tried again with your next question.").format(
                    reason=as_text(event.reason)
                ),
                "error",
            )

    # --- documents ----------------------------------------------------------------------------------------

    @on(DocumentPanel.Read)
    async def _document_read(self, event: DocumentPanel.Read) -> None:
        document = event.document
        path = str(document.path)
        self._take_up_choice(document)
        if path in self._reopened or document not in self.panel.documents:  # closed meanwhile
            self._reopened.discard(path)
            return
        await self.conversation.attach(document.path)
        facts = _("Opened **{title}**").format(title=as_text(document.title)) + f"  \n{document.facts}"
        warnings = document.document.warnings if document.document else ()
        for warning in warnings:
            facts += f"  \n⚠ {as_text(warning)}"
        await self.say(facts, "document")

    def _take_up_choice(self, document: OpenDocument) -> None:
        """What was chosen of it the last time; all of it where the file no longer has that."""
        chapters, pages = self.conversation.choices.get(str(document.path), ("", ""))
        with contextlib.suppress(ConfigError):
            document.choose(chapters, pages)
        self.choice_changed()

    @on(DocumentPanel.NotRead)
    async def _document_not_read(self, event: DocumentPanel.NotRead) -> None:
        self._reopened.discard(str(event.document.path))
        await self._say_error(event.error)

    @on(DocumentPanel.PasswordNeeded)
    async def _password_needed(self, event: DocumentPanel.PasswordNeeded) -> None:
        if str(event.path) in self._reopened and event.refused is None:
            self._reopened.discard(str(event.path))
            await self.say(
                _("“{name}” is protected by a password: open it again to go on with it.").format(
                    name=as_text(event.path.name)
                ),
                "warning",
            )
            return
        from tui.screens.password import PasswordScreen

        def answered(password: str | None) -> None:
            if password:
                self.panel.open(event.path, password)

        refused = f"{event.refused.message} {event.refused.hint}" if event.refused else ""
        self.app.push_screen(PasswordScreen(event.path.name, refused), answered)

    @on(DocumentPanel.Reading)
    def _reading_goes_on(self) -> None:
        self.reading.show_first(self.panel.documents.being_read)

    @on(DocumentCard.PagesWanted)
    def _pages_wanted(self, event: DocumentCard.PagesWanted) -> None:
        self.show_pages(event.document)

    @on(DocumentCard.ChaptersWanted)
    def _chapters_wanted(self, event: DocumentCard.ChaptersWanted) -> None:
        self.show_chapters(event.document)

    def show_pages(self, item: OpenDocument) -> None:
        """The view of a document, once it has been read."""
        if item.document is not None:
            from tui.screens.document import DocumentScreen

            self.app.push_screen(DocumentScreen(item, item.document, self.choice_changed))

    def show_chapters(self, item: OpenDocument) -> None:
        if item.document is not None:
            from tui.screens.chapters import ChaptersScreen

            self.app.push_screen(ChaptersScreen(item, item.document), lambda _is_new: self.choice_changed())

    def choice_changed(self) -> None:
        """Other chapters or pages of an open document are read from now on."""
        for document in self.panel.documents:
            self.panel.refresh_card(document)
            if document.document is not None:
                self.call_later(self.conversation.choose, document.path, document.chapters, document.pages)
        self.status.change(chosen=self.panel.documents.chosen)

    def toggle_panel(self) -> None:
        """On a narrow screen the panel is hidden until asked for, on a wide one shown until sent away."""
        self.toggle_class("-panel-shown" if self.has_class("-narrow") else "-panel-hidden")
        self.call_after_refresh(self._fit_panel)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit_panel)

    def _fit_panel(self) -> None:
        """The panel covers a narrow screen and says how to leave it; what it covers loses the focus to a document."""
        covers = self.has_class("-narrow") and self.has_class("-panel-shown")
        self.panel.border_subtitle = _("F2 closes") if self.has_class("-narrow") else _("F3 pages · F4 chapters")
        if self.focused is None or (self._covered and not covers):
            self.composer.focus()
        self._covered = covers

    # --- what is said -------------------------------------------------------------------------------------

    async def say(self, text: str, kind: Kind = "notice") -> None:
        """Something from the app itself, as Markdown. Not part of the conversation."""
        await self.query(Welcome).remove()
        running = self._turns.widgets
        await self.transcript.show(FrozenMessage(text, kind), before=running[-1] if running else None)

    async def _say_error(self, error: SuntoError) -> None:
        text = as_text(error.message) + (f"  \n*{as_text(error.hint)}*" if error.hint else "")
        await self.say(text, "error")

    def _library_trouble(self, error: SuntoError) -> None:
        self.notify(
            f"{printable(error.message)} {printable(error.hint)}",
            title=_("This conversation is not being saved"),
            severity="warning",
            timeout=15,
            markup=False,
        )


def _adapter_names() -> list[str]:
    from adapters.registry import list_adapters

    return [record.name for record in list_adapters()]
