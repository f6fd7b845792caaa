"""The page as it looks: made ready elsewhere, shown here in the way that the terminal knows."""

from __future__ import annotations

from rich.segment import ControlType, Segment
from textual.binding import Binding
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from assistant.safe_text import printable
from tui.pictures.kitty import MOST_ROWS, taken_back
from tui.pictures.ready import ReadyPicture
from tui.pictures.sixel import drawn_at
from tui.pictures.terminal import Terminal

_CONTROL = [(ControlType.CURSOR_FORWARD, 0)]
"""Says that a segment takes no room; what it does is in its text."""


class PagePicture(Widget, can_focus=True):
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("pagedown,space,down", "screen.turn(1)", show=False),
        Binding("pageup,up", "screen.turn(-1)", show=False),
    ]

    class Resized(Message):
        """There is other room for a picture now."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.terminal = terminal
        self.picture = ReadyPicture()

    @property
    def room(self) -> tuple[int, int]:
        """Pixels across and down that can be shown. A row is left free: sixels are drawn once all else is."""
        across, down = self.terminal.cell
        return max(self.size.width, 1) * across, min(max(self.size.height - 1, 1), MOST_ROWS) * down

    def say(self, sentence: str) -> None:
        """A sentence in place of a picture."""
        self.show(ReadyPicture([Strip([Segment(printable(sentence))])]))

    def show(self, picture: ReadyPicture) -> None:
        self._take_back()
        self.picture = picture
        if picture.sent:
            self._tell(picture.sent)
        self.refresh()

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    def on_unmount(self) -> None:
        self._take_back()

    def render_line(self, y: int) -> Strip:
        width, base, strips = self.size.width, self.rich_style, self.picture.strips
        strip = strips[y].apply_style(base) if y < len(strips) else Strip.blank(width, base)
        return strip.extend_cell_length(width, base).crop(0, width)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Sixels go with the last line: the cells that they cover have been cleared by then."""
        lines = super().render_lines(crop)
        if self.picture.sixels and lines and self.screen.is_active:
            place = self.content_region
            drawing = [Segment(part, None, _CONTROL) for part in drawn_at(place.x, place.y, self.picture.sixels)]
            lines[-1] = Strip([*drawing, *lines[-1]], lines[-1].cell_length)
        return lines

    def _take_back(self) -> None:
        if self.picture.number:
            self._tell(taken_back(self.picture.number))

    def _tell(self, sequence: str) -> None:
        """To the terminal, among what Textual writes, as it does itself for the clipboard."""
        driver = self.app._driver  # pyright: ignore[reportPrivateUsage] - there is no public way to it
        if driver is not None:
            driver.write(sequence)
