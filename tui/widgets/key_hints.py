"""The keys worth knowing, at the foot. Each can be clicked."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from tui.actions import Action, actions, key_label


class KeyHints(Static):
    def on_mount(self) -> None:
        shown = [action for action in actions() if action.label]
        self.update(Content("   ").join([self._hint(action) for action in shown]), layout=False)

    def _hint(self, action: Action) -> Content:
        click = Style.from_meta({"@click": f"screen.run('{action.name}')"})
        key = Content.styled(key_label(action.key), "bold")
        return Content.assemble(key, " ", action.label).stylize(click)
