"""What `/compare` does: a screen for both texts, and a turn of the conversation that keeps them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from assistant.protocol import Request
from assistant.safe_text import printable
from tui import requests
from tui.claim_places import without_boundaries
from tui.comparisons import Chosen, as_answer, choice_words
from tui.conversation import COMPARISON
from tui.open_documents import OpenDocuments
from tui.turns import Watcher
from tui.widgets.frozen_message import FrozenMessage

if TYPE_CHECKING:
    from tui.screens.chat import ChatScreen


Answer = Callable[[str, Callable[[str, OpenDocuments], Request], Watcher], Awaitable[None]]
"""Asks about the open documents: (what is shown of it, what makes the request, who watches)."""


async def compare(screen: ChatScreen, argument: str, answer: Answer) -> None:
    """Raises SuntoError for words that make no sense, and for adapters that are not here."""
    from adapters.sides import two_adapters
    from tui.screens.comparison import ComparisonScreen

    choice, shown = screen.choice, f"{COMPARISON} {argument}".rstrip()
    request = requests.compare("", argument, screen.panel.documents, choice)
    await asyncio.to_thread(two_adapters, request.adapters)  # waits while another process changes the adapters
    comparison = ComparisonScreen(
        shown, request, screen.stop, lambda result, chosen: _note_choice(screen, result, chosen)
    )
    await screen.app.push_screen(comparison)
    await answer(shown, lambda job, documents: requests.compare(job, argument, documents, choice), comparison)


async def _note_choice(screen: ChatScreen, result: dict[str, Any], chosen: Chosen) -> None:
    """Keep a blind choice with the answer that the conversation has of the comparison."""
    text, words = as_answer(result)["answer"], choice_words(result, chosen)
    for message in reversed(screen.conversation.messages):
        if message.content == text:
            kept = {**message.details, "footnote": words, "result": as_answer(result, chosen)}
            await screen.conversation.update(message, text, message.state, **kept)
            break
    shown = printable(without_boundaries(text))
    for widget in reversed(screen.query(FrozenMessage)):
        if widget.source == shown:
            widget.footnote = words
            break
