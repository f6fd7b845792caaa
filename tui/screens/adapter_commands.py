"""What the actions about adapters do: `/adapter`, its key, and `/adapters`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from assistant.errors import AdapterMismatchError
from assistant.i18n import _
from assistant.safe_text import one_line
from tui import requests, results
from tui.adapter_rows import adapter_row
from tui.adapter_words import adapter_choices
from tui.choosable import Choosable
from tui.requests import Choice
from tui.turns import Turn
from tui.who_answers import AUTO, BARE

if TYPE_CHECKING:
    from tui.adapter_rows import AdapterRow
    from tui.screens.chat import ChatScreen


class AdapterCommands:
    def __init__(self, screen: ChatScreen) -> None:
        self._screen = screen

    @property
    def choice(self) -> Choice:
        """Which model and adapter answer what is asked now."""
        return self._screen.choice

    async def adapter(self, argument: str) -> None:
        if argument:
            await self.use_adapter(argument)
        else:
            await self._pick()

    async def adapters(self, argument: str) -> None:
        """The screen with all of them, at the one of that name."""
        from tui.screens.adapters import AdaptersScreen

        self._screen.app.push_screen(AdaptersScreen(self._screen, argument))

    async def use_adapter(self, name: str) -> None:
        """From the next question on, whatever is being written. Raises AdapterError where it cannot answer."""
        screen = self._screen
        if screen.training.means_in_training(name):
            screen.choose_adapter(screen.training.in_training)
            await screen.say(self._said(screen.choice.adapter))
            return
        named = name.lower() not in (AUTO, *BARE)
        if named:
            require_fit(await asyncio.to_thread(adapter_row, name, screen.base_in_use))
        before = screen.choice.adapter
        screen.choose_adapter(name if named else name.lower())
        await screen.say(self._said(name))
        if named and screen.model_at_hand:
            await self._get_ready(before)

    async def _get_ready(self, before: str) -> None:
        """Load it while nobody waits for it; if it cannot be, go back to what was chosen before."""
        screen, choice = self._screen, self._screen.choice

        def go_back() -> None:
            if screen.choice == choice:
                screen.choose_adapter(before)

        await screen.ask(Turn("", lambda job: requests.load(job, choice), results.nothing_more, refused=go_back))

    def _said(self, name: str) -> str:
        if name.lower() in BARE:
            return _("Answers now come from the model without an adapter.")
        if name.lower() != AUTO:
            return _("Answers now come from the adapter **{name}**.").format(name=results.as_text(name))
        return _("Answers now come from the adapter of the open documents' subject: at present, {words}.").format(
            words=results.as_text(self._screen.who.next.words)
        )

    async def _pick(self) -> None:
        from tui.screens.asking import ChoiceScreen

        screen = self._screen
        choices = adapter_choices(await screen.adapter_rows(), screen.who.next, screen.adapter_of_subject)
        if label := screen.training.in_training:
            choices.append(Choosable(label, label, mark="●" if screen.who.next.adapter == label else " "))
        chosen = screen.choice.adapter or screen.settings.adapter

        def picked(name: str | None) -> None:
            if name is not None:
                screen.call_later(screen.submit, f"/adapter {name}")

        screen.app.push_screen(
            ChoiceScreen(
                _("Who answers from now on"),
                choices,
                current="none" if chosen in BARE else chosen,
                hint=_("/adapters shows more of each, renames, imports …"),
            ),
            picked,
        )


def require_fit(row: AdapterRow) -> None:
    """Raises AdapterMismatchError with every difference listed where it is for another base than the one in use."""
    if row.fits is False:
        raise AdapterMismatchError(
            _("The adapter “{name}” was made for another base: {differences}.").format(
                name=row.name, differences="; ".join(row.differences)
            ),
            _("Answer with its own base first: /model {model}").format(model=one_line(row.model[:200]) or "…"),
        )
