"""A summary that is a text on each section, in order: shown as they become ready, the one in turn while it grows.

Sections of several documents on one topic have one text: what two of them say stands there once, with both places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.protocol import Event
from assistant.screen import Live
from assistant.summaries.canvas import Canvas
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft, draft, joined
from assistant.summaries.parts import Part
from assistant.summaries.replacing import rewritten, stand_ins
from assistant.summaries.several.agreeing import without_agreements
from assistant.summaries.several.common_topics import SectionTopic
from assistant.summaries.several.own_sentences import said_once
from assistant.summaries.units import Unit
from assistant.writing import Growing, Reading, Restarted, Written, follow

MOST_MERGED = 12
"""Sentences that documents say of one topic: a model asked for one list of more leaves some of them out."""


@dataclass(frozen=True)
class Slot:
    """What is shown at once under a heading: a part, or all of a topic where its parts are put together."""

    topic: SectionTopic
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
        document = slot.topic.heading if self._canvas.several else ""
        yield from self._canvas.under(document, f"## {slot.topic.title}" if self._is_titled(slot.topic) else "")

    def _is_titled(self, topic: SectionTopic) -> bool:
        desk = self._desk
        if not topic.title or desk.options.one_text:
            return False
        return len(desk.topics) > 1 or (len(desk.parts) > 1 and any(document.sections for document in topic.documents))

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
                yield from self._show(slot, drafts)
        for _unit, written in used:
            self._desk.writer.settled(written)
        self.replaced += len(pairs) - len(used)
        if sentences := [said for some in said_once(own) for said in some]:
            yield from self._canvas.label()
            yield from self._canvas.own_lines(sentences)
        elif not drafts:
            yield from self._canvas.back_to(self._before)
        self._turn += 1

    def _show(self, slot: Slot, drafts: Sequence[Draft]) -> Iterator[Event]:
        if slot.topic.is_shared:
            drafts = yield from self._once(drafts)
        else:
            drafts = yield from self._merged(drafts)
        together = joined(drafts)
        text = together.text
        if self._desk.options.wanted.name == "outline":
            text = "\n".join(item.text for item in drafts)  # one list
        if self._desk.options.unsupported == "rewrite":
            text = yield from rewritten(self._desk, replace(together, text=text))
        yield from self._canvas.show(text, together.pages)
        self._canvas.agreeing = {}

    def _merged(self, drafts: Sequence[Draft]) -> Generator[Event, None, Sequence[Draft]]:
        if len(drafts) > 1:
            (drafts,) = yield from self._desk.merger.each([drafts], bullets=self._desk.options.points)
        return drafts

    def _once(self, drafts: Sequence[Draft]) -> Generator[Event, None, Sequence[Draft]]:
        """What several documents say of a topic, each thing once."""
        desk = self._desk
        if self._is_merged:
            by_document = [list(some) for _path, some in groupby(drafts, key=lambda item: item.documents[0].path)]
            lists = yield from desk.merger.each(by_document, bullets=desk.options.points)
            drafts = [item for some in lists for item in some]
        said = without_agreements(desk, drafts)
        self._canvas.agreeing = said.places
        is_short = said.count <= MOST_MERGED and desk.merger.fits(said.drafts, "topic")
        if desk.options.merge and not self._is_merged and is_short and len(said.drafts) > 1:
            (drafts,) = yield from desk.merger.each([said.drafts], "topic", bullets=said.count)
            return drafts
        return said.drafts


def _slots(desk: Desk, *, merged: bool) -> Iterator[Slot]:
    index = 0
    for topic in desk.topics:
        indexes = range(index, index + len(topic.parts))
        index += len(topic.parts)
        if merged or topic.is_shared:
            yield Slot(topic, topic.parts, tuple(indexes))
        else:
            yield from (Slot(topic, (part,), (at,)) for part, at in zip(topic.parts, indexes, strict=True))
