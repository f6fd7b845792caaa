"""The measuring of an adapter while it goes on, and the report it ends with; whoever looks is told.

Leaving the screen stops nothing: what came of it is then said in the conversation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Protocol

from assistant.errors import SuntoError
from assistant.i18n import _
from assistant.protocol import Evaluate
from assistant.safe_text import one_line
from tui.errands import Errands
from tui.training.work import Doing

Listener = Callable[[], None]


class Stopper(Protocol):
    """What is needed of a model client, besides what errands need."""

    def cancel(self, job: str) -> None: ...


def measuring_words(doing: Doing | None) -> str:
    """For the status bar: `measuring bio 34 %`; empty where none goes on."""
    if doing is None or not doing.goes_on:
        return ""
    words = _("measuring {name}").format(name=one_line(doing.about))
    progress = doing.progress
    return f"{words} {progress.done / progress.total:.0%}" if progress is not None and progress.total > 0 else words


class EvaluationWork:
    """One measuring at a time: the model process does one job after the other anyway."""

    def __init__(
        self, errands: Errands, stopper: Stopper, on_change: Listener, on_end: Callable[[Doing], Awaitable[None]]
    ) -> None:
        """`on_change` is called at every change, `on_end` with one that is over while nobody looked at its adapter."""
        self._errands = errands
        self._stopper = stopper
        self._on_change = on_change
        self._on_end = on_end
        self.doing: Doing | None = None
        """The latest; `about` is the adapter's name."""
        self.listeners: dict[Listener, str] = {}
        """Whoever looks, and at which adapter."""

    @property
    def goes_on(self) -> bool:
        return self.doing is not None and self.doing.goes_on

    def of(self, name: str) -> Doing | None:
        """The latest one, if it is about that adapter."""
        return self.doing if self.doing is not None and self.doing.about == name else None

    async def measure(self, name: str, **options: Any) -> None:
        """Until it is over; `options` are fields of `Evaluate`. Does nothing while another one goes on."""
        if self.goes_on:
            return
        doing = self.doing = Doing(name)
        wanted = Evaluate(job="", name=name, **options)

        def asked(job: str) -> Evaluate:
            doing.job = job
            return replace(wanted, job=job)

        def received(event: Any) -> None:
            doing.receive(event)
            self._tell()

        self._tell()
        try:
            doing.result = await self._errands.run(asked, received)
        except SuntoError as error:
            doing.error = error
        doing.progress = None
        looked_on = name in self.listeners.values()
        self._tell()
        if not looked_on:
            await self._on_end(doing)

    def stop(self) -> None:
        """What is measured already is kept, so that another time goes on from there."""
        if self.doing is not None and self.doing.goes_on and self.doing.job:
            self._stopper.cancel(self.doing.job)

    def _tell(self) -> None:
        for listener in (self._on_change, *self.listeners):
            listener()
