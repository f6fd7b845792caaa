"""The app: one screen, one model process, and the wire between them.

The first screen is drawn before anything else is imported or read; the library, the model process and the last
conversation follow.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from textual import work
from textual.app import App, SystemCommand
from textual.command import CommandPalette
from textual.screen import Screen
from textual.theme import ThemeProvider

from assistant.config import Settings, load_settings
from assistant.i18n import _
from tui.actions import actions
from tui.model_client import ModelClient
from tui.pictures.terminal import Terminal
from tui.screens.asking import ConfirmScreen
from tui.screens.chat import ChatScreen, FromModelProcess


class SuntoApp(App[None]):
    TITLE = "Sunto"
    CSS_PATH = "app.tcss"

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        model_command: Sequence[str] | None = None,
        terminal: Terminal | None = None,
    ) -> None:
        """`model_command` starts another model process than the real one; `terminal` is where pictures are shown.

        Raises ConfigError.
        """
        super().__init__()
        self.settings = settings or load_settings()
        self.client = ModelClient(model_command, on_event=self._hand_on)
        self.chat = ChatScreen(self.client, self.settings)
        self.chat.terminal = terminal or Terminal()
        self._leaving = False
        """As soon as the training is paused."""
        for action in actions():
            if action.key and action.name != "quit":  # Textual binds quit itself, above every widget
                self.bind(action.key, f"screen.run('{action.name}')", description=action.sentence, show=False)

    def get_default_screen(self) -> Screen[None]:
        return self.chat

    def on_mount(self) -> None:
        self.call_after_refresh(self._after_first_paint)

    async def on_unmount(self) -> None:
        await asyncio.gather(self.client.close(), self.chat.leave())

    async def action_quit(self) -> None:
        """A training is paused first, so that nothing of it is lost; asked again, leave at once."""
        training = self.chat.training
        if not training.trains or self._leaving:
            self.exit()
            return

        def answered(sure: bool | None) -> None:
            if sure:
                self._leave_training()

        screen = ConfirmScreen(
            _("A training goes on. Leave Sunto all the same?"),
            yes=_("Quit"),
            no=_("Stay"),
            hint=_("It is paused where it is; the next time, F8 goes on with it."),
        )
        self.push_screen(screen, answered)

    @work(exit_on_error=False, group="leaving")
    async def _leave_training(self) -> None:
        self._leaving = True
        self.notify(_("The training ends the step it is in. Ctrl+Q again does not wait for that."), timeout=60)
        await self.chat.training.pause_and_wait()
        self.exit()

    def action_help_quit(self) -> None:
        """Ctrl+C with nothing selected."""
        self.notify(_("Ctrl+C copies what is selected. Ctrl+Q leaves, Esc stops an answer."), markup=False)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        yield SystemCommand(_("Colours"), _("Choose another theme."), self.action_change_theme)
        if isinstance(screen, ChatScreen):
            for action in actions():
                yield SystemCommand(action.usage, action.sentence, lambda name=action.name: screen.action_run(name))

    def action_command_palette(self) -> None:
        """As Textual's own, which asks in English."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(CommandPalette(placeholder=_("Search the commands…")))

    def search_themes(self) -> None:
        """As Textual's own, which asks in English."""
        self.push_screen(CommandPalette([ThemeProvider], placeholder=_("Search the themes…")))

    @work(exit_on_error=False, group="start")
    async def _after_first_paint(self) -> None:
        self.client.start()
        await self.chat.take_up()
        self.chat.call_later(self.chat.welcome_model, await asyncio.to_thread(_model_is_kept))

    def _hand_on(self, event: object) -> None:
        # To the screen, not to the app: the app's own queue is the way of every key press.
        self.chat.post_message(FromModelProcess(event))


def _model_is_kept() -> bool:
    """Whether any base model is on this machine. Reads a few small files and nothing of the weights."""
    from assistant.weights.store import kept_manifests

    return next(kept_manifests(), None) is not None
