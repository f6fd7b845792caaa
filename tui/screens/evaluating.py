"""What `/report`, `/evaluate` and `/blind` do: find out which adapter is meant, and open its screen."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.errors import ConfigError
from assistant.i18n import _
from tui import requests
from tui.adapter_rows import adapter_names, adapter_row

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


async def show_report(screen: ChatScreen, argument: str, *, measure: bool = False) -> None:
    """Raises AdapterError naming the nearest one where there is none of that name."""
    from tui.screens.evaluation import EvaluationScreen

    name = await _meant(screen, argument)
    screen.app.push_screen(EvaluationScreen(screen, name, measure=measure))


async def choose_blind(screen: ChatScreen, argument: str) -> None:
    """Raises AdapterError like the above, ConfigError for a word that means nothing here."""
    from tui.screens.evaluation_blind import BlindScreen

    name, against = requests.blind_sides(argument)
    screen.app.push_screen(BlindScreen(screen, await _meant(screen, name), against))


async def _meant(screen: ChatScreen, name: str) -> str:
    """The one of that name; without one, the adapter that answers, or the only one there is."""
    if not name:
        name = screen.who.next.adapter
    if not name:
        names = adapter_names()
        if len(names) != 1:
            raise ConfigError(
                _("Which adapter is meant?"), _("Type its name after the command; Tab completes. /adapters lists them.")
            )
        name = names[0]
    return (await asyncio.to_thread(adapter_row, name, screen.base_in_use)).name
