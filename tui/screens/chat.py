"""The one screen of the app: the conversation, its documents, and a line to type in.

It decides what a line means. What the commands do is in `tui.screens.commands`, what becomes of documents in
`tui.screens.documents`, of claims in `tui.screens.checking`, who answers in `tui.screens.answering`; whose turn it is,
in `tui.turn_runner`; drawing is the widgets' work; talking to the model process is `tui.model_client`'s.
"""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message

from adapters.in_training_label import label_of
from assistant.config import Settings
from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import TERMINAL, Answering, Event, Failed, Finished, ProcessReady
from assistant.safe_text import printable
from tui import requests
from tui.actions import actions, find_command, nearest_command, split_command
from tui.adapter_rows import adapter_names
from tui.dropped_paths import existing_files
from tui.evaluation.work import EvaluationWork, measuring_words
from tui.finished_answers import restored
from tui.model_client import ProcessDied, ProcessStarting
from tui.results import as_text, evaluated_text, nothing_more, trained_text
from tui.screens.answering import AnsweringScreen
from tui.screens.commands import Commands
from tui.status import status_after, status_while
from tui.training.live import LiveTraining
from tui.training.words import status_words, waiting_words
from tui.training.work import Doing, TrainingWork
from tui.turn_runner import Client, TurnRunner
from tui.turns import Turn
from tui.widgets.completion_list import CompletionList
from tui.widgets.composer import Composer
from tui.widgets.frozen_message import FrozenMessage, Kind
from tui.widgets.key_hints import KeyHints
from tui.widgets.welcome import Welcome


class FromModelProcess(Message):
    """An event of the protocol, or one about the process itself."""

    def __init__(self, event: object) -> None:
        super().__init__()
        self.event = event


class ChatScreen(AnsweringScreen):
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (90, "-wide")]  # noqa: RUF012 - Textual's class variable
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012

    def __init__(self, client: Client, settings: Settings) -> None:
        super().__init__(settings, client)
        self._typed_early: list[str] | None = []
        """Lines sent before the last conversation was back; None from then on."""
        self.model_at_hand = False
        """A base model is on this machine, so that nothing need be fetched."""
        self.commands = Commands(self)
        self.completions = CompletionList()
        self.composer = Composer(self.completions, placeholder=_("Ask, or type / for commands"))
        self.training = TrainingWork(self.errands, client, self._training_ended)
        self.evaluation = EvaluationWork(self.errands, client, self._show_training, self._evaluation_ended)
        self._turns = TurnRunner(
            client, self.transcript, self.conversation, self.status, lambda: waiting_words(self.training.live)
        )
        self.training.listeners.add(self._show_training)

    def compose(self) -> ComposeResult:
        with Horizontal(id="desk"):
            with Vertical(id="talk"):
                yield self.transcript
                yield self.claim_line
                yield self.reading
                yield self.completions
                yield self.composer
            yield self.panel
        yield self.status
        yield KeyHints()

    async def on_mount(self) -> None:
        self.composer.adapter_names = self._adapter_names
        self.composer.document_names = lambda: [document.name for document in self.panel.documents]
        self.composer.focus()
        await self.transcript.show(Welcome())
        self.show_answerer()

    # --- the start, after the first paint -----------------------------------------------------------------

    async def take_up(self) -> None:
        """Bring back the latest conversation and its documents."""
        paths = await self.conversation.restore()
        messages = self.conversation.messages
        if messages:
            await self.transcript.fill(restored(messages))
            self.composer.remember([message.content for message in messages if message.role == "user"])
        self.reopened = set(paths)
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
            choice = self.choice
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
            await self.say_error(error)

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

    def on_key(self, event: events.Key) -> None:
        """What is typed or pasted is meant for the composer, wherever the focus is: in an answer, on a document."""
        if event.is_printable and event.character and event.key not in self.active_bindings and not self._covered:
            event.stop()
            self.composer.focus()
            self.composer.insert(event.character)

    def on_paste(self, event: events.Paste) -> None:
        if not self._covered:
            event.stop()
            self.composer.focus()
            self.composer.post_message(events.Paste(event.text))

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
            await self.say_error(error)

    def action_scroll_transcript(self, pages: int) -> None:
        if self.transcript.max_scroll_y > 0:  # short conversations stand on the composer, at a negative offset
            height = max(1, self.transcript.size.height - 1)
            self.transcript.scroll_relative(y=pages * height, animate=False)

    # --- turns --------------------------------------------------------------------------------------------

    async def ask(self, turn: Turn) -> None:
        """Begin a turn at once, or when everything before it is done."""
        await self.query(Welcome).remove()
        await self._turns.ask(turn)

    async def begin_what_waits(self) -> None:
        await self._turns.advance()

    def go_on_typing(self) -> None:
        self.composer.focus()

    async def stop(self) -> None:
        """Stop the answer, or take the newest waiting prompt back into the composer; else stop reading a document."""
        if not self._turns.can_stop and self.panel.documents.being_read:
            await self.stop_reading(self.panel.documents.being_read[-1])
            return
        withdrawn = await self._turns.stop()
        if withdrawn is not None and not self.composer.text:
            self.composer.write(withdrawn.shown)

    async def begin_new_conversation(self) -> None:
        """Empty the desk; what was said is kept in the library."""
        await self._turns.leave_conversation()
        self.conversation.begin_new()
        self.reopened.clear()
        self.panel.close_all()
        self.choice_changed()
        staying = self._turns.widgets
        await self.transcript.clear(staying)
        self.forget_claims()
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
        elif isinstance(event, Event) and not self.errands.receive(event):
            await self._job_event(event)

    async def _job_event(self, event: Event) -> None:
        if isinstance(event, Answering):
            self.note_answering(event, self._turns.running)
        elif not isinstance(event, TERMINAL):
            self.status.change(**status_while(event, self.status.status.phase))
        ended = await self._turns.receive(event)
        if ended is None:
            return
        self.note_answered()
        self.status.change(**status_after(event))
        if isinstance(event, Finished) and event.result.get("model"):
            self.model_at_hand = True
        if isinstance(event, Failed) and not ended.visible:
            await self.say_error(SuntoError(event.message, event.hint))
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

    # --- a training beside the conversation ---------------------------------------------------------------

    def _show_training(self) -> None:
        """Or what is measured, which goes on as long."""
        words = status_words(self.training.live) or measuring_words(self.evaluation.doing)
        self.status.change(training=words)

    def _adapter_names(self) -> list[str]:
        """Those that can answer now; the one in training is among them."""
        trained = [self.training.live.name] if self.training.live is not None and self.training.in_training else []
        return sorted({*adapter_names(), *trained})

    async def _training_ended(self, live: LiveTraining) -> None:
        """Told in the conversation, wherever one is. Whoever asked it in training asks what came of it from then on."""
        await self.adapters_changed(label_of(live.name), live.name if live.state == "finished" else "")
        if live.state == "finished":
            await self.say(trained_text(live.result))
        elif live.error is not None:
            await self.say_error(live.error)

    async def _evaluation_ended(self, doing: Doing) -> None:
        """While nobody looked at its report."""
        if doing.result is not None:
            await self.say(evaluated_text(doing.about, doing.result))
        elif doing.error is not None:
            await self.say_error(doing.error)

    # --- what is said -------------------------------------------------------------------------------------

    async def say(self, text: str, kind: Kind = "notice") -> None:
        """Something from the app itself, as Markdown, above what is yet to come. Not part of the conversation."""
        await self.query(Welcome).remove()
        await self.transcript.show(FrozenMessage(text, kind), before=self._turns.end_of_what_was_said)

    async def say_error(self, error: SuntoError) -> None:
        text = as_text(error.message) + (f"  \n*{as_text(error.hint)}*" if error.hint else "")
        await self.say(text, "error")

    def library_trouble(self, error: SuntoError) -> None:
        self.notify(
            f"{printable(error.message)} {printable(error.hint)}",
            title=_("This conversation is not being saved"),
            severity="warning",
            timeout=15,
            markup=False,
        )
