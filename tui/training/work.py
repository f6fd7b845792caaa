"""What goes on of a fine-tuning whether or not its screen is open: making examples, trying the fit, training.

One thing of each kind at a time. Whoever looks is told of every change; nothing here draws.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from adapters.in_training_label import label_of
from adapters.registry import adapter_names
from assistant.errors import SuntoError
from assistant.protocol import (
    BuildDataset,
    CheckFit,
    Event,
    FitChecked,
    Notice,
    Progress,
    RateTried,
    Train,
    TryRates,
)
from tui.errands import Errands, StoppedError
from tui.training.live import LiveTraining, Note, RateTest
from tui.training.past import remember
from tui.training.rows import DamagedRow, DatasetRow, RunRow
from tui.training.settings import Draft, load_draft, save_draft

Listener = Callable[[], None]


class Trainer(Protocol):
    """What is needed of a model client, besides what errands need."""

    def pause(self, job: str, *, unload: bool) -> None: ...

    def cancel(self, job: str) -> None: ...


@dataclass(eq=False)
class Doing:
    """An errand of some length and what it says."""

    about: str
    """The path, or the settings' name."""
    job: str = ""
    progress: Progress | None = None
    notes: list[Note] = field(default_factory=list[Note])
    result: dict[str, Any] | None = None
    error: SuntoError | None = None

    @property
    def goes_on(self) -> bool:
        return self.result is None and self.error is None

    def receive(self, event: Event) -> None:
        match event:
            case Progress():
                self.progress = event
            case Notice(level=level, message=message, hint=hint):
                self.notes.append(Note(message, hint, kind=level))
            case _:
                pass


@dataclass(eq=False)
class FitTrial(Doing):
    draft: Draft = field(default_factory=Draft)
    """What it was tried for."""
    estimated: FitChecked | None = None
    measured: FitChecked | None = None

    def receive(self, event: Event) -> None:
        match event:
            case FitChecked(measured=True):
                self.measured = event
            case FitChecked():
                self.estimated = event
            case _:
                super().receive(event)


@dataclass(eq=False)
class RateTrial(Doing):
    rates: RateTest = field(default_factory=RateTest)

    def receive(self, event: Event) -> None:
        if isinstance(event, RateTried):
            self.rates.receive(event)
        else:
            super().receive(event)


class TrainingWork:
    def __init__(self, errands: Errands, trainer: Trainer, on_end: Callable[[LiveTraining], Awaitable[None]]) -> None:
        """`on_end` is told of a training that is over: finished, paused or failed."""
        self._errands = errands
        self._trainer = trainer
        self._on_end = on_end
        self._draft: Draft | None = None
        self.live: LiveTraining | None = None
        self.building: Doing | None = None
        self.fit: FitTrial | None = None
        self.rates: RateTrial | None = None
        self.step = "data"
        """Of the screen: where it was left."""
        self.runs: list[RunRow] = []
        self.datasets: list[DatasetRow] = []
        self.damaged: list[DamagedRow] = []
        """Trainings and data sets; all three as they were the last time somebody looked."""
        self.verdicts: dict[str, str] = {}
        """Of data sets that were looked at, by name: whether there is enough to learn from."""
        self.listeners: set[Listener] = set()

    # --- the draft ------------------------------------------------------------------------------------------------

    @property
    def draft(self) -> Draft:
        """What is set at present. Read from the disk when it is first wanted."""
        if self._draft is None:
            self._draft = load_draft()
        return self._draft

    @draft.setter
    def draft(self, draft: Draft) -> None:
        if draft != self._draft:
            self._draft = draft
            save_draft(draft)
            self._tell()

    def choose_data(self, name: str) -> None:
        """What to learn from. Another one gives the adapter its name, unless somebody gave it one not used yet."""
        before = self.draft
        named = before.name not in ("", before.data) and before.name not in adapter_names()
        keeps_name = before.name and (named or name == before.data)
        self.draft = replace(before, data=name, name=before.name if keeps_name else name)

    # --- the long errands -----------------------------------------------------------------------------------------

    async def build(self, path: str, *, tiers: str = "AB", overwrite: bool = False) -> None:
        """Make examples of a folder or a file, and choose them."""
        doing = self.building = Doing(path)

        def request(job: str) -> BuildDataset:
            return BuildDataset(job=job, paths=(path,), tiers=tiers, overwrite=overwrite)

        await self._do(doing, request)
        if doing.result is not None:
            self.choose_data(str(doing.result.get("name") or ""))
        self._tell()

    async def try_fit(self) -> None:
        """Would what is set fit into memory."""
        trial = self.fit = FitTrial(self.draft.name, draft=self.draft)
        fields = _named(self.draft.fields())
        await self._do(trial, lambda job: CheckFit(job=job, **fields))
        self._tell()

    async def try_rates(self) -> None:
        trial = self.rates = RateTrial(self.draft.name)
        fields = _named(self.draft.fields())
        await self._do(trial, lambda job: TryRates(job=job, **fields))
        self._tell()

    def stop(self, doing: Doing | None) -> None:
        if doing is not None and doing.goes_on and doing.job:
            self._trainer.cancel(doing.job)

    async def _do(self, doing: Doing, request: Callable[[str], Any]) -> None:
        def asked(job: str) -> Any:
            doing.job = job
            return request(job)

        self._tell()
        try:
            doing.result = await self._errands.run(asked, lambda event: self._received(doing, event))
        except SuntoError as error:
            doing.error = error

    # --- the training ---------------------------------------------------------------------------------------------

    async def train(self, *, overwrite: bool = False, few: bool = False) -> None:
        """With what is set. Until it is over."""
        draft = self.draft
        await self._train(
            LiveTraining(Train(job="", **draft.fields(), subject=draft.subject, overwrite=overwrite, few=few))
        )

    async def go_on(self, name: str) -> None:
        """With the unfinished training of that name, where it was left; from the beginning if it made no step."""
        live = self.live
        if live is None or live.name != name:
            live = LiveTraining(Train(job="", data="", name=name, resume=True))
            await asyncio.to_thread(remember, live)
        if live.has_begun:
            live.request = replace(live.request, resume=True, overwrite=False)
        await self._train(live)

    async def _train(self, live: LiveTraining) -> None:
        self.live = live
        live.state, live.error = "starting", None
        live.is_checked = live.is_measured = False
        live.ended.clear()

        def asked(job: str) -> Train:
            live.request = replace(live.request, job=job)
            return live.request

        self._tell()
        try:
            live.result = await self._errands.run(asked, lambda event: self._received(live, event))
            live.state = "finished"
        except StoppedError:
            live.state = "paused"
        except SuntoError as error:
            live.state, live.error = "failed", error
        live.progress = None
        live.ended.set()
        self._tell()
        await self._on_end(live)

    async def pause_and_wait(self) -> None:
        """Until it has written down where it is."""
        if self.live is None or not self.live.goes_on:
            return
        if self.live.state != "pausing":
            self.pause(unload=True)
        await self.live.ended.wait()

    def forget(self) -> None:
        """There is no training any more, not even one to go on with."""
        self.live = None
        self._tell()

    def pause(self, *, unload: bool) -> None:
        """After the step it is in. Asked again, at once: what came after the last checkpoint is then done again."""
        if self.live is None or not self.live.goes_on:
            return
        if self.live.state == "pausing":
            self._trainer.cancel(self.live.request.job)
            return
        self.live.state = "pausing"
        self._trainer.pause(self.live.request.job, unload=unload)
        self._tell()

    def stop_measuring(self) -> None:
        """The adapter is published by then, and stays."""
        if self.live is not None and self.live.is_measured and self.live.goes_on:
            self._trainer.cancel(self.live.request.job)

    @property
    def trains(self) -> bool:
        return self.live is not None and self.live.goes_on

    @property
    def in_training(self) -> str:
        """By what the adapter can be asked as it is now, between two steps; empty where none is being trained."""
        return label_of(self.live.name) if self.live is not None and self.live.state == "running" else ""

    def means_in_training(self, name: str) -> bool:
        """One that is installed under the bare name comes first."""
        if self.live is None or not self.in_training:
            return False
        return name == self.in_training or (name == self.live.name and name not in adapter_names())

    def _received(self, what: Doing | LiveTraining, event: Event) -> None:
        what.receive(event)
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def _named(fields: dict[str, Any]) -> dict[str, Any]:
    """A trial needs no name, but the request does."""
    return {**fields, "name": fields["name"] or "trial"}
