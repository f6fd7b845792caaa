"""Where a person types: several lines, history, completion of slash commands, dropped files.

Enter sends. A new line comes from Ctrl+J, Alt+Enter, Shift+Enter or a backslash before Enter: no terminal passes on
all of them, every terminal passes on one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from textual import events, on, work
from textual.binding import Binding
from textual.message import Message
from textual.widgets import TextArea

from assistant.safe_text import printable
from tui.completion import Completion, complete, is_whole
from tui.dropped_paths import existing_files
from tui.widgets.completion_list import CompletionList

NEWLINE_KEYS = ("ctrl+j", "alt+enter", "shift+enter")
HISTORY_LIMIT = 500


class Composer(TextArea):
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("pageup", "screen.scroll_transcript(-1)", show=False),
        Binding("pagedown", "screen.scroll_transcript(1)", show=False),
        Binding("ctrl+home", "screen.scroll_transcript(-1000)", show=False),
        Binding("ctrl+end", "screen.scroll_transcript(1000)", show=False),
        Binding("f6", "screen.run('check')", show=False),  # a TextArea selects the line with it …
        Binding("f7", "screen.run('adapter')", show=False),  # … and everything with this one
    ]

    class Submitted(Message):
        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class FilesDropped(Message):
        def __init__(self, paths: list[Path]) -> None:
            super().__init__()
            self.paths = paths

    def __init__(self, completions: CompletionList, *, placeholder: str) -> None:
        super().__init__(
            placeholder=placeholder,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
        )
        self._list = completions
        self._offered_for = ""
        """What was typed when the list was made."""
        self._history: list[str] = []
        self._recalled = 0
        """How far back in the history we are; 0 is what is being typed."""
        self._draft = ""
        self.adapter_names: Callable[[], Sequence[str]] = tuple
        self.document_names: Callable[[], Sequence[str]] = tuple

    def remember(self, texts: Sequence[str]) -> None:
        """Make these the newest of the history, oldest first."""
        self._history = [*self._history, *(text for text in texts if text)][-HISTORY_LIMIT:]
        self._recalled = 0

    def write(self, text: str) -> None:
        """Replace what is typed and put the cursor at its end."""
        self.text = text
        self.move_cursor(self.document.end)

    # --- keys ---------------------------------------------------------------------------------------------

    async def _on_key(self, event: events.Key) -> None:
        handler = {
            "enter": self._enter,
            "tab": self._tab,
            "up": self._up,
            "down": self._down,
            "escape": self._escape,
        }.get(event.key)
        if event.key in NEWLINE_KEYS:
            self.insert("\n")
            handled = True
        else:
            handled = handler() if handler else False
        if handled:
            event.stop()
            event.prevent_default()
            return
        await super()._on_key(event)

    def _enter(self) -> bool:
        if self.text.endswith("\\") and self.cursor_at_end_of_text:
            self.action_delete_left()
            self.insert("\n")
            return True
        means_the_list = self._list.display and (self._list.moved or not is_whole(self.text))
        if means_the_list and self._accept(only_if_it_adds=True):
            return True
        text = self.text.strip()
        if text:
            self._list.offer(())
            self.remember([text])
            self.clear()
            self.post_message(self.Submitted(text))
        return True

    def _tab(self) -> bool:
        return self._list.display and self._accept()

    def _up(self) -> bool:
        if self._list.display:
            self._list.move(-1)
            return True
        return self.cursor_at_first_line and self._recall(1)

    def _down(self) -> bool:
        if self._list.display:
            self._list.move(1)
            return True
        return self.cursor_at_last_line and self._recall(-1)

    def _escape(self) -> bool:
        if not self._list.display:
            return False
        self._list.offer(())
        return True

    def _recall(self, step: int) -> bool:
        position = self._recalled + step
        if not 0 <= position <= len(self._history):
            return False
        if self._recalled == 0:
            self._draft = self.text
        self._recalled = position
        with self.prevent(TextArea.Changed):  # an old command must not open the completion list
            self.write(self._history[-position] if position else self._draft)
        return True

    # --- completion ---------------------------------------------------------------------------------------

    @on(TextArea.Changed)
    def _offer_completions(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.text.startswith("/"):
            self._complete(self.text)
        else:
            self._list.offer(())

    @work(exclusive=True, group="completion", thread=True, exit_on_error=False)
    def _complete(self, line: str) -> None:
        """In a thread: a path may lie on a slow disk."""
        found = complete(line, adapters=self.adapter_names(), documents=self.document_names())
        self.app.call_from_thread(self._offer_if_unchanged, line, found)

    def _offer_if_unchanged(self, line: str, found: list[Completion]) -> None:
        if self.text == line:
            self._offered_for = line
            self._list.offer([completion for completion in found if completion.text != line])

    def _accept(self, *, only_if_it_adds: bool = False) -> bool:
        """Take the highlighted completion. With `only_if_it_adds`, not when it would only add a space."""
        chosen = self._list.highlighted
        if (
            chosen is None
            or not self._still_meant(chosen)
            or (only_if_it_adds and chosen.text.strip() == self.text.strip())
        ):
            return False
        self.write(chosen.text)
        return True

    def _still_meant(self, completion: Completion) -> bool:
        """The list may be that of a moment ago, where somebody types fast: no word that was typed is replaced by it."""
        return self.text == self._offered_for or completion.text.lower().startswith(self.text.lower())

    def accept(self, completion: Completion) -> None:
        """Take a completion that was clicked."""
        self.write(completion.text)
        self.focus()

    # --- paste and drop -----------------------------------------------------------------------------------

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        paths = [] if self.text.startswith("/") else existing_files(event.text)
        if paths:
            self.post_message(self.FilesDropped(paths))
        else:
            self._replace_via_keyboard(printable(event.text), *self.selection)
