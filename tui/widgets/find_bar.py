"""A line to type in what to find, with what came of it beside it; there only while it is wanted."""

from __future__ import annotations

from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

Kind = Literal["search", "page"]


class FindBar(Horizontal):
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("escape", "leave", show=False),
        Binding("down", "again(1)", show=False),
        Binding("up", "again(-1)", show=False),
    ]

    class Asked(Message):
        def __init__(self, kind: Kind, text: str) -> None:
            super().__init__()
            self.kind: Kind = kind
            self.text = text

    class Again(Message):
        """The same words: on to the next place, or back."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Left(Message):
        """Escape: the focus is free."""

    def __init__(self) -> None:
        super().__init__()
        self.display = False
        self._kind: Kind = "search"
        self._typed: dict[Kind, str] = {"search": "", "page": ""}
        self._input = Input(compact=True, select_on_focus=True)
        self._answer = Static(markup=False)

    def compose(self) -> ComposeResult:
        yield self._input
        yield self._answer

    def ask(self, kind: Kind, placeholder: str) -> None:
        """Open the line; what was typed the last time is there again, to be replaced."""
        self._input.placeholder = placeholder
        self._open(kind)
        self.say("")
        self._input.focus()

    def say_of_search(self, sentence: str) -> None:
        """Beside the words that were searched, whatever the line was for since; the focus stays where it is."""
        self._open("search")
        self.say(sentence)

    def say(self, sentence: str) -> None:
        self._answer.update(sentence)

    def close(self) -> None:
        self.display = False

    def _open(self, kind: Kind) -> None:
        if kind != self._kind or not self.display:
            self._kind = kind
            self._input.value = self._typed[kind]
            self.display = True

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = self._typed[self._kind] = event.value
        if not text.strip():
            self.action_leave()
        else:
            self.post_message(self.Asked(self._kind, text))

    def action_again(self, step: int) -> None:
        if self._kind == "search":
            self.post_message(self.Again(step))

    def action_leave(self) -> None:
        self.close()
        self.post_message(self.Left())
