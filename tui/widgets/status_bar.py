"""One line: what the model process is doing, which adapter and model answer, how full the context window is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from rich.cells import cell_len
from rich.text import Text
from textual.widgets import Static

from assistant.i18n import _
from assistant.safe_text import one_line, printable

Phase = Literal["starting", "idle", "loading", "working", "stopping", "down"]

GAUGE_COLUMNS = 6


@dataclass(frozen=True)
class ModelStatus:
    phase: Phase = "starting"
    model: str = ""
    """Empty until one is loaded."""
    answerer: str = ""
    """Which adapter answers, in words; empty until that is known."""
    device: str = ""
    context_tokens: int = 0
    context_used: int = 0
    tokens_per_second: float = 0.0
    waiting: int = 0
    """Prompts that wait for their turn."""
    chosen: str = ""
    """What is read of the open documents; empty where all is."""
    training: str = ""
    """How far the training is that goes on beside the conversation; empty where none does."""


class StatusBar(Static):
    def __init__(self) -> None:
        super().__init__(markup=False)
        self.status = ModelStatus()

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    async def on_click(self) -> None:
        """Whoever points at who answers wants another."""
        await self.run_action("screen.run('adapter')")

    def change(self, **changes: Any) -> None:
        """Replace some fields of the status."""
        status = replace(self.status, **changes)
        if status != self.status:
            self.status = status
            self._show()

    def _show(self) -> None:
        # layout=False: always one line, so nothing else has to be laid out again.
        self.update(status_line(self.status, self.app.theme_variables, self.size.width), layout=False)


def status_line(status: ModelStatus, colours: dict[str, str], columns: int) -> Text:
    """As much as fits, the most important first; who answers is cut rather than left out."""
    dot, phase = _phase(status, colours)
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append("● ", dot)
    line.append(phase)
    for place, part in enumerate(_parts(status)):
        if place and line.cell_len + 3 + cell_len(part) > columns:
            break
        line.append(" │ ", "dim")
        line.append(part)
    if columns > 0:  # as long as nothing is laid out there are none
        line.truncate(columns, overflow="ellipsis")
    return line


def _phase(status: ModelStatus, colours: dict[str, str]) -> tuple[str, str]:
    phase = {
        "starting": (colours.get("warning", "yellow"), _("starting")),
        "idle": (colours.get("success", "green"), _("ready")),
        "loading": (colours.get("warning", "yellow"), _("loading the model")),
        "working": (colours.get("accent", "cyan"), _("working")),
        "stopping": (colours.get("warning", "yellow"), _("stopping; Esc again restarts")),
        "down": (colours.get("error", "red"), _("the model process is down")),
    }[status.phase]
    if status.training and status.phase == "idle":
        phase = (colours.get("accent", "cyan"), one_line(status.training))
    if status.waiting:
        return phase[0], phase[1] + " " + _("(+{count} waiting)").format(count=status.waiting)
    return phase


def _parts(status: ModelStatus) -> list[str]:
    model = printable(status.model)
    parts = [
        one_line(status.answerer),
        one_line(status.training) if status.phase != "idle" else "",
        model or _("no model loaded"),
        _("reads {chosen}").format(chosen=one_line(status.chosen)) if status.chosen else "",
        f"{status.tokens_per_second:.0f} tok/s" if status.tokens_per_second else "",
        _context(status),
        status.device.upper(),
    ]
    return [part for part in parts if part]


def _context(status: ModelStatus) -> str:
    if not status.context_tokens or not status.context_used:
        return ""
    share = min(1.0, status.context_used / status.context_tokens)
    filled = round(share * GAUGE_COLUMNS)
    gauge = "▰" * filled + "▱" * (GAUGE_COLUMNS - filled)
    return _("context {gauge} {share:.0%}").format(gauge=gauge, share=share)
