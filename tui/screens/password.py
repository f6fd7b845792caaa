"""Asks for the password of a document."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from assistant.i18n import _
from assistant.safe_text import printable


class PasswordScreen(ModalScreen[str | None]):
    """Gives back the password, or None when the person thinks better of it."""

    BINDINGS = [Binding("escape", "dismiss(None)", show=False)]  # noqa: RUF012 - Textual's class variable

    def __init__(self, name: str, refused: str = "") -> None:
        """`refused` says why the last one was, where one was given."""
        super().__init__()
        self._name = printable(name)
        self._refused = printable(refused)

    def compose(self) -> ComposeResult:
        sentence = self._refused or _("“{name}” is protected by a password.").format(name=self._name)
        with Vertical():
            yield Static(sentence, markup=False)
            yield Input(password=True, placeholder=_("Password"))
            yield Static(
                _("Enter opens it, Esc leaves it out. The password is kept nowhere."),
                markup=False,
                classes="hint",
            )

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value or None)
