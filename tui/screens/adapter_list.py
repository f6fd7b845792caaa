"""The list of adapters and what is known of the one it stands on: how the screen of adapters draws them.

They are read from the adapters' own small files, so that the list is there whatever the model process does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical, VerticalScroll
from textual.screen import Screen
from textual.widgets import Static

from assistant.errors import SuntoError
from assistant.i18n import _, plural
from assistant.safe_text import printable
from assistant.units import format_bytes
from tui.adapter_rows import AdapterRow
from tui.adapter_words import AdapterTable, adapter_card
from tui.widgets.line_list import LineList

if TYPE_CHECKING:
    from assistant.library.subjects import SubjectRecord
    from tui.screens.chat import ChatScreen

_OTHER_ROWS = 12
"""Of a small screen: what is not the table, the details with a few lines among it."""


class AdapterListScreen(Screen[None]):
    """Abstract: the keys, and what they do, are in `tui.screens.adapters`."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - Textual's class variable

    def __init__(self, desk: ChatScreen, name: str = "") -> None:
        """`name` is the adapter to begin at; without it, the one that answers."""
        super().__init__()
        self.desk = desk
        self._wanted = name or desk.who.next.adapter
        self.rows: list[AdapterRow] = []
        self.subjects: list[SubjectRecord] = []
        self._table = AdapterTable([], "", {})
        self._head = Static(markup=False, id="adapters-head")
        self._header = Static(markup=False, id="adapters-columns")
        self.list = LineList(0, lambda position, columns: self._table.line(position, columns))
        self._card = Static(markup=False)
        self.says = Static(markup=False, id="adapters-say")

    def compose_list(self) -> ComposeResult:
        yield self._head
        with Container(id="adapters"):
            with Vertical(id="adapters-table"):
                yield self._header
                yield self.list
            with VerticalScroll(id="adapter-card", can_focus=False):
                yield self._card
        yield self.says

    async def on_mount(self) -> None:
        self.list.focus()
        await self.refresh_list(self._wanted)

    def on_resize(self) -> None:
        self._fit_table()

    # --- drawing --------------------------------------------------------------------------------------------------

    async def refresh_list(self, name: str = "") -> None:
        """Read the list again, and stay at the adapter of that name, or where it was."""
        name = name or (self.current.name if self.current is not None else "")
        try:
            self.rows = await self.desk.adapter_rows()
        except SuntoError as error:  # another process holds on to the adapters' folder
            self.say(error.message, hint=error.hint, wrong=True)
        self.subjects = await self.desk.conversation.subjects()
        position = next((at for at, row in enumerate(self.rows) if row.name == name), self.list.highlighted)
        self._draw_table()
        self.list.recount(len(self.rows))
        self.list.highlighted = position
        self._show_card()

    def _draw_table(self) -> None:
        subjects = {row.name: self.subjects_with(row.name) for row in self.rows}
        self._table = AdapterTable(self.rows, self.desk.who.next.adapter, subjects)
        total = format_bytes(sum(row.size_bytes for row in self.rows))
        count = plural("{count} adapter", "{count} adapters", len(self.rows))
        words = _("next answer: {words}").format(words=self.desk.who.next.words)
        self._head.update(" · ".join((words, count, total) if self.rows else (words, count)))
        self.list.refresh()
        self._fit_table()

    def _fit_table(self) -> None:
        """On a small screen the table is as high as it has lines, and leaves room for what is known of one."""
        lines = max(1, min(len(self.rows), self.app.size.height - _OTHER_ROWS))
        self.list.styles.height = "1fr" if self.has_class("-wide") else lines
        self.call_after_refresh(lambda: self._header.update(self._table.header(self.list.size.width)))

    def _show_card(self) -> None:
        row = self.current
        if row is None:
            self._card.update(Text(_("There are no adapters yet. i imports one; /train makes one of your own notes.")))
            return
        self._card.update(adapter_card(row, self.subjects_with(row.name)))

    def subjects_with(self, name: str) -> list[str]:
        return [subject.name for subject in self.subjects if subject.adapter == name]

    @property
    def current(self) -> AdapterRow | None:
        position = self.list.highlighted
        return self.rows[position] if position < len(self.rows) else None

    @on(LineList.Highlighted)
    def _highlighted(self) -> None:
        self._show_card()

    def say(self, sentence: str, *, hint: str = "", wrong: bool = False) -> None:
        """Beneath the list, until something else is said."""
        self.says.set_class(wrong, "-wrong")
        text = Text(printable(sentence).strip())
        if hint:
            text.append(" " + printable(hint).strip(), "dim")
        self.says.update(text)
