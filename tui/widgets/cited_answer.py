"""A finished answer whose claims can be walked through: the current one stands out, and its places can be opened."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.events import Click
from textual.message import Message
from textual.strip import Strip

from tui.claim_places import Laid, taken_out, with_boundaries, without_boundaries
from tui.claims import AnswerClaim, Place
from tui.widgets.frozen_message import FrozenMessage, MakeNotes, painted

_CURRENT = Style(reverse=True)
_CURRENT_MARK = Style(reverse=True, bold=True)


class CitedAnswer(FrozenMessage, can_focus=True):
    """Still one widget, see `FrozenMessage`."""

    FOCUS_ON_CLICK = False
    """What shows the claim takes room: it must not come between pressing a button of the mouse and releasing it."""
    BINDINGS = [  # noqa: RUF012 - Textual's class variable
        Binding("up,left_square_bracket", "walk(-1)", show=False),
        Binding("down,right_square_bracket", "walk(1)", show=False),
        Binding("left", "turn_place(-1)", show=False),
        Binding("right", "turn_place(1)", show=False),
        Binding("enter", "open_place", show=False),
        Binding("escape", "leave", show=False),
    ]

    class Walked(Message):
        """Another claim is the current one, or another of its places; or there is none any more."""

        def __init__(self, answer: CitedAnswer) -> None:
            super().__init__()
            self.answer = answer

    class Passed(Message):
        """The walk has gone over the first claim (-1) or the last one (1)."""

        def __init__(self, answer: CitedAnswer, step: int) -> None:
            super().__init__()
            self.answer = answer
            self.step = step

    class Opened(Message):
        """The current place is to be seen in its document."""

        def __init__(self, answer: CitedAnswer) -> None:
            super().__init__()
            self.answer = answer

    class Left(Message):
        """Enough of the claims."""

    def __init__(
        self, source: str, claims: Sequence[AnswerClaim], *, footnote: str = "", notes: MakeNotes | None = None
    ) -> None:
        """`claims`, one at least, stand in `source` as it is shown, in order and apart."""
        super().__init__(without_boundaries(source), "answer", footnote=footnote, notes=notes)
        self.claims = tuple(claims)
        self._laid = [Laid([], []) for _claim in claims]
        self._current = 0
        self._place = 0

    # --- the current claim --------------------------------------------------------------------------------------

    @property
    def current(self) -> AnswerClaim:
        return self.claims[self._current]

    @property
    def number(self) -> int:
        """Of the current claim, from 1."""
        return self._current + 1

    @property
    def place(self) -> Place | None:
        """The current one of the current claim's places."""
        places = self.current.places
        return places[self._place] if places else None

    @property
    def place_number(self) -> int:
        """Of that place among the claim's, from 1."""
        return self._place + 1

    @property
    def current_lines(self) -> range:
        """The lines that the current claim is on, as it is laid out now."""
        return self._laid[self._current].lines

    def begin(self, step: int) -> None:
        """Take the focus, at the first claim, or at the last one when the walk comes from below (-1)."""
        self.focus(scroll_visible=False)
        self._go_to(0 if step > 0 else len(self.claims) - 1)

    def action_walk(self, step: int) -> None:
        if 0 <= self._current + step < len(self.claims):
            self._go_to(self._current + step)
        else:
            self.post_message(self.Passed(self, step))

    def action_turn_place(self, step: int) -> None:
        """To the claim's next place, round and round."""
        if count := len(self.current.places):
            self._place = (self._place + step) % count
            self.post_message(self.Walked(self))

    def action_open_place(self) -> None:
        self.post_message(self.Opened(self))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def on_focus(self) -> None:
        self._tell()

    def on_blur(self) -> None:
        self._tell()

    def on_click(self, event: Click) -> None:
        """A click on a claim makes it the current one, a click on its mark opens its place."""
        where = event.get_content_offset(self)
        if where is None or self.text_selection is not None:
            return
        for number, laid in enumerate(self._laid):
            on_mark = any(run.holds(where.x, where.y) for run in laid.mark)
            if on_mark or any(run.holds(where.x, where.y) for run in laid.text):
                self.focus(scroll_visible=False)
                self._go_to(number)
                if on_mark:
                    self.action_open_place()
                return

    def _go_to(self, number: int) -> None:
        self._current, self._place = number, 0
        self._tell()

    def _tell(self) -> None:
        self.refresh()
        self.post_message(self.Walked(self))

    # --- drawing ------------------------------------------------------------------------------------------------

    def _markdown_lines(self, source: str, width: int) -> list[list[Segment]]:
        lines, self._laid = taken_out(
            super()._markdown_lines(with_boundaries(source, self.claims), width), len(self.claims)
        )
        return lines

    def _marked(self, strip: Strip, y: int) -> Strip:
        if not self.has_focus:
            return strip
        laid = self._laid[self._current]
        for runs, style in ((laid.text, _CURRENT), (laid.mark, _CURRENT_MARK)):
            for run in runs:
                if run.line == y:
                    strip = painted(strip, run.first, run.behind, style)
        return strip
