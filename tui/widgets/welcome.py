"""What a person sees before the first question."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from assistant.i18n import _


class Welcome(Static):
    def __init__(self) -> None:
        super().__init__(markup=False)
        self._model_note = ""

    def on_mount(self) -> None:
        self._show()

    def note_model(self, kept: bool) -> None:
        """Say whether the first question will have to fetch a model."""
        if not kept:
            self._model_note = _(
                "There is no model on this machine yet. The first question fetches one and shows how far it is; "
                "/models lists the choices."
            )
        self._show()

    def _show(self) -> None:
        accent = self.app.theme_variables.get("primary", "cyan")
        text = Text()
        text.append("Sunto", f"bold {accent}")
        text.append("  " + _("your study desk") + "\n", "dim")
        text.append("\n")
        for command, sentence in (
            ("/open", _("a PDF, Markdown or text file, or drop it here")),
            ("/summarize", _("what it says, with the pages")),
            ("?", _("or ask in your own words")),
        ):
            text.append(f"{command:<12}", f"bold {accent}")
            text.append(f"{sentence}\n")
        if self._model_note:
            text.append(f"\n{self._model_note}", "dim")
        text.rstrip()
        self.update(text)
