"""Small questions in front of a screen: choose one of these, type a line, are you sure."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from assistant.i18n import _
from assistant.safe_text import one_line, printable
from tui.choosable import Choosable
from tui.completion import Completion, complete_path
from tui.widgets.completion_list import CompletionList
from tui.widgets.key_hints import Hint, KeyHints
from tui.widgets.line_list import LineList

_OTHER_ROWS = 7
"""Of the panel with a list: its border, the line to type in, and what stands beneath."""
_NUMBERS = "123456789"


class ChoiceScreen(ModalScreen[str | None]):
    """Gives back the value of the one that was chosen, or None.

    What is typed leaves those that have it in their label or note. They are numbered, and a digit takes one at once,
    unless the labels have digits of their own to be found by.
    """

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("escape", "dismiss(None)", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
    ]

    def __init__(self, title: str, choices: Sequence[Choosable], *, current: str = "", hint: str = "") -> None:
        """`current` is the value to begin at."""
        super().__init__()
        self._title = title
        self._choices = choices
        self._left = list(choices)
        """Those that have what is typed."""
        self._hint = hint
        self._list = LineList(len(choices), self._line)
        self._list.can_focus = False
        self._numbered = not any(choice.label[:1].isdigit() for choice in choices)
        self._current = next((at for at, choice in enumerate(choices) if choice.value == current), 0)
        words = _("Type to find one, or its number") if self._numbered else _("Type to find one")
        self._input = Input(placeholder=words, compact=True)

    def compose(self) -> ComposeResult:
        with Vertical() as panel:
            panel.border_title = one_line(self._title)
            yield self._input
            yield self._list
            if self._hint:
                yield Static(printable(self._hint), markup=False, classes="hint")
            yield KeyHints(
                [
                    Hint("Enter", _("Take"), "screen.take"),
                    Hint("Esc", _("Leave"), "screen.dismiss(None)"),
                ]
            )

    def on_mount(self) -> None:
        self._input.focus()
        self._fit_list()
        self._list.highlighted = self._current

    def on_resize(self) -> None:
        self._fit_list()

    def _fit_list(self) -> None:
        """As high as it has lines, but the rest of the panel stays on the screen."""
        self._list.styles.height = max(1, min(len(self._choices), self.app.size.height - _OTHER_ROWS))

    def action_move(self, lines: int) -> None:
        self._list.action_move(lines)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        typed = event.value.casefold().strip()
        if self._numbered and typed and typed in _NUMBERS:
            self._take(int(typed) - 1)
            return
        self._left = [choice for choice in self._choices if typed in f"{choice.label} {choice.note}".casefold()]
        self._left.sort(key=lambda choice: _far_from(typed, choice.label.casefold()))
        self._list.recount(len(self._left))
        self._list.highlighted = 0

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self.action_take()

    @on(LineList.Selected)
    def _clicked(self, event: LineList.Selected) -> None:
        self._take(event.position)

    def action_take(self) -> None:
        self._take(self._list.highlighted)

    def _take(self, position: int) -> None:
        if position < len(self._left):
            self.dismiss(self._left[position].value)

    def _line(self, position: int, columns: int) -> Text:
        choice = self._left[position]
        numbered = self._numbered and position < len(_NUMBERS) and not self._input.value
        number = _NUMBERS[position] if numbered else " "
        line = Text(f"{number} {choice.mark} {one_line(choice.label)}")
        if choice.note:
            width = max((Text(one_line(other.label)).cell_len for other in self._left), default=0)
            line.append(" " * max(2, min(width, columns // 3) + 6 - line.cell_len))
            line.append(one_line(choice.note), "dim")
        return line


def _far_from(typed: str, label: str) -> int:
    """Those that begin with what is typed come first, then those that have it at all."""
    return 0 if label.startswith(typed) else 1 if typed in label else 2


class LineScreen(ModalScreen[str | None]):
    """Gives back the line that was typed, or None. With `suffixes`, a path: Tab completes to such files and folders."""

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("escape", "leave", show=False),
        Binding("tab", "complete", show=False, priority=True),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
    ]

    def __init__(
        self,
        question: str,
        value: str = "",
        *,
        placeholder: str = "",
        hint: str = "",
        suffixes: tuple[str, ...] | None = None,
        may_be_empty: bool = False,
    ) -> None:
        super().__init__()
        self._question = printable(question)
        self._hint = printable(hint)
        self._suffixes = suffixes
        self._may_be_empty = may_be_empty
        self._input = Input(printable(value), placeholder=placeholder, compact=True, select_on_focus=suffixes is None)
        self._completions = CompletionList()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, markup=False)
            yield self._input
            yield self._completions
            if self._hint:
                yield Static(self._hint, markup=False, classes="hint")
            completing = [] if self._suffixes is None else [Hint("Tab", _("Complete"), "screen.complete")]
            taking = [Hint("Enter", _("Take"), "screen.take"), Hint("Esc", _("Leave"), "screen.leave")]
            yield KeyHints([*completing, *taking])

    def on_mount(self) -> None:
        if self._suffixes is not None:  # to go on from; anything else is selected, to be replaced
            self._input.cursor_position = len(self._input.value)
        self._input.focus()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        if self._suffixes is not None:
            self._look_for(event.value, self._suffixes)

    @work(exclusive=True, group="completion", thread=True, exit_on_error=False)
    def _look_for(self, typed: str, suffixes: tuple[str, ...]) -> None:
        """In a thread: a path may lie on a slow disk."""
        found = complete_path(typed, suffixes) if typed.strip() else []
        self.app.call_from_thread(self._offer, typed, found)

    def _offer(self, typed: str, found: list[Completion]) -> None:
        if self._input.value == typed:
            self._completions.offer([completion for completion in found if completion.text != typed][:8])

    @on(CompletionList.Chosen)
    def _chosen(self, event: CompletionList.Chosen) -> None:
        self._accept(event.completion)

    def action_complete(self) -> None:
        if self._completions.display and (completion := self._completions.highlighted) is not None:
            self._accept(completion)

    def _accept(self, completion: Completion) -> None:
        self._input.value = completion.text
        self._input.cursor_position = len(completion.text)
        self._input.focus()

    def action_move(self, lines: int) -> None:
        if self._completions.display:
            self._completions.move(lines)

    @on(Input.Submitted)
    def _submitted(self) -> None:
        if self._completions.display and self._completions.moved:
            self.action_complete()
        else:
            self.action_take()

    def action_take(self) -> None:
        text = self._input.value.strip()
        if text or self._may_be_empty:
            self.dismiss(text)

    def action_leave(self) -> None:
        """One thing at a time: what is offered, then the question."""
        if self._completions.display:
            self._completions.offer(())
        else:
            self.dismiss(None)


class ConfirmScreen(ModalScreen[bool]):
    """True when the person is sure. Enter by itself changes nothing."""

    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("escape,n", "dismiss(False)", show=False),
        Binding("y,s", "dismiss(True)", show=False),  # yes, sì
        Binding("left,right", "app.focus_next", show=False),
    ]

    def __init__(self, sentence: str, *, yes: str, no: str, hint: str = "") -> None:
        super().__init__()
        self._sentence = printable(sentence)
        self._hint = printable(hint)
        self._yes = Button(yes, variant="error", compact=True, id="yes")
        self._no = Button(no, compact=True, id="no")

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._sentence, markup=False)
            if self._hint:
                yield Static(self._hint, markup=False, classes="hint")
            with Horizontal():
                yield self._yes
                yield self._no

    def on_mount(self) -> None:
        self._no.focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button is self._yes)
