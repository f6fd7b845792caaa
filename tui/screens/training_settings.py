"""The third step: how it is to be trained, in everyday words, what others call it, and what if it were otherwise."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from adapters.registry import check_name
from assistant.errors import AdapterError
from assistant.i18n import _
from assistant.safe_text import one_line, printable
from tui.screens.asking import ChoiceScreen, LineScreen
from tui.screens.training_pane import Keys, Pane
from tui.training.settings import Setting, changed, settings, stepped
from tui.widgets.key_hints import Hint
from tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


class SettingsPane(Pane):
    NAME = "settings"
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("enter", "change", show=False),
        Binding("right,plus", "step(1)", show=False),
        Binding("left,minus", "step(-1)", show=False),
        Binding("t", "go_on", show=False),
    ]

    def __init__(self, desk: ChatScreen) -> None:
        super().__init__(desk)
        self._models: tuple[str, ...] = ()
        self._subjects: tuple[str, ...] = ()
        self._settings = self._read()
        self._wrong = ""
        """What is wrong with the name; said where it stands."""
        self._list = LineList(len(self._settings) + 1, self._line)
        self._card = Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._list
        with VerticalScroll(classes="card", can_focus=False):
            yield self._card

    def keys(self) -> Keys:
        return [
            (Hint("← →", _("Change"), "screen.pane('step(1)')"), _("Another value for what the list stands on.")),
            (Hint("Enter", _("Choose"), "screen.pane('change')"), _("Choose among all values, or type one.")),
            (Hint("t", _("Go on"), "screen.pane('go_on')"), _("On to trying whether it fits.")),
        ]

    def about(self) -> str:
        return _(
            "Every setting is right for most notes as it stands; only the name is yours to give. Beneath the list "
            "stands what others call the setting and what happens if you change it. What you set stays set."
        )

    def enter(self) -> None:
        self._list.focus()
        self._draw()
        self._look_up()

    @work(exclusive=True, group="choices", exit_on_error=False)
    async def _look_up(self) -> None:
        """Models and subjects to choose from."""
        self._models = await asyncio.to_thread(_kept_models)
        self._subjects = tuple(subject.name for subject in await self.desk.conversation.subjects())
        self._draw()

    def complain(self, sentence: str) -> None:
        """Of the name, which is not yet as it has to be."""
        self._wrong = sentence
        self._list.highlighted = 0
        self._draw()

    def _read(self) -> list[Setting]:
        return settings(self.work.draft, self._models, self._subjects)

    def _draw(self) -> None:
        self._settings = self._read()
        self._list.refresh()
        self._show_card()

    def _line(self, position: int, columns: int) -> Text:
        if position >= len(self._settings):
            return Text("→ " + _("Try whether it fits, then train"), "bold")
        width = min(max(cell_len(setting.question) for setting in self._settings), max(columns - 22, columns // 2))
        setting = self._settings[position]
        line = Text(setting.question)
        line.truncate(width, overflow="ellipsis", pad=True)
        return line.append("  ").append(one_line(setting.value), "bold")

    def _show_card(self) -> None:
        position = self._list.highlighted
        if position >= len(self._settings):
            self._card.update(Text(_("Two steps are tried on the longest example, and taken back again.")))
            return
        setting = self._settings[position]
        card = Text()
        if self._wrong and setting.field == "name":
            card.append(self._wrong + "\n", self.app.theme_variables.get("error", "red"))
        card.append(one_line(setting.technical) + "\n", "dim").append(setting.what_if)
        for choice in setting.choices:
            mark = "●" if choice.value == str(getattr(self.work.draft, setting.field)) else "○"
            card.append(f"\n{mark} {one_line(choice.label)}").append(f"  {one_line(choice.note)}", "dim")
        self._card.update(card)

    @on(LineList.Highlighted)
    def _highlighted(self) -> None:
        self._show_card()

    @on(LineList.Selected)
    def _clicked(self) -> None:
        self.action_change()

    # --- changing -----------------------------------------------------------------------------------------------------

    def action_step(self, by: int) -> None:
        position = self._list.highlighted
        if position < len(self._settings):
            self.work.draft = stepped(self.work.draft, self._settings[position], by)
            self._draw()

    def action_change(self) -> None:
        position = self._list.highlighted
        if position >= len(self._settings):
            self.action_go_on()
            return
        setting = self._settings[position]
        if not setting.choices:
            self.app.push_screen(LineScreen(setting.question, self.work.draft.name), self._named)
            return
        now = str(getattr(self.work.draft, setting.field))
        screen = ChoiceScreen(setting.question, setting.choices, current=now, hint=setting.what_if)

        def chosen(value: str | None) -> None:
            if value is not None:
                self.work.draft = changed(self.work.draft, setting.field, value)
                self._draw()

        self.app.push_screen(screen, chosen)

    def _named(self, name: str | None) -> None:
        if name is None:
            return
        try:
            self.work.draft = changed(self.work.draft, "name", check_name(name))
        except AdapterError as error:
            self.complain(printable(f"{error.message} {error.hint}"))
            return
        self._wrong = ""
        self._draw()
        self._list.highlighted += 1

    def action_go_on(self) -> None:
        if not self.work.draft.name:
            self.complain(_("It needs a name first: press Enter."))
            return
        self.go_to("fit")


def _kept_models() -> tuple[str, ...]:
    """The bases on this machine."""
    from assistant.weights.store import kept_manifests

    return tuple(manifest.model.name for manifest in kept_manifests())
