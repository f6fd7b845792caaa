"""A list to choose a line from, each line drawn when it comes into view: ten thousand cost what ten do."""

from __future__ import annotations

from collections.abc import Callable

from rich.text import Text
from textual.binding import Binding
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

Line = Callable[[int, int], Text]
"""(position, columns): what stands there, in one line of that width or less."""


class LineList(ScrollView, can_focus=True):
    COMPONENT_CLASSES = {"line-list--highlighted"}  # noqa: RUF012 - Textual's class variable
    BINDINGS = [  # noqa: RUF012
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move_pages(-1)", show=False),
        Binding("pagedown", "move_pages(1)", show=False),
        Binding("home", "first", show=False),
        Binding("end", "last", show=False),
    ]
    DEFAULT_CSS = """
    LineList > .line-list--highlighted {
        background: $block-cursor-blurred-background;
        color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }
    LineList:focus > .line-list--highlighted {
        background: $block-cursor-background;
        color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    """

    highlighted: reactive[int] = reactive(0, init=False, repaint=False)
    """Position of the current line, from 0."""

    class Highlighted(Message):
        """Another line is the current one."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    class Selected(Message):
        """A line was clicked, or its key pressed."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self, count: int, line: Line) -> None:
        """`line` is asked anew whenever a line is drawn; call `refresh` where it would answer otherwise now."""
        super().__init__()
        self._count = count
        self._line = line

    def on_mount(self) -> None:
        self.virtual_size = Size(1, self._count)

    def on_resize(self) -> None:
        self._bring_into_view()

    def recount(self, count: int) -> None:
        """There are other lines now, so many of them."""
        self._count = count
        self.virtual_size = Size(1, count)
        self.highlighted = min(self.highlighted, max(0, count - 1))
        self.refresh()

    # --- moving ---------------------------------------------------------------------------------------------------

    def validate_highlighted(self, position: int) -> int:
        return max(0, min(position, self._count - 1))

    def watch_highlighted(self, before: int, now: int) -> None:
        self.refresh_line(before)
        self.refresh_line(now)
        self._bring_into_view()
        self.post_message(self.Highlighted(now))

    def action_move(self, lines: int) -> None:
        self.highlighted += lines

    def action_move_pages(self, pages: int) -> None:
        self.highlighted += pages * max(1, self.size.height - 1)

    def action_first(self) -> None:
        self.highlighted = 0

    def action_last(self) -> None:
        self.highlighted = self._count - 1

    def action_select(self) -> None:
        self.post_message(self.Selected(self.highlighted))

    def on_click(self, event: Click) -> None:
        position = self.scroll_offset.y + event.y
        if position < self._count:
            self.highlighted = position
            self.action_select()

    def _bring_into_view(self) -> None:
        if self.size:
            self.scroll_to_region(Region(0, self.highlighted, 1, 1), animate=False, immediate=True)

    # --- drawing --------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        width, base = self.scrollable_content_region.width, self.rich_style
        position = self.scroll_offset.y + y
        if position >= self._count:
            return Strip.blank(width, base)
        if position == self.highlighted:
            base = self.get_component_rich_style("line-list--highlighted")
        text = self._line(position, width)
        text.truncate(width, overflow="ellipsis")
        return Strip(text.render(self.app.console, end="")).extend_cell_length(width).apply_style(base)
