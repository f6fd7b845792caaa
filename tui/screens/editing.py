"""A text to be changed, in front of a screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from assistant.i18n import _
from assistant.safe_text import one_line, printable
from tui.widgets.key_hints import Hint, KeyHints


class EditScreen(ModalScreen[tuple[str, bool] | None]):
    """Gives back the text and whether it is to be kept: what was only begun is not thrown away."""

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("escape", "leave", show=False, priority=True),
        Binding("ctrl+s,f5", "keep", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self._title = one_line(title)
        self.area = TextArea(printable(text), soft_wrap=True, tab_behavior="focus")

    def compose(self) -> ComposeResult:
        with Vertical() as panel:
            panel.border_title = self._title
            yield self.area
            yield KeyHints([Hint("^S", _("Keep"), "screen.keep"), Hint("Esc", _("Leave"), "screen.leave")])

    def on_mount(self) -> None:
        self.area.focus()
        self.area.move_cursor(self.area.document.end)

    def action_keep(self) -> None:
        if self.area.text.strip():
            self.dismiss((self.area.text, True))

    def action_leave(self) -> None:
        self.dismiss((self.area.text, False))
