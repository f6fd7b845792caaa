"""Glossaries, questions, quizzes and flashcards: items of each section, each with its place in the source."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

from assistant.grounding import Claim
from assistant.protocol import Event
from assistant.summaries.canvas import Canvas
from assistant.summaries.checks import AGREEING, usable_items
from assistant.summaries.desk import Desk
from assistant.summaries.items import Item, ItemKind, item_lines, merged_items
from assistant.summaries.own import items_of
from assistant.summaries.parts import PartSection
from assistant.summaries.units import Unit
from assistant.writing import Growing, Reading, Restarted, Written


class Study:
    """A `Viewer` of the units on the parts; items are shown when all of their section are there."""

    def __init__(self, desk: Desk, canvas: Canvas, units: Sequence[Unit]) -> None:
        self._desk = desk
        self._canvas = canvas
        self._units = units
        self.kind: ItemKind = _kind(desk)
        self._written: dict[int, Written] = {}
        self._sections = list(_numbered(desk.sections))
        self._seen: list[Item] = []
        """All items so far, own ones included: a term is explained once, a question asked once."""
        self.replaced = 0
        """For so many parts items were made of the document's own sentences."""
        self.items: list[dict[str, Any]] = []
        """As the result has them."""

    def write(self) -> Generator[Event, None, list[Written]]:
        return (yield from self._desk.scribe.write_all(self._units, "items", self))

    def growing(self, growth: Reading | Growing | Restarted) -> Iterator[Event]:  # noqa: ARG002 - a `Viewer`'s
        yield from ()

    def done(self, index: int, written: Written) -> Iterator[Event]:
        self._written[index] = written
        while self._sections and all(at in self._written for at in self._sections[0][1]):
            section, indexes = self._sections.pop(0)
            yield from self._close(section, indexes)

    def between(self) -> Iterator[Event]:
        yield from ()

    def _close(self, section: PartSection, indexes: Sequence[int]) -> Iterator[Event]:
        language, count = self._desk.language, self._desk.options.points
        found = [self._usable(self._written[index]) for index in indexes]
        new = merged_items([self._seen, *found])[len(self._seen) :]
        if not self._desk.options.merge:  # of what so small a model says, only what was found is worth learning
            new = [item for item in new if all(claim.support in AGREEING for claim in self._claims(section, item))]
        new = new[:count]
        yield from self.show(section, new)
        if not new and self._desk.options.extractive != "off":
            own = [item for item, _sentence in items_of(self.kind, section.parts, count, language)]
            self.replaced += len(section.parts) if own else 0
            yield from self.show_own(section, own)

    def show(self, section: PartSection, items: Sequence[Item]) -> Iterator[Event]:
        before = self._canvas.mark()
        yield from self._head(section)
        shown = 0
        for item in items:
            shown += yield from self._item(section, item)
        if shown:
            self._canvas.model_texts += 1
        else:
            yield from self._canvas.back_to(before)

    def show_own(self, section: PartSection, items: Sequence[Item], *, labelled: bool = True) -> Iterator[Event]:
        new = merged_items([self._seen, items])[len(self._seen) :]
        if not new:
            return
        yield from self._head(section)
        if labelled:
            yield from self._canvas.label()
        for item in new:
            yield from self._item(section, item)
        self._canvas.end_own()

    def _head(self, section: PartSection) -> Iterator[Event]:
        document = f"# {section.document.title}" if self._canvas.several else ""
        titled = section.title and len(self._desk.sections) > 1
        yield from self._canvas.under(document, f"## {section.title}" if titled else "")

    def _usable(self, written: Written) -> list[Item]:
        unfinished = written.finish_reason == "length"
        return usable_items(self.kind, written.text, self._desk.language, unfinished=unfinished)

    def _claims(self, section: PartSection, item: Item) -> list[Claim]:
        lines = item_lines(item, 1, self._desk.language)
        return [self._desk.judge.cite(line.claim, section.pages) for line in lines if line.claim]

    def _item(self, section: PartSection, item: Item) -> Generator[Event, None, int]:
        """Show it, unless it states what the source does not have and such things are left out; how many were shown."""
        lines = item_lines(item, len(self._seen) + 1, self._desk.language)
        if self._desk.options.unsupported != "mark":
            claims = self._claims(section, item)
            if wrong := [claim for claim in claims if claim.support == "unsupported"]:
                self._canvas.left_out += wrong
                return 0
        if item.kind in ("question", "quiz"):
            yield from self._canvas.gap()
        first: int | None = None
        for number, line in enumerate(lines):
            if number or not self._canvas.screen.text.endswith("\n"):
                yield from self._canvas.screen.show("\n" if self._canvas.screen.text else "")
            claim = yield from self._canvas.line(line.text, line.claim, section.pages)
            first = claim if first is None else first
        self._seen.append(item)
        self.items.append(
            {
                "kind": item.kind,
                "prompt": item.prompt,
                "answer": item.answer,
                "options": list(item.options),
                "explanation": item.explanation,
                "section": section.title,
                "claim": first,
            }
        )
        return 1


def _kind(desk: Desk) -> ItemKind:
    kind = desk.options.wanted.item
    assert kind, "only styles of items are studied"
    return kind


def _numbered(sections: Sequence[PartSection]) -> Iterator[tuple[PartSection, range]]:
    """Each section with the indexes of its parts."""
    start = 0
    for section in sections:
        yield section, range(start, start + len(section.parts))
        start += len(section.parts)
