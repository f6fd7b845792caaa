"""Two texts on the same request, side by side as they are written; one above the other on a narrow terminal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Static

from assistant.i18n import _
from assistant.protocol import (
    TERMINAL,
    Cancelled,
    Compare,
    Failed,
    Finished,
    Notice,
    Progress,
    Routed,
    Side,
    TextDelta,
    TextReset,
)
from assistant.safe_text import one_line, printable
from tui.claim_words import legend
from tui.comparisons import NEITHER, Chosen, choice_words, counted, remark, texts, title, titles
from tui.results import as_text
from tui.widgets.comparison_side import ComparisonSide
from tui.widgets.job_line import JobLine
from tui.widgets.key_hints import Hint, KeyHints
from tui.words import stage_name

OnChoice = Callable[[dict[str, Any], Chosen], Awaitable[None]]


class ComparisonScreen(Screen[None]):
    """Sees a turn (`tui.turns.Watcher`), which may wait for others before it."""

    HORIZONTAL_BREAKPOINTS = [(0, "-stacked"), (81, "-columns")]  # noqa: RUF012 - Textual's class variable
    VERTICAL_BREAKPOINTS = [(0, "-short"), (18, "-tall")]  # noqa: RUF012
    BINDINGS = [  # noqa: RUF012
        Binding("escape,q", "leave", show=False),
        Binding("1", "choose(0)", show=False),
        Binding("2", "choose(1)", show=False),
        Binding("0", f"choose({NEITHER})", show=False),
        Binding("c,y", "copy_side", show=False),
    ]

    def __init__(self, asked: str, request: Compare, stop: Callable[[], Awaitable[None]], on_choice: OnChoice) -> None:
        """`asked` is what was typed; `stop` stops the turn while it runs; `on_choice` keeps a blind choice."""
        super().__init__()
        self._asked = asked
        self._blind = request.blind
        self._stop, self._on_choice = stop, on_choice
        self._sides = [
            ComparisonSide(title(number, "" if request.blind else name))
            for number, name in enumerate(request.adapters[:2])
        ]
        self._sides[1].add_class("-second")
        self._line = JobLine(_("Waiting for the answer before it") + "…")
        self._begun = self._ended = False
        self._number = 0
        """Of the side that is written."""
        self._result: dict[str, Any] | None = None
        self._chosen = False

    def compose(self) -> ComposeResult:
        yield Static(Text(one_line(self._asked), no_wrap=True, overflow="ellipsis"), id="comparison-head")
        with Container(id="sides"):
            yield from self._sides
        yield self._line
        yield KeyHints(self._keys())

    def on_mount(self) -> None:
        self._sides[0].body.focus()

    def _keys(self) -> list[Hint]:
        choosing = [
            Hint("1", _("First is better"), "screen.choose(0)"),
            Hint("2", _("Second"), "screen.choose(1)"),
            Hint("0", _("Neither"), f"screen.choose({NEITHER})"),
        ]
        return [
            Hint("Tab", _("Other text"), "screen.focus_next"),
            *(choosing if self._blind else []),
            Hint("c", _("Copy"), "screen.copy_side"),
            Hint("Esc", _("Stop, back"), "screen.leave"),
        ]

    # --- the turn -------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        self._begun = True
        self._line.say(_("One moment") + "…")

    async def receive(self, event: object) -> None:
        if not self.is_mounted or self._ended:
            return
        side = self._sides[self._number]
        match event:
            case Side(number=number):
                await side.finish()
                self._number = number
            case TextDelta(text=text):
                if not side.source:
                    self._line.say(stage_name("write") + "…")
                await side.write(text)
            case TextReset():
                await side.begin_again()
            case Progress():
                self._line.show(event)
            case Routed(detail=detail):
                self._line.say(one_line(detail))
            case Notice(level="warning"):
                self.notify(printable(f"{event.message} {event.hint}").strip(), severity="warning", markup=False)
            case _ if isinstance(event, TERMINAL):
                self._ended = True
                await self._end(event)
            case _:
                pass

    async def _end(self, event: Finished | Cancelled | Failed) -> None:
        side = self._sides[self._number]
        if isinstance(event, Finished):
            await self._finish(event.result)
        elif isinstance(event, Cancelled):
            await side.finish(footnote=_("■ stopped"))
            self._line.say(_("Stopped. What is written is in the conversation."))
        else:
            hint = f"  \n*{as_text(event.hint)}*" if event.hint else ""
            await side.fail(as_text(event.message) + hint)
            self._line.say(_("Not finished."))

    async def _finish(self, result: dict[str, Any]) -> None:
        self._result = result
        for number, (side, text) in enumerate(zip(self._sides, texts(result), strict=True)):
            await side.finish(text)
            side.count(counted(result, number))
        if self._blind:
            self._line.say(_("Which is better? 1, 2 or 0 (neither): then the names are shown."))
        else:
            self._line.say(self._verdict(result))

    def _verdict(self, result: dict[str, Any]) -> str:
        if note := remark(result):
            return note
        used = {claim.get("support") for side in result["sides"] for claim in side.get("claims") or ()}
        return legend(used, warned=False) if used else ""

    # --- the keys -------------------------------------------------------------------------------------------------

    async def action_choose(self, chosen: int) -> None:
        if not self._blind or self._result is None or self._chosen:
            return
        self._chosen = True
        for side, name in zip(self._sides, titles(self._result), strict=True):
            side.entitle(name)
        self._line.say(choice_words(self._result, chosen))
        await self._on_choice(self._result, chosen)

    def action_copy_side(self) -> None:
        side = next((one for one in self._sides if one.body.has_focus_within), self._sides[0])
        self.app.copy_to_clipboard(printable(side.source))
        self.notify(_("Copied: {title}").format(title=side.title), markup=False)

    async def action_leave(self) -> None:
        """While it is written, stop it; then go back. What waits for its turn goes on waiting in the conversation."""
        if self._begun and not self._ended:
            self._line.say(_("Stopping") + "…")
            await self._stop()
        else:
            self.dismiss()

    def action_run(self, name: str) -> None:
        """A key of the app: none means anything here."""
