"""The fourth step: whether it fits into memory and how long it would take; from here it begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from adapters.registry import check_name, is_taken
from assistant.errors import AdapterError
from assistant.i18n import _
from assistant.protocol import ListRuns
from assistant.safe_text import one_line
from tui.choosable import Choosable
from tui.screens.asking import ChoiceScreen, ConfirmScreen
from tui.screens.training_pane import Keys, Pane
from tui.training.rows import RunRow, rows_of, run_row
from tui.training.settings import preset_name, preset_of
from tui.training.words import fit_words, note_line, run_state
from tui.widgets.job_line import JobLine
from tui.widgets.key_hints import Hint
from tui.widgets.loss_chart import LossChart, rate_legend

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen

TOO_LITTLE = "too_little"
"""The verdict of a data set that examples in the prompt would do better with."""


class FitPane(Pane):
    NAME = "fit"
    can_focus = True
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("enter", "start", show=False),
        Binding("t", "try_fit", show=False),
        Binding("l", "try_rates", show=False),
        Binding("y", "take_suggestion", show=False),
        Binding("c", "stop_trying", show=False),
    ]

    def __init__(self, desk: ChatScreen) -> None:
        super().__init__(desk)
        self._card = Static(markup=False)
        self._chart = LossChart()
        self._legend = Static(markup=False)
        self._line = JobLine("")

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="card", can_focus=False):
            yield self._card
        yield self._legend
        yield self._chart
        yield self._line

    def keys(self) -> Keys:
        return [
            (Hint("Enter", _("Train"), "screen.pane('start')"), _("Begin the training.")),
            (Hint("t", _("Try again"), "screen.pane('try_fit')"), _("Try once more whether it fits.")),
            (
                Hint("l", _("Compare rates"), "screen.pane('try_rates')"),
                _("Learn for sixty steps carefully, normally and boldly from the same start, and compare."),
            ),
            (Hint("y", "", "screen.pane('take_suggestion')"), _("Take what did best in that comparison.")),
            (Hint("c", _("Stop trying"), "screen.pane('stop_trying')"), _("Stop what is being tried.")),
        ]

    def about(self) -> str:
        return _(
            "First the memory is reckoned, then two real steps are made on the longest example and taken back. You "
            "need not wait for it: Enter begins, and a training that runs out of memory makes room by itself."
        )

    def enter(self) -> None:
        self.focus()
        trial = self.work.fit
        tried = trial is not None and trial.error is None and trial.draft == self.work.draft
        if not tried and not self.work.trains:
            self.action_try_fit()
        self.work_changed()

    # --- trying -------------------------------------------------------------------------------------------------------

    def action_try_fit(self) -> None:
        if self._can_try():
            self.in_background(self.work.try_fit())

    def action_try_rates(self) -> None:
        if self._can_try():
            self.in_background(self.work.try_rates())

    def _can_try(self) -> bool:
        if self.work.trains:
            self.say(_("A training goes on: nothing else can be tried beside it."))
            return False
        if not self.work.draft.data:
            self.say(_("Choose first what to learn from: step 1."))
            return False
        self.say()
        return not any(trial is not None and trial.goes_on for trial in (self.work.fit, self.work.rates))

    def action_take_suggestion(self) -> None:
        result = self.work.rates.result if self.work.rates is not None else None
        if best := preset_of((result or {}).get("suggestion")):
            self.work.draft = replace(self.work.draft, preset=best)
            self.say(_("How it learns: “{value}”.").format(value=preset_name(best)))

    def action_stop_trying(self) -> None:
        self.work.stop(self.work.fit)
        self.work.stop(self.work.rates)

    def work_changed(self) -> None:
        self._card.update(self._words())
        self._show_rates()
        going = next((one for one in (self.work.fit, self.work.rates) if one is not None and one.goes_on), None)
        self._line.display = going is not None
        if going is not None and going.progress is not None:
            self._line.show(going.progress)
        elif going is not None:
            self._line.say(_("One moment") + "…")

    def _words(self) -> Text:
        trial = self.work.fit
        draft = self.work.draft
        text = Text(_("“{name}” from {data}").format(name=one_line(draft.name), data=one_line(draft.data)), "bold")
        if trial is None:
            return text
        if trial.draft != draft:
            text.append("\n" + _("The settings are others since it was tried: t tries again."), "not bold dim")
        for fit in (trial.measured or trial.estimated,):
            if fit is not None:
                text.append("\n").append_text(_plain(fit_words(fit)))
        if trial.error is not None:
            colour = self.app.theme_variables.get("error", "red")
            text.append(f"\n{one_line(trial.error.message)} {one_line(trial.error.hint)}", f"not bold {colour}")
        for note in trial.notes:
            text.append("\n").append_text(_plain(note_line(note)))
        return text

    def _show_rates(self) -> None:
        trial = self.work.rates
        self._chart.display = self._legend.display = trial is not None and bool(trial.rates.curves)
        if trial is None:
            return
        legend = rate_legend(trial.rates, self.app.theme_variables)
        if trial.result is not None:
            legend.append("\n" + one_line(str(trial.result.get("sentence") or "")))
            if (best := preset_of(trial.result.get("suggestion"))) and best != self.work.draft.preset:
                legend.append(" " + _("y takes it: “{value}”.").format(value=preset_name(best)), "bold")
        if trial.error is not None:
            legend.append(f"\n{one_line(trial.error.message)} {one_line(trial.error.hint)}")
        self._legend.update(legend)
        self._chart.show_rates(trial.rates)

    # --- beginning ----------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="start", exit_on_error=False)
    async def action_start(self) -> None:
        """Asks about whatever somebody may not have meant, one thing at a time."""
        draft = self.work.draft
        if self.work.trains:
            self.go_to("run")
        elif not draft.data:
            self.say(_("Choose first what to learn from."))
            self.go_to("data")
        elif (wrong := _wrong_name(draft.name)) is not None:
            self.go_to("settings")
            self.say_error(wrong)
        elif (unfinished := await self._unfinished(draft.name)) is not None:
            await self._ask_about(unfinished)
        elif await self._is_meant():
            self._begin(overwrite=is_taken(draft.name))

    async def _unfinished(self, name: str) -> RunRow | None:
        result = await self.ask(lambda job: ListRuns(job=job))
        rows = [run_row(row) for row in rows_of(result or {}, "runs")]
        return next((row for row in rows if row.name == name and row.is_unfinished), None)

    async def _ask_about(self, run: RunRow) -> None:
        title = _("“{name}” was begun before: {state}").format(name=run.name, state=run_state(run))
        choices = [
            Choosable("resume", _("Go on where it was left"), _("with its own settings")),
            Choosable("anew", _("Begin anew"), _("what it learned so far is thrown away")),
        ]
        chosen = await self.app.push_screen_wait(ChoiceScreen(title, choices))
        if chosen == "resume":
            self.in_background(self.work.go_on(run.name))
            self.go_to("run")
        elif chosen == "anew" and await self._is_meant():
            self._begin(overwrite=True)

    async def _is_meant(self) -> bool:
        name = self.work.draft.name
        if is_taken(name):
            question = _("There is already an adapter called “{name}”. Shall the new one take its place?")
            hint = _("The present one is kept as a version. To keep both, give this one another name: step 3.")
            screen = ConfirmScreen(question.format(name=name), yes=_("Take its place"), no=_("Leave it"), hint=hint)
            if not await self.app.push_screen_wait(screen):
                return False
        if self._is_too_little:
            question = _("These are so few examples that little can be learned from them. Train all the same?")
            hint = _("A few good examples in your question do more: paste two and ask for a third.")
            screen = ConfirmScreen(question, yes=_("Train"), no=_("Leave"), hint=hint)
            return bool(await self.app.push_screen_wait(screen))
        return True

    @property
    def _is_too_little(self) -> bool:
        return self.work.verdicts.get(self.work.draft.data) == TOO_LITTLE

    def _begin(self, *, overwrite: bool) -> None:
        self.action_stop_trying()
        if not self.work.draft.model and self.desk.choice.model not in ("", "auto"):
            self.work.draft = replace(self.work.draft, model=self.desk.choice.model)
        self.in_background(self.work.train(overwrite=overwrite, few=self._is_too_little))
        self.go_to("run")


def _wrong_name(name: str) -> AdapterError | None:
    try:
        check_name(name)
    except AdapterError as error:
        return error
    return None


def _plain(text: Text) -> Text:
    """Beneath a bold line, and not bold itself."""
    return Text("", "not bold").append_text(text)
