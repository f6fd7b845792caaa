"""The conversation, oldest first: frozen messages, and at most one live answer with its progress line.

Anchored: it follows what is being written until the reader scrolls up, and again from when they are back at the end.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.containers import VerticalScroll
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from assistant.i18n import plural
from tui.widgets.cited_answer import CitedAnswer
from tui.widgets.frozen_message import FrozenMessage

MOUNTED_AT_ONCE = 100
"""Messages of an old conversation that are put on the screen; the others on request, as many at a time."""


class LoadEarlier(Static, can_focus=True):
    """Above the first message when there are earlier ones. A click or Enter brings them."""

    BINDINGS = [("enter", "load")]  # noqa: RUF012 - Textual's class variable

    def __init__(self, count: int) -> None:
        super().__init__(
            "▲ " + plural("Load {count} earlier message", "Load {count} earlier messages", count), markup=False
        )

    def on_click(self) -> None:
        self.action_load()

    def action_load(self) -> None:
        if isinstance(self.parent, Transcript):
            self.parent.call_later(self.parent.load_earlier)


class Transcript(VerticalScroll, can_focus=True):
    def __init__(self) -> None:
        super().__init__()
        self._earlier: list[FrozenMessage] = []

    def on_mount(self) -> None:
        self.anchor()

    async def show(self, widget: Widget, *, after: Widget | None = None, before: Widget | None = None) -> None:
        """Add a widget at the end, or beside another one."""
        if after is not None and after.parent is not self:
            after = None
        await self.mount(widget, after=after, before=before)
        self._lay_out_from(widget)

    async def replace(self, old: Sequence[Widget], new: Widget | None) -> None:
        """Put `new` where the first of `old` was."""
        with self.app.batch_update():
            following = self.children[self.children.index(old[-1]) + 1 :]
            if new is not None:
                await self.mount(new, before=old[0])
            for widget in old:
                await widget.remove()
            self._lay_out_from(new or (following[0] if following else None))

    async def fill(self, messages: Sequence[FrozenMessage]) -> None:
        """Show these instead of everything there was: the newest now, earlier ones on request."""
        await self.remove_children()
        self._earlier = list(messages[:-MOUNTED_AT_ONCE])
        await self._mount_batch(messages[-MOUNTED_AT_ONCE:])
        self.anchor()

    async def clear(self, keep: Sequence[Widget] = ()) -> None:
        self._earlier = []
        await self.remove_children([child for child in self.children if child not in keep])
        self._lay_out_from(self.children[0] if self.children else None)

    async def load_earlier(self) -> None:
        """Mount the messages just before the first one, and stay where the reader is."""
        batch = self._earlier[-MOUNTED_AT_ONCE:]
        del self._earlier[-MOUNTED_AT_ONCE:]
        below = self.max_scroll_y - self.scroll_y
        await self.query(LoadEarlier).remove()
        await self._mount_batch(batch)
        self.call_after_refresh(lambda: self.scroll_to(y=self.max_scroll_y - below, animate=False))

    def follow(self) -> None:
        """Go to the end and stay there."""
        self.anchor()

    # --- claims -----------------------------------------------------------------------------------------------

    def cited_answer(self) -> CitedAnswer | None:
        """The answer with claims that a reader most likely means: the last one to be seen, else the last one."""
        answers = list(self.query(CitedAnswer))
        seen = [answer for answer in answers if answer.region.overlaps(self.region)]
        return next(reversed(seen or answers), None)

    def neighbour(self, answer: CitedAnswer, step: int) -> CitedAnswer | None:
        """The next answer with claims (1), or the one before (-1)."""
        answers = list(self.query(CitedAnswer))
        position = answers.index(answer) + step
        return answers[position] if 0 <= position < len(answers) else None

    @on(CitedAnswer.Walked)
    def _claim_walked_to(self, event: CitedAnswer.Walked) -> None:
        if event.answer.has_focus:  # once the line beneath has taken its room
            self.call_after_refresh(self._reveal_claim, event.answer)

    def _reveal_claim(self, answer: CitedAnswer) -> None:
        """Bring the current claim into view, with a line above and below."""
        lines = answer.current_lines
        top = answer.virtual_region.y + answer.content_region.y - answer.region.y
        if lines and answer.parent is self:
            self.scroll_to_region(Region(0, top + lines.start - 1, 1, len(lines) + 2), animate=False, x_axis=False)

    async def _mount_batch(self, batch: Sequence[FrozenMessage]) -> None:
        above: list[Widget] = [LoadEarlier(len(self._earlier))] if self._earlier else []
        await self.mount_all([*above, *batch], before=0 if self.children else None)
        self._lay_out_from(self.children[0] if self.children else None)

    def _lay_out_from(self, widget: Widget | None) -> None:
        """Have this one and what follows placed anew.

        The stream layout takes over the old place of a widget that is still the n-th child, even when the one
        before it has become higher or lower (Textual 8.2).
        """
        if widget is not None and widget in self.children:
            for child in self.children[self.children.index(widget) :]:
                child.refresh(layout=True)
