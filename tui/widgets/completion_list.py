"""What could be meant by what is typed, above the composer."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.widget import Widget

from assistant.safe_text import printable
from tui.completion import Completion

LABEL_COLUMNS = 16


class CompletionList(Widget):
    class Chosen(Message):
        """One was clicked."""

        def __init__(self, completion: Completion) -> None:
            super().__init__()
            self.completion = completion

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._completions: list[Completion] = []
        self._highlighted = 0
        self._top = 0
        self.moved = False
        """One of those that are offered was gone to."""

    @property
    def highlighted(self) -> Completion | None:
        return self._completions[self._highlighted] if self._completions else None

    def offer(self, completions: Sequence[Completion]) -> None:
        """Show these instead; none hides the list."""
        self._completions = list(completions)
        self._highlighted = self._top = 0
        self.moved = False
        self.display = bool(completions)
        self.refresh(layout=True)

    def move(self, step: int) -> None:
        """Highlight the next or the previous one, round and round."""
        if self._completions:
            self.moved = True
            self._highlighted = (self._highlighted + step) % len(self._completions)
            rows = max(1, self.size.height)
            self._top = min(max(self._top, self._highlighted - rows + 1), self._highlighted)
            self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._completions)

    def render(self) -> Text:
        lines = [
            self._line(index, completion)
            for index, completion in enumerate(self._completions)
            if self._top <= index < self._top + max(1, self.size.height)
        ]
        return Text("\n", no_wrap=True, overflow="ellipsis").join(lines)

    def on_click(self, event: events.Click) -> None:
        index = self._top + event.y
        if index < len(self._completions):
            self.post_message(self.Chosen(self._completions[index]))

    def _line(self, index: int, completion: Completion) -> Text:
        here = index == self._highlighted
        label = _one_line(completion.label)
        line = Text("› " if here else "  ", no_wrap=True, overflow="ellipsis")
        line.append(label, "bold" if here else "")
        if completion.note and self.size.width >= LABEL_COLUMNS + 20:
            line.append(" " * max(2, LABEL_COLUMNS - line.cell_len))
            line.append(completion.note, "" if here else "dim")
        line.truncate(max(1, self.size.width), overflow="ellipsis", pad=here)
        if here:
            line.stylize("reverse")
        return line


def _one_line(text: str) -> str:
    return " ".join(printable(text).split("\n"))
