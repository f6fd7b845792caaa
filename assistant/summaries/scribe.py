"""Has units written, side by side, and keeps each the moment it ends.

They are given to the model in waves, so that something can be done with what is there (merging, showing) before all is.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import Protocol

from assistant.errors import Stopped
from assistant.protocol import Event, Progress
from assistant.summaries.estimate import Estimate
from assistant.summaries.units import Unit, Units
from assistant.writing import Done, Growing, Reading, Restarted, Writer, Written

WAVE_BATCHES = 2
"""So many times what the model answers at once are in a wave: it stays busy while long answers end, and an answer that
has to be asked for again does not wait long for it."""


class Viewer(Protocol):
    """Follows units while they are written, by their index; the model is busy until `between`."""

    def growing(self, growth: Reading | Growing | Restarted) -> Iterator[Event]: ...

    def done(self, index: int, written: Written) -> Iterator[Event]: ...

    def between(self) -> Iterator[Event]:
        """The model is free."""
        ...


class Scribe:
    def __init__(self, job: str, writer: Writer, units: Units, estimate: Estimate) -> None:
        self._job = job
        self._writer = writer
        self._units = units
        self._estimate = estimate

    def write_all(
        self, units: Sequence[Unit], stage: str, viewer: Viewer | None = None
    ) -> Generator[Event, None, list[Written]]:
        """The text of each unit, those kept before included. Raises Stopped; what was finished by then is kept."""
        written: dict[int, Written] = {}
        missing: list[int] = []
        for index, unit in enumerate(units):
            if (kept := self._units.find(unit.key)) is None:
                missing.append(index)
            else:
                written[index] = kept
                if kept.problem:
                    self._writer.problems[kept.problem] += 1
        yield self._progress(stage, units, written)
        if viewer:
            for index in sorted(written):
                yield from viewer.done(index, written[index])
            yield from viewer.between()
        while missing:
            if self._writer.should_stop():
                raise Stopped(self._writer.screen.text)
            wave = missing[: WAVE_BATCHES * self._writer.model.batch_rows]
            missing = missing[len(wave) :]
            yield from self._write(wave, units, written, stage, viewer)
            if viewer:
                yield from viewer.between()
        return [written[index] for index in range(len(units))]

    def _write(
        self,
        wave: Sequence[int],
        units: Sequence[Unit],
        written: dict[int, Written],
        stage: str,
        viewer: Viewer | None,
    ) -> Iterator[Event]:
        since = time.monotonic()
        for growth in self._writer.write_many([units[index].ask for index in wave]):
            index = wave[growth.index]
            if not isinstance(growth, Done):
                if viewer:
                    yield from viewer.growing(_renumbered(growth, index))
                continue
            now = time.monotonic()
            self._estimate.worked(now - since)
            since = now
            self._estimate.finished(units[index].tokens)
            written[index] = growth.written
            yield from self._units.keep(units[index], growth.written)
            if viewer:
                yield from viewer.done(index, growth.written)
            yield self._progress(stage, units, written)

    def _progress(self, stage: str, units: Sequence[Unit], written: dict[int, Written]) -> Progress:
        ahead = next((unit.title for index, unit in enumerate(units) if index not in written), "")
        return Progress(
            job=self._job,
            stage=stage,
            done=len(written),
            total=len(units),
            unit="chunks",
            detail=ahead,
            seconds_left=self._estimate.seconds_left,
        )


def _renumbered(growth: Reading | Growing | Restarted, index: int) -> Reading | Growing | Restarted:
    if isinstance(growth, Reading):
        return Reading(index, growth.done, growth.total)
    return Growing(index, growth.text) if isinstance(growth, Growing) else Restarted(index)
