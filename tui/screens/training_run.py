"""The fifth step: the training while it goes on, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container, Vertical, VerticalScroll
from textual.widgets import Static

from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import RemoveRun, SetSubjectAdapter
from assistant.safe_text import one_line, printable
from tui.choosable import Choosable
from tui.screens.asking import ChoiceScreen
from tui.screens.training_pane import Keys, Pane
from tui.training.live import LiveTraining
from tui.training.words import fit_words, headline, note_line, numbers, result_words, samples_words, speed
from tui.widgets.job_line import JobLine
from tui.widgets.key_hints import Hint
from tui.widgets.loss_chart import LossChart

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen

SHOWN_NOTES = 20


class RunPane(Pane):
    NAME = "run"
    can_focus = True
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("p", "pause", show=False),
        Binding("s", "stop", show=False),
        Binding("r", "resume", show=False),
        Binding("enter", "use", show=False),
        Binding("b", "subject", show=False),
        Binding("w", "report", show=False),
        Binding("down,space", "read_on(1)", show=False),
        Binding("up,backspace", "read_on(-1)", show=False),
    ]

    def __init__(self, desk: ChatScreen) -> None:
        super().__init__(desk)
        self._head = Static(markup=False, classes="head")
        self._chart = LossChart()
        self._numbers = Static(markup=False, classes="numbers")
        self._more = Static(markup=False)
        self._scroll = VerticalScroll(self._more, classes="card", can_focus=False)
        self._line = JobLine("")
        self._state = ""
        self._measured = False

    def compose(self) -> ComposeResult:
        yield self._head
        with Container(classes="columns"):
            with Vertical(classes="curves"):
                yield self._numbers
                yield self._chart
            yield self._scroll
        yield self._line

    def keys(self) -> Keys:
        live = self.work.live
        pausing = (
            Hint("p", _("Pause"), "screen.pane('pause')"),
            _("Write down where it is and free the memory; r goes on later, also after Sunto was closed."),
        )
        stopping = (
            Hint("s", _("Stop"), "screen.pane('stop')"),
            _("End it and throw away what it learned, after asking."),
        )
        resuming = (Hint("r", _("Go on"), "screen.pane('resume')"), _("Go on where it was left."))
        using = (Hint("Enter", _("Use it now"), "screen.pane('use')"), _("Answer with it from the next answer on."))
        giving = (Hint("b", _("Subject"), "screen.pane('subject')"), _("Make it the adapter of a subject."))
        asking = (
            Hint("w", _("Worth it?"), "screen.pane('report')"),
            _("Show the report: better or worse than the model without it, and how sure that is."),
        )
        reading = (Hint("↓", "", "screen.pane('read_on(1)')"), _("Read on in what it writes; ↑ goes back."))
        if live is None:
            return []
        ending = (
            Hint("s", _("Stop"), "screen.pane('stop')"),
            _("Stop measuring. The adapter is there and stays; its report can be made later."),
        )
        if live.goes_on and live.is_measured:
            return [ending, reading]
        if live.goes_on:
            return [pausing, stopping, *([using] if live.state == "running" else []), reading]
        return [using, asking, giving, reading] if live.state == "finished" else [resuming, stopping, reading]

    def about(self) -> str:
        return _(
            "The line is how far the model is from its examples, the diamonds how far it is from documents it does "
            "not learn from: lower is better, and the diamonds count. When they rise while the line falls, it begins "
            "to know its examples by heart; Sunto then stops and keeps the best. You may leave this screen, and chat: "
            "the training goes on, and answers come between two of its steps."
        )

    def enter(self) -> None:
        self.focus()
        self.work_changed()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def work_changed(self) -> None:
        live = self.work.live
        if live is None:
            self._head.update(Text(_("No training goes on. Step 1 begins one, or goes on with one that was left.")))
            self._line.display = False
            return
        if (live.state, live.is_measured) != (self._state, self._measured):
            if self._state == "pausing" or self._measured:  # what was said of it is over
                self.say()
            self._state, self._measured = live.state, live.is_measured
            self.post_message(self.KeysChanged())
        self._head.update(self._headline(live))
        self._numbers.update(self._figures(live))
        self._chart.show_training(live)
        self._more.update(self._notes_and_samples(live))
        self._line.display = live.goes_on and live.progress is not None
        if live.progress is not None:
            self._line.show(live.progress)

    def _headline(self, live: LiveTraining) -> Text:
        if live.state == "finished":
            text = Text(result_words(live), "bold")
            keys = _("Enter answers with it now, w shows whether it was worth it, b gives it to a subject.")
            return text.append(" " + keys, "not bold")
        text = Text(headline(live), "bold")
        if live.error is not None:
            colour = self.app.theme_variables.get("error", "red")
            text.append(
                f"\n{printable(live.error.message)} {printable(live.error.hint)}".rstrip(), f"not bold {colour}"
            )
        return text

    def _figures(self, live: LiveTraining) -> Text:
        text = numbers(live, self.app.theme_variables)
        if live.last is not None and live.goes_on:
            text.append("\n" + speed(live.last), "dim")
        return text

    def _notes_and_samples(self, live: LiveTraining) -> Text:
        text = Text()
        if live.state == "starting" and live.fit is not None:
            text.append_text(fit_words(live.fit)).append("\n")
        for note in reversed(live.notes[-SHOWN_NOTES:]):
            text.append_text(note_line(note)).append("\n")
        return text.append("\n" if live.notes else "").append_text(samples_words(live))

    def action_read_on(self, pages: int) -> None:
        self._scroll.scroll_relative(y=pages * max(1, self._scroll.size.height - 1), animate=False)

    # --- the keys -----------------------------------------------------------------------------------------------------

    def action_pause(self) -> None:
        live = self.work.live
        if live is None or not live.goes_on:
            return
        if live.is_measured:
            self._stop_measuring()
            return
        again = live.state == "pausing"
        self.work.pause(unload=not self.desk.conversation.messages)
        if again:
            self.say(
                _("It is ended at once."), _("What came after the last point that was written down is done again.")
            )
        else:
            self.say(_("Pausing: it ends the step it is in first."), _("p again does not wait for that."))

    def action_resume(self) -> None:
        live = self.work.live
        if live is None or live.goes_on or live.state == "finished":
            return
        self.say()
        self.in_background(self.work.go_on(live.name))

    def action_stop(self) -> None:
        live = self.work.live
        if live is None or live.state == "finished":
            return
        if live.goes_on and live.is_measured:
            self._stop_measuring()
            return
        sentence = _("End the training “{name}” and throw away what it learned so far?").format(name=live.name)
        hint = _("To go on with it another time, pause it instead: key p.")
        self.confirm(sentence, _("Throw it away"), lambda: self.in_background(self._throw_away(live)), hint=hint)

    def _stop_measuring(self) -> None:
        self.work.stop_measuring()
        self.say(_("Stopping") + "…")

    async def _throw_away(self, live: LiveTraining) -> None:
        await self.work.pause_and_wait()
        if live.state == "finished":  # it was quicker
            return
        if live.has_begun and await self.ask(lambda job: RemoveRun(job=job, name=live.name)) is None:
            return
        if self.work.live is live:
            self.work.forget()
        if self.is_attached:
            self.say(_("“{name}” is ended, and nothing of it is left.").format(name=one_line(live.name)))
            self.go_to("settings")

    async def action_use(self) -> None:
        live = self.work.live
        if live is None or live.state not in ("running", "finished"):
            return
        name = self.work.in_training or str(live.result.get("name") or live.name)
        try:
            await self.desk.commands.use_adapter(name)
        except SuntoError as error:
            self.say_error(error)
            return
        self.say(_("“{name}” answers from the next answer on.").format(name=one_line(name)), _("Esc goes back."))

    def action_report(self) -> None:
        from tui.screens.evaluation import EvaluationScreen

        live = self.work.live
        if live is not None and live.state == "finished":
            self.app.push_screen(EvaluationScreen(self.desk, str(live.result.get("name") or live.name)))

    async def action_subject(self) -> None:
        live = self.work.live
        if live is None or live.state != "finished":
            return
        subjects = await self.desk.conversation.subjects()
        if not subjects:
            self.say(_("There are no subjects yet."), _("Make one outside: sunto library add PATH --subject NAME"))
            return
        name = str(live.result.get("name") or live.name)
        choices = [Choosable(subject.name, subject.name, subject.adapter or _("has none")) for subject in subjects]

        def chosen(subject: str | None) -> None:
            if subject is not None:
                self.run_worker(self._give(name, subject), exit_on_error=False)

        title = _("“{name}” answers about the documents of").format(name=name)
        self.app.push_screen(ChoiceScreen(title, choices), chosen)

    async def _give(self, name: str, subject: str) -> None:
        if await self.ask(lambda job: SetSubjectAdapter(job=job, subject=subject, adapter=name)) is None:
            return
        await self.desk.adapters_changed()
        words = _("“{adapter}” answers about the documents of “{subject}” now.")
        self.say(words.format(adapter=one_line(name), subject=one_line(subject)))
