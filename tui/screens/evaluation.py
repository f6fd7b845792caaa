"""Was it worth it? The report of an adapter: a list to walk through, and beneath it what each line of it means.

What the lines are is in `tui.evaluation`; the measuring, which goes on whether or not anybody looks, in its `work`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from adapters.evaluation.report import Report
from adapters.evaluation.telling import system_name
from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import ExportEvaluation, ShowEvaluation
from assistant.safe_text import one_line, printable
from tui.adapter_rows import adapter_names
from tui.choosable import Choosable
from tui.dropped_paths import to_path
from tui.errands import StoppedError
from tui.evaluation.rows import Palette
from tui.evaluation.sections import NAMES, titles
from tui.evaluation.verdict import head, others_that_wrote
from tui.screens.asking import ChoiceScreen, LineScreen
from tui.screens.evaluation_keys import WAYS, about, report_keys, ways_to_measure
from tui.widgets.job_line import JobLine
from tui.widgets.key_hints import Hint, KeyHints
from tui.widgets.report_view import ReportView
from tui.widgets.step_bar import StepBar

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


class EvaluationScreen(Screen[None]):
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (140, "-wide")]  # noqa: RUF012 - Textual's class variable
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    BINDINGS = [  # noqa: RUF012
        Binding("escape,q", "leave", show=False),
        Binding("f1,question_mark", "help", show=False),
        Binding("e", "measure", show=False),
        Binding("s", "stop", show=False),
        Binding("b", "blind", show=False),
        Binding("h", "export", show=False),
        Binding("enter", "expand", show=False),
        Binding("space", "read_on(1)", show=False),
        Binding("backspace", "read_on(-1)", show=False),
        *(Binding(str(number), f"step('{name}')", show=False) for number, name in enumerate(NAMES, start=1)),
    ]

    def __init__(self, desk: ChatScreen, name: str, *, measure: bool = False) -> None:
        """`name` is the adapter; `measure` begins at once, whether or not a report is kept."""
        super().__init__()
        self.desk = desk
        self.adapter_name = name
        self._measure_at_once = measure
        self.report: Report | None = None
        self._bar = StepBar(titles())
        self._head = Static(markup=False, id="report-head")
        self._view = ReportView()
        self._line = JobLine("")
        self._says = Static(markup=False, id="report-say")
        self._hints = KeyHints([])
        self._measuring = False

    def compose(self) -> ComposeResult:
        yield self._bar
        yield self._head
        yield self._view
        yield self._line
        yield self._says
        yield self._hints

    def on_mount(self) -> None:
        self.desk.evaluation.listeners[self._work_changed] = self.adapter_name
        self.load_report()  # asked for first: the one that is kept is there to read while a new one is made
        if self._measure_at_once:
            self._begin()
        self._work_changed()

    def on_unmount(self) -> None:
        self.desk.evaluation.listeners.pop(self._work_changed, None)

    # --- the report ---------------------------------------------------------------------------------------------------

    @work(exclusive=True, group="report", exit_on_error=False)
    async def load_report(self) -> None:
        """The one that is kept."""
        if self.report is None:
            self._head.update(Text(self._waiting_words() + "…", "dim"))
            self._view.say(Text(about()))
        try:
            result = await self.desk.errands.run(lambda job: ShowEvaluation(job=job, name=self.adapter_name))
        except SuntoError as error:
            if self._measuring and self.report is None:
                self._head.update(Text(self._waiting_words() + "…", "dim"))
            elif self.report is None:
                self._head.update(Text(printable(error.message), "bold"))
                self._view.say(Text(about()).append(f"\n\n{self._way_out(error)}", "dim"))
            return
        self._show(result)

    def _way_out(self, error: SuntoError) -> str:
        """What the error says to do, which may be a command, and what does the same here."""
        here = _("Here, the key e measures it.") if self.adapter_name in adapter_names() else ""
        return "\n".join(filter(None, (printable(error.hint), here)))

    def _waiting_words(self) -> str:
        if self.desk.status.status.phase in ("starting", "loading"):
            return _("The model is being loaded first, then comes the report")
        if self.desk.evaluation.goes_on:
            return _("The report comes when the measuring is over")
        return _("Looking for the report of “{name}”").format(name=one_line(self.adapter_name))

    def _show(self, result: dict[str, Any]) -> None:
        self.report = cast("Report", result)
        palette = Palette.of_theme(self.app.theme_variables)
        self._head.update(head(self.report, palette))
        self._view.show(self.report, palette)
        self._show_keys()

    @on(ReportView.At)
    def _at(self, message: ReportView.At) -> None:
        self._bar.stand_at(message.section)

    # --- measuring ----------------------------------------------------------------------------------------------------

    def action_measure(self) -> None:
        """After asking how."""
        if self.desk.evaluation.goes_on:
            self._begin()
            return
        title = _("Measure “{name}”").format(name=self.adapter_name)
        hint = _("It takes some minutes. You can chat meanwhile: answers come after it.")
        self.app.push_screen(ChoiceScreen(title, ways_to_measure(), hint=hint), self._chosen)

    def _chosen(self, way: str | None) -> None:
        if way is not None:
            self._begin(**WAYS[way])

    def _begin(self, **options: Any) -> None:
        """`options` are fields of `Evaluate`."""
        if self.desk.evaluation.goes_on:
            about = one_line(self.desk.evaluation.doing.about) if self.desk.evaluation.doing else ""
            self.say(_("“{name}” is being measured.").format(name=about), _("Wait for its end, then begin this one."))
            return
        self.say()
        measuring = self.desk.evaluation.measure(self.adapter_name, **options)
        self.desk.run_worker(measuring, group="evaluation", exit_on_error=False)

    def action_stop(self) -> None:
        if self._measuring:
            self.desk.evaluation.stop()
            self._line.say(_("Stopping") + "…")

    def _work_changed(self) -> None:
        doing = self.desk.evaluation.of(self.adapter_name)
        goes_on = doing is not None and doing.goes_on
        self._measuring = goes_on
        self._show_keys()
        self._line.display = goes_on
        if doing is None:
            if not self.desk.evaluation.goes_on:
                self.say()  # that another one is being measured, for which this one was to wait
            return
        if goes_on and doing.progress is not None:
            self._line.show(doing.progress)
        elif goes_on:
            self._line.say(_("Measuring “{name}”").format(name=one_line(self.adapter_name)) + "…")
        elif isinstance(doing.error, StoppedError):
            self.say(_("Stopped. What is measured is kept: e goes on from there."))
        elif doing.error is not None:
            self.say(doing.error.message, doing.error.hint, wrong=True)
        elif doing.result is not None and doing.result is not self.report:
            self._show(doing.result)

    # --- the keys -----------------------------------------------------------------------------------------------------

    @property
    def _keys(self) -> list[tuple[Hint, str]]:
        return report_keys(measuring=self._measuring, reported=self.report is not None)

    def _show_keys(self) -> None:
        self._hints.show([hint for hint, _sentence in self._keys if hint.label])

    def action_step(self, name: str) -> None:
        self._view.go_to(name)

    def action_expand(self) -> None:
        self.toggle_class("-expanded")
        self._view.redraw()

    def action_read_on(self, pages: int) -> None:
        self._view.read_on(pages)

    def action_blind(self) -> None:
        """Beside the base; after asking, where there are texts of others, too."""
        if self.report is None:
            return
        others = others_that_wrote(self.report)
        if len(others) < 2:
            self._compare(*others)
            return
        choices = [Choosable(key, system_name(key)) for key in others]
        self.app.push_screen(ChoiceScreen(_("Choose between the adapter's texts and those of"), choices), self._compare)

    def _compare(self, against: str | None = "base") -> None:
        from tui.screens.evaluation_blind import BlindScreen

        if against is not None:
            self.app.push_screen(BlindScreen(self.desk, self.adapter_name, against), self._came_back)

    def _came_back(self, _result: object) -> None:
        """From choosing, which may have put its result into the report."""
        self.load_report()

    def action_export(self) -> None:
        if self.report is None:
            return

        def placed(path: str | None) -> None:
            if path:
                self.run_worker(self._export(path), group="export", exit_on_error=False)

        screen = LineScreen(
            _("Where to? A name that ends in .html makes a page, .json one for programs:"),
            str(Path.cwd() / f"{self.adapter_name}.html"),
            suffixes=(),
            hint=_("What is there already is never replaced."),
        )
        self.app.push_screen(screen, placed)

    async def _export(self, path: str) -> None:
        absolute = str(to_path(path).absolute())
        try:
            result = await self.desk.errands.run(
                lambda job: ExportEvaluation(job=job, name=self.adapter_name, path=absolute)
            )
        except SuntoError as error:
            self.say(error.message, error.hint, wrong=True)
            return
        self.say(_("Written to {path}.").format(path=result.get("path") or absolute))

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(about(), self._keys))

    def action_leave(self) -> None:
        if self.has_class("-expanded"):
            self.action_expand()
        else:
            self.dismiss()

    def action_run(self, name: str) -> None:
        """A key of the app that is not one of this screen: only help means something here."""
        if name == "help":
            self.action_help()

    def say(self, sentence: str = "", hint: str = "", *, wrong: bool = False) -> None:
        """At the foot, until something else is said."""
        self._says.set_class(wrong, "-wrong")
        text = Text(printable(sentence).strip())
        if hint:
            text.append(" " + printable(hint).strip(), "dim")
        self._says.update(text)
