"""The first step: what to learn from. Trainings that were begun, data sets that are kept, or a folder of notes."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from assistant.i18n import _
from assistant.protocol import ListDatasets, ListRuns, RemoveDataset, RemoveRun
from assistant.safe_text import one_line, printable
from tui.choosable import Choosable
from tui.completion import data_suffixes
from tui.dropped_paths import to_path
from tui.screens.asking import ChoiceScreen, LineScreen
from tui.screens.training_pane import Keys, Pane
from tui.training.rows import DamagedRow, DatasetRow, RunRow, damaged_rows, dataset_row, rows_of, run_row
from tui.training.words import damaged_card, damaged_line, dataset_card, dataset_line, run_line, run_state
from tui.widgets.job_line import JobLine
from tui.widgets.key_hints import Hint
from tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


class DataPane(Pane):
    NAME = "data"
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("enter", "choose", show=False),
        Binding("o", "open", show=False),
        Binding("w", "let_write", show=False),
        Binding("x,delete", "remove", show=False),
    ]

    def __init__(self, desk: ChatScreen) -> None:
        super().__init__(desk)
        self._stood_on: tuple[type, str] | None = None
        """What the list stands on, by its kind and name; None is the way to a new one."""
        self._looks = False
        """The lists are on their way: another job of the model process comes first."""
        self._list = LineList(1, self._line)
        self._card = Static(markup=False)
        self._line_of_work = JobLine("")
        self._asked_over = ""
        """The path whose data set is there already, and whether to build it again was asked."""

    def compose(self) -> ComposeResult:
        yield self._list
        with VerticalScroll(classes="card", can_focus=False):
            yield self._card
        yield self._line_of_work

    def keys(self) -> Keys:
        return [
            (Hint("Enter", _("Choose"), "screen.pane('choose')"), _("Go on with what the list stands on.")),
            (
                Hint("o", _("Open"), "screen.pane('open')"),
                _("Make examples of a folder, a document, a table."),
            ),
            (
                Hint("w", _("Let it write"), "screen.pane('let_write')"),
                _("The same, and the model itself writes examples where there are none: look through them."),
            ),
            (
                Hint("x", _("Remove"), "screen.pane('remove')"),
                _("Delete this data set, or what is left of a training."),
            ),
        ]

    def about(self) -> str:
        return _(
            "An adapter learns from examples: a text, and what is to be written about it. Sunto makes them of a folder "
            "of notes: your own summaries beside the notes count most (lesson.md and lesson.summary.md), then the "
            "summaries and key sentences that stand in the documents. What was made is kept here by its name."
        )

    def enter(self) -> None:
        self._list.focus()
        self._draw_list()
        self.refresh_lists()

    @work(exclusive=True, group="lists", exit_on_error=False)
    async def refresh_lists(self) -> None:
        """What was there the last time stands there until it is known what is there now."""
        self._looks = True
        self.work_changed()
        runs = await self.ask(lambda job: ListRuns(job=job))
        datasets = await self.ask(lambda job: ListDatasets(job=job))
        self._looks = False
        if runs is not None:
            self.work.runs = [run_row(row) for row in rows_of(runs, "runs")]
        if datasets is not None:
            self.work.datasets = [dataset_row(row) for row in rows_of(datasets, "datasets")]
        if runs is not None and datasets is not None:
            self.work.damaged = [*damaged_rows(runs, is_run=True), *damaged_rows(datasets, is_run=False)]
        self._draw_list()
        self.work_changed()

    def _draw_list(self) -> None:
        """Where it stood before; else on a training to go on with, or what was chosen."""
        rows, stood = self._rows, self._stood_on
        self._list.recount(1 + len(rows))
        wanted = (at for at, row in enumerate(rows) if (type(row), row.name) == stood)
        chosen = (at for at, row in enumerate(rows) if isinstance(row, RunRow) or row.name == self.work.draft.data)
        self._list.highlighted = next(wanted, next(chosen, self._list.highlighted))
        self._show_card()

    # --- the list: trainings, data sets, what is damaged of both, and the way to a new one --------------------------

    @property
    def _rows(self) -> list[RunRow | DatasetRow | DamagedRow]:
        going = self.work.live.name if self.work.live is not None and self.work.live.goes_on else ""
        runs = (run for run in self.work.runs if run.is_unfinished and run.name != going)
        return [*runs, *self.work.datasets, *self.work.damaged]

    @property
    def _current(self) -> RunRow | DatasetRow | DamagedRow | None:
        rows = self._rows
        position = self._list.highlighted
        return rows[position] if position < len(rows) else None

    def _line(self, position: int, _columns: int) -> Text:
        rows = self._rows
        if position >= len(rows):
            return Text("+ " + _("A folder of notes, a document, or a table of examples …"))
        match rows[position]:
            case RunRow() as row:
                return run_line(row)
            case DatasetRow() as row:
                return dataset_line(row)
            case row:
                return damaged_line(row)

    @on(LineList.Highlighted)
    def _highlighted(self) -> None:
        row = self._current
        self._stood_on = (type(row), row.name) if row is not None else None
        self._show_card()

    @on(LineList.Selected)
    def _clicked(self) -> None:
        self.action_choose()

    def _show_card(self) -> None:
        row = self._current
        if row is None:
            self._card.update(Text(self.about()))
        elif isinstance(row, RunRow):
            text = Text(one_line(row.name), "bold").append("\n" + run_state(row), "not bold")
            text.append("\n\n" + _("Enter goes on where it was left; x deletes what is left of it."), "not bold")
            self._card.update(text)
        else:
            self._card.update(dataset_card(row) if isinstance(row, DatasetRow) else damaged_card(row))

    # --- choosing ---------------------------------------------------------------------------------------------------

    def action_choose(self) -> None:
        self.say()
        row = self._current
        if row is None:
            self.action_open()
        elif isinstance(row, RunRow):
            self.go_on_with(row)
        elif isinstance(row, DatasetRow):
            self._choose(row.name)
        else:
            self.say(_("“{name}” is damaged: nothing can be done with it but to delete it.").format(name=row.name))

    def go_on_with(self, row: RunRow) -> None:
        if self.work.trains:
            self.post_message(self.Said(_("One training goes on already."), _("Let it end, or pause it: step 5.")))
            return
        self.in_background(self.work.go_on(row.name))
        self.go_to("run")

    def action_open(self) -> None:
        self._ask_for_path("AB")

    def action_let_write(self) -> None:
        self._ask_for_path("ABC")

    def _ask_for_path(self, tiers: str) -> None:
        def named(path: str | None) -> None:
            if path:
                self._ask_about(str(to_path(path).absolute()), tiers)

        hint = _("A folder is read with all folders in it. Nothing leaves this machine.")
        here = f"{Path.cwd()}{os.sep}"
        question = _("Which notes? A folder, a document, or a table of texts with their summaries:")
        self.app.push_screen(LineScreen(question, here, suffixes=data_suffixes(), hint=hint), named)

    def _ask_about(self, path: str, tiers: str) -> None:
        """Whether examples that were made of it before will do."""
        before = next((row for row in self.work.datasets if row.paths == (path,)), None)
        if before is None:
            self.build(path, tiers=tiers)
            return

        def chosen(answer: str | None) -> None:
            if answer == "use":
                self._choose(before.name)
            elif answer == "anew":
                self.build(path, tiers=tiers, overwrite=True)

        choices = [
            Choosable("use", _("Use them as they are")),
            Choosable("anew", _("Make them again"), _("what you said of them stays")),
        ]
        title = _("Examples were made of this before: “{name}”").format(name=before.name)
        self.app.push_screen(ChoiceScreen(title, choices), chosen)

    def _choose(self, name: str) -> None:
        self.work.choose_data(name)
        self.go_to("examples")

    def build(self, path: str, *, tiers: str = "AB", overwrite: bool = False) -> None:
        """Make examples of it, unless that is being done."""
        if self.work.building is not None and self.work.building.goes_on:
            self.post_message(self.Said(_("Examples are being made already."), _("Wait for them, then try again.")))
            return
        self.say()
        self.in_background(self._build(path, tiers, overwrite))

    async def _build(self, path: str, tiers: str, overwrite: bool) -> None:
        await self.work.build(path, tiers=tiers, overwrite=overwrite)
        building = self.work.building
        if not self.is_attached or building is None:
            return
        if building.error is not None:
            self.say_error(building.error)
        elif self.display:
            self.go_to("examples")

    def work_changed(self) -> None:
        building = self.work.building
        making = building is not None and building.goes_on
        self._line_of_work.display = making or self._looks
        if building is None or not making:
            self._line_of_work.say(self._what_it_waits_for() + "…")
        elif building.progress is not None:
            self._line_of_work.show(building.progress)
        else:
            self._line_of_work.say(
                _("Making examples of {path}").format(path=one_line(Path(building.about).name)) + "…"
            )

    def _what_it_waits_for(self) -> str:
        """The lists come from the model process, which does one thing after the other."""
        if self.desk.status.status.phase in ("starting", "loading"):
            return _("The model is being loaded first, then comes the list of what there is")
        return _("Looking what there is")

    # --- removing ---------------------------------------------------------------------------------------------------

    def action_remove(self) -> None:
        row = self._current
        if row is None:
            return
        name = printable(row.name)
        if isinstance(row, RunRow) or (isinstance(row, DamagedRow) and row.is_run):
            sentence = _("Delete what is left of the training “{name}”? It cannot be gone on with then.").format(
                name=name
            )
            hint = _("An adapter that came of it stays.")
            self.confirm(sentence, _("Delete"), lambda: self._remove(RemoveRun, row.name), hint=hint)
        else:
            sentence = _("Delete the data set “{name}” with what you said of its examples?").format(name=name)
            hint = _("Your notes stay as they are.")
            self.confirm(sentence, _("Delete"), lambda: self._remove(RemoveDataset, row.name), hint=hint)

    def _remove(self, request: type[RemoveRun | RemoveDataset], name: str) -> None:
        self.in_background(self._carry_out_removal(request, name))

    async def _carry_out_removal(self, request: type[RemoveRun | RemoveDataset], name: str) -> None:
        if await self.ask(lambda job: request(job=job, name=name)) is None:
            return
        if request is RemoveDataset and self.work.draft.data == name:
            self.work.draft = replace(self.work.draft, data="")
        if self.is_attached:
            self.say(_("“{name}” is deleted.").format(name=name))
            self.refresh_lists()
