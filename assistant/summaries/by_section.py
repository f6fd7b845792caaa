"""A summary that is a text on each section, in order: shown as they become ready, the one in turn while it grows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from assistant.protocol import Event
from assistant.screen import Live
from assistant.summaries.canvas import Canvas
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft, draft, joined
from assistant.summaries.parts import Part, PartSection
from assistant.summaries.replacing import rewritten, stand_ins
from assistant.summaries.units import Unit
from assistant.writing import Growing, Reading, Restarted, Written, follow


@dataclass(frozen=True)
class Slot:
    """What stands under one heading and is shown at once: a part, or all of a section where its parts are merged."""

    section: PartSection
    parts: tuple[Part, ...]
    indexes: tuple[int, ...]
    """Of the units on these parts."""


class BySection:
    """A `Viewer` of the units on the parts."""

    def __init__(self, desk: Desk, canvas: Canvas, units: Sequence[Unit]) -> None:
        self._desk = desk
        self._canvas = canvas
        self._units = units
        self._slots = list(_slots(desk, merged=self._is_merged))
        self._turn = 0
        self._written: dict[int, Written] = {}
        self._pieces: defaultdict[int, str] = defaultdict(str)
        """What has been written on the parts that are not in turn yet."""
        self._live: Live | None = None
        self.replaced = 0
        """For so many parts the document's own sentences stand in."""
        self._before: tuple[int, list[str]] = (0, [])
        """Where the canvas stood before the slot in turn."""

    def write(self) -> Generator[Event, None, list[Written]]:
        return (yield from self._desk.scribe.write_all(self._units, "map", self))

    # --- while the model is busy ----------------------------------------------------------------------------------

    def growing(self, growth: Reading | Growing | Restarted) -> Iterator[Event]:
        if not self._is_live(growth.index):
            if isinstance(growth, Growing):
                self._pieces[growth.index] += growth.text
            elif isinstance(growth, Restarted):
                self._pieces.pop(growth.index, None)
        elif not isinstance(growth, Reading) or len(self._units) == 1:
            yield from self._open(growth.index)
            assert self._live is not None, "opened just now"
            yield from follow(self._live, growth, self._desk.job)

    def done(self, index: int, written: Written) -> Iterator[Event]:
        self._written[index] = written
        while self._turn < len(self._slots) and self._is_ready and self._needs_no_model:
            yield from self._close(self._slots[self._turn])

    # --- when it is free ------------------------------------------------------------------------------------------

    def between(self) -> Iterator[Event]:
        while self._turn < len(self._slots) and self._is_ready:
            yield from self._close(self._slots[self._turn])

    # --- one slot after the other ---------------------------------------------------------------------------------

    @property
    def _is_merged(self) -> bool:
        """Whether the points of a section's parts become one list."""
        return self._desk.options.merge and self._desk.options.wanted.name == "outline"

    @property
    def _is_ready(self) -> bool:
        return all(index in self._written for index in self._slots[self._turn].indexes)

    @property
    def _needs_no_model(self) -> bool:
        return len(self._slots[self._turn].indexes) == 1 and self._desk.options.unsupported != "rewrite"

    def _is_live(self, index: int) -> bool:
        return self._turn < len(self._slots) and self._needs_no_model and self._slots[self._turn].indexes == (index,)

    def _open(self, index: int) -> Iterator[Event]:
        """Begin to show the part in turn, with what has been written on it by now."""
        if self._live is not None:
            return
        yield from self._head(self._slots[self._turn])
        self._live = self._canvas.live(self._units[index].pages)
        yield from self._live.feed(self._pieces.pop(index, ""))

    def _head(self, slot: Slot) -> Iterator[Event]:
        self._before = self._canvas.mark()
        alone = len(self._desk.parts) == 1 or self._desk.options.one_text
        document = f"# {slot.section.document.title}" if self._canvas.several else ""
        section = f"## {slot.section.title}" if slot.section.title and not alone else ""
        yield from self._canvas.under(document, section)

    def _close(self, slot: Slot) -> Iterator[Event]:
        """Show what became of a slot; the next one is in turn."""
        pairs = [(self._units[index], self._written[index]) for index in slot.indexes]
        own = [stand_ins(self._desk, part, written) for part, (_unit, written) in zip(slot.parts, pairs, strict=True)]
        used = [pair for pair, sentences in zip(pairs, own, strict=True) if not sentences]
        drafts = [item for pair in used if (item := draft(*pair)).text]
        if self._live is None:
            yield from self._head(slot)
        live, self._live = self._live, None
        if live and drafts:
            yield from live.settle(drafts[0].text)
            self._canvas.settle(live)
        else:
            if live:
                yield from live.restart()
            if drafts:
                yield from self._show(drafts)
        for _unit, written in used:
            self._desk.writer.settled(written)
        self.replaced += len(pairs) - len(used)
        if sentences := [sentence for some in own for sentence in some]:
            yield from self._canvas.own(sentences)
        elif not drafts:
            yield from self._canvas.back_to(self._before)
        self._turn += 1

    def _show(self, drafts: Sequence[Draft]) -> Iterator[Event]:
        if len(drafts) > 1:
            (drafts,) = yield from self._desk.merger.each([drafts], bullets=self._desk.options.points)
        together = joined(drafts)
        text = together.text
        if self._desk.options.unsupported == "rewrite":
            text = yield from rewritten(self._desk, together)
        yield from self._canvas.show(text, together.pages)


def _slots(desk: Desk, *, merged: bool) -> Iterator[Slot]:
    index = 0
    for section in desk.sections:
        indexes = range(index, index + len(section.parts))
        index += len(section.parts)
        if merged:
            yield Slot(section, section.parts, tuple(indexes))
        else:
            yield from (Slot(section, (part,), (at,)) for part, at in zip(section.parts, indexes, strict=True))
