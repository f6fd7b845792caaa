"""Requests that are no turn of the conversation: sent at once, and their end handed to whoever waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import Cancelled, Event, Failed, Finished, Request
from tui.turns import new_job


class Sender(Protocol):
    """What is needed of a model client."""

    def send(self, request: Request) -> None: ...


@dataclass(eq=False)
class _Errand:
    ended: asyncio.Future[dict[str, Any]]
    on_event: Callable[[Event], None] | None


class StoppedError(SuntoError):
    """Somebody stopped it, or paused the training that it is."""


class Errands:
    """The model process does one job at a time: an errand comes after the answer that is being written.

    A training lets the others in between two of its steps.
    """

    def __init__(self, client: Sender) -> None:
        self._client = client
        self._open: dict[str, _Errand] = {}

    async def run(
        self, request: Callable[[str], Request], on_event: Callable[[Event], None] | None = None
    ) -> dict[str, Any]:
        """Send the request made for a job id; its result. Raises SuntoError where it fails, `StoppedError` where it is
        stopped.

        Whoever stops waiting does not stop the job. `on_event` is given what comes before the end.
        """
        job = new_job()
        errand = self._open[job] = _Errand(asyncio.get_running_loop().create_future(), on_event)
        try:
            self._client.send(request(job))
            return await errand.ended
        finally:
            del self._open[job]

    def receive(self, event: Event) -> bool:
        """Whether the event belongs to an errand; it is then dealt with."""
        errand = self._open.get(event.job)
        if errand is None:
            return False
        match event:
            case _ if errand.ended.done():  # given up between two events
                pass
            case Finished(result=result):
                errand.ended.set_result(result)
            case Failed(message=message, hint=hint):
                errand.ended.set_exception(SuntoError(message, hint))
            case Cancelled():
                errand.ended.set_exception(StoppedError(_("That was stopped."), _("Nothing was changed; try again.")))
            case _ if errand.on_event is not None:
                errand.on_event(event)
            case _:
                pass
        return True
