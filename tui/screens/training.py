"""Fine-tuning in five steps on one screen: what to learn from, the examples, the settings, the fit, the training.

The steps are in `tui.screens.training_*`; what goes on whether or not anybody looks is in `tui.training.work`. Leaving
the screen stops nothing, and whoever comes back finds it at the step where it was left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import Screen
from textual.widgets import Static

from assistant.i18n import _
from assistant.safe_text import printable
from tui.screens.training_data import DataPane
from tui.screens.training_examples import ExamplesPane
from tui.screens.training_fit import FitPane
from tui.screens.training_pane import STEPS, Keys, Pane
from tui.screens.training_run import RunPane
from tui.screens.training_settings import SettingsPane
from tui.widgets.key_hints import Hint, KeyHints
from tui.widgets.step_bar import StepBar

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


def common_keys() -> Keys:
    """Of every step."""
    return [
        (Hint("1-5", "", "screen.help"), _("Another step; its name above can be clicked. Nothing is lost.")),
        (Hint("F1", _("Help"), "screen.help"), _("Show what this step is for, and its keys.")),
        (Hint("Esc", _("Back"), "screen.leave"), _("Go back to the conversation. What goes on goes on.")),
    ]


class TrainingScreen(Screen[None]):
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's class variable
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    BINDINGS = [  # noqa: RUF012
        Binding("escape,q", "leave", show=False),
        Binding("f1,question_mark", "help", show=False),
        *(Binding(str(number), f"step('{step}')", show=False) for number, step in enumerate(STEPS, start=1)),
    ]

    def __init__(self, desk: ChatScreen, data: str = "") -> None:
        """`data` is a path to make examples of at once."""
        super().__init__()
        self.desk = desk
        self._data = data
        labels = (_("Data"), _("Examples"), _("Settings"), _("Fit"), _("Training"))
        self._bar = StepBar(list(zip(STEPS, labels, strict=True)))
        self.panes: dict[str, Pane] = {
            kind.NAME: kind(desk) for kind in (DataPane, ExamplesPane, SettingsPane, FitPane, RunPane)
        }
        self._says = Static(markup=False, id="training-say")
        self._hints = KeyHints([])
        self._drawing = False

    def compose(self) -> ComposeResult:
        yield self._bar
        for pane in self.panes.values():
            pane.display = False
            yield pane
        yield self._says
        yield self._hints

    def on_mount(self) -> None:
        self.desk.training.listeners.add(self._work_changed)
        self.show_step(self._first_step())
        if self._data and isinstance(pane := self.panes["data"], DataPane):
            pane.build(self._data)

    def on_unmount(self) -> None:
        self.desk.training.listeners.discard(self._work_changed)

    def _first_step(self) -> str:
        """Where a training goes on, there; else where it was left."""
        if self._data:
            return "data"
        return "run" if self.desk.training.trains else self.desk.training.step

    # --- steps --------------------------------------------------------------------------------------------------------

    @property
    def pane(self) -> Pane:
        return self.panes[self.desk.training.step]

    def show_step(self, step: str) -> None:
        self.desk.training.step = step
        for name, pane in self.panes.items():
            pane.display = name == step
        self._bar.stand_at(step)
        self.show_keys()
        self.pane.enter()

    def show_keys(self) -> None:
        self._hints.show([hint for hint, _sentence in (*self.pane.keys(), *common_keys()) if hint.label])

    def action_step(self, step: str) -> None:
        self.say("")
        self.show_step(step)

    async def action_pane(self, action: str) -> None:
        """One of the keys of the step it is at, clicked."""
        await self.pane.run_action(action)

    @on(Pane.GoTo)
    def _go_to(self, message: Pane.GoTo) -> None:
        self.show_step(message.step)

    @on(Pane.KeysChanged)
    def _keys_changed(self) -> None:
        self.show_keys()

    # --- what is said -------------------------------------------------------------------------------------------------

    @on(Pane.Said)
    def _said(self, message: Pane.Said) -> None:
        self.say(message.sentence, message.hint, wrong=message.wrong)

    def say(self, sentence: str, hint: str = "", *, wrong: bool = False) -> None:
        self._says.set_class(wrong, "-wrong")
        text = Text(printable(sentence).strip())
        if hint:
            text.append(" " + printable(hint).strip(), "dim")
        self._says.update(text)

    def _work_changed(self) -> None:
        """Once for however many events came in between two drawings."""
        if not self._drawing and self.is_attached:
            self._drawing = True
            self.call_after_refresh(self._draw_work)

    def _draw_work(self) -> None:
        self._drawing = False
        self.pane.work_changed()

    # --- the keys -----------------------------------------------------------------------------------------------------

    def action_help(self) -> None:
        from tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.pane.about(), [*self.pane.keys(), *common_keys()]))

    def action_leave(self) -> None:
        self.dismiss()

    def action_run(self, name: str) -> None:
        """A key of the app that is not one of this screen: only help means something here."""
        if name == "help":
            self.action_help()
