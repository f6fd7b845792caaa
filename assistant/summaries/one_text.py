"""A summary that is one text about everything: notes on the parts, merged per section, then over sections.

A model that cannot merge writes on the parts, and the best supported of its sentences are the summary.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from assistant.protocol import Event
from assistant.screen import Live
from assistant.summaries.canvas import Canvas
from assistant.summaries.choosing import Chosen, best_sentences
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft, draft, joined
from assistant.summaries.merging import is_whole
from assistant.summaries.own import OwnSentence, sentences_of
from assistant.summaries.parts import Part
from assistant.summaries.replacing import rewritten, stand_ins
from assistant.summaries.several.agreeing import without_agreements
from assistant.summaries.several.groups import Group, by_topics
from assistant.summaries.several.own_sentences import said_once
from assistant.summaries.units import Unit
from assistant.writing import Growing, Reading, Restarted, Written, follow


class OneText:
    def __init__(self, desk: Desk, canvas: Canvas, units: Sequence[Unit]) -> None:
        self._desk = desk
        self._canvas = canvas
        self._units = units
        self.notes: list[Draft] = []
        """What the model wrote on the parts."""
        self.replaced = 0
        """For so many parts the document's own sentences stand in."""

    def write(self) -> Generator[Event, None, list[Written]]:
        desk = self._desk
        written = yield from desk.scribe.write_all(self._units, "map")
        own = [stand_ins(desk, part, text) for part, text in zip(desk.parts, written, strict=True)]
        drafts = [
            _own_notes(sentences, unit) if sentences else draft(unit, text)
            for sentences, unit, text in zip(own, self._units, written, strict=True)
        ]
        failed = [part for part, sentences in zip(desk.parts, own, strict=True) if sentences]
        self.replaced = len(failed)
        self.notes = [item for sentences, item in zip(own, drafts, strict=True) if not sentences and item.text]
        if not self.notes:
            yield from self._own(failed)
        elif desk.options.merge:
            yield from self._merge(desk.by_section(drafts))
        else:
            yield from self._choose(drafts)
        return written

    # --- by merging -----------------------------------------------------------------------------------------------

    def _merge(self, sections: Sequence[Sequence[Draft]]) -> Iterator[Event]:
        merged = yield from self._desk.merger.each(sections)
        drafts = [item for some in merged for item in some]
        groups = (yield from by_topics(self._desk, drafts)) if self._canvas.several else [Group((), tuple(drafts))]
        for group in groups:
            if len(groups) > 1:
                yield from self._canvas.under(f"# {group.title}")
            yield from self._one(group.drafts)
        if self.replaced:
            yield from self._canvas.partly_own()

    def _one(self, drafts: Sequence[Draft]) -> Iterator[Event]:
        desk, task = self._desk, self._desk.requests.whole_task
        drafts = yield from desk.merger.fitting(drafts, task)
        if not desk.merger.fits(drafts, task):  # it did not converge: all of it, in order
            together = joined(drafts)
            yield from self._canvas.show(together.text, together.pages)
            return
        unit = desk.merger.unit(task, drafts, desk.options.bullets)
        viewer = Single(self._canvas, unit, desk.job, live=desk.options.unsupported != "rewrite")
        (written,) = yield from desk.scribe.write_all([unit], "merge", viewer)
        if viewer.settled:
            desk.writer.settled(written)
        elif is_whole(written):
            text = yield from rewritten(desk, draft(unit, written))
            yield from self._canvas.show(text, unit.pages)
        else:
            yield from self._sentences(best_sentences(drafts, desk.options.points, desk.judge))

    # --- by choosing ----------------------------------------------------------------------------------------------

    def _choose(self, drafts: Sequence[Draft]) -> Iterator[Event]:
        """The model's sentences that the document supports; its own from other parts where these are too few."""
        options = self._desk.options
        stand_in = options.extractive != "off"
        chosen = [
            best_sentences(
                [item for item in self.notes if item.documents[0] is document],
                options.points,
                self._desk.judge,
                sure=stand_in,
            )
            for document in self._desk.documents
        ]
        for document, best, new in zip(self._desk.documents, chosen, self._once(chosen), strict=True):
            told = [sentence.draft for sentence in best]
            missed = [
                part
                for part, item in zip(self._desk.parts, drafts, strict=True)
                if stand_in and part.document is document and not any(item is other for other in told)
            ]
            own = sentences_of(missed, options.points - len(best)) if missed and len(best) < options.points else []
            if new or own:
                yield from self._canvas.under(f"# {document.title}" if self._canvas.several else "")
                yield from self._sentences(new)
            if own:
                yield from self._canvas.own(own)

    def _once(self, chosen: Sequence[Sequence[Chosen]]) -> list[list[Chosen]]:
        """For each document, without what another says too; that has both places."""
        if not self._canvas.several:
            return [list(best) for best in chosen]
        notes = [[replace(sentence.draft, text=sentence.text) for sentence in best] for best in chosen]
        said = without_agreements(self._desk, [note for some in notes for note in some])
        self._canvas.agreeing = said.places
        stays = {id(note) for note in said.drafts}
        return [
            [sentence for sentence, note in zip(best, some, strict=True) if id(note) in stays]
            for best, some in zip(chosen, notes, strict=True)
        ]

    def _sentences(self, chosen: Sequence[Chosen]) -> Iterator[Event]:
        """As one paragraph, each looked up where it is from."""
        for number, sentence in enumerate(chosen):
            note = replace(sentence.draft, text=sentence.text.lstrip("-*• "))
            text = note.text
            if self._desk.options.unsupported == "rewrite":
                text = yield from rewritten(self._desk, note)
            yield from self._canvas.screen.show(" " if number else "")
            yield from self._canvas.show(text, note.pages)

    # --- without the model ----------------------------------------------------------------------------------------

    def _own(self, parts: Sequence[Part]) -> Iterator[Event]:
        by_document = [
            (document, [part for part in parts if part.document is document]) for document in self._desk.documents
        ]
        own = said_once(
            [sentences_of(mine, self._desk.options.points) if mine else [] for _document, mine in by_document]
        )
        for (document, _mine), sentences in zip(by_document, own, strict=True):
            if sentences:
                yield from self._canvas.under(f"# {document.title}" if self._canvas.several else "")
                yield from self._canvas.label()
                yield from self._canvas.own_lines(sentences)


class Single:
    """A `Viewer` of the one text that is left to write."""

    def __init__(self, canvas: Canvas, unit: Unit, job: str, *, live: bool) -> None:
        self._canvas = canvas
        self._job = job
        self._live: Live | None = canvas.live(unit.pages) if live else None
        self.settled = False
        """Whether the text stands on the canvas."""

    def growing(self, growth: Reading | Growing | Restarted) -> Iterator[Event]:
        if self._live:
            yield from follow(self._live, growth, self._job)

    def done(self, index: int, written: Written) -> Iterator[Event]:  # noqa: ARG002 - a `Viewer`'s
        if self._live and is_whole(written):
            yield from self._live.settle(written.text)
            self._canvas.settle(self._live)
            self.settled = True
        elif self._live:
            yield from self._live.restart()

    def between(self) -> Iterator[Event]:
        yield from ()


def _own_notes(sentences: Sequence[OwnSentence], unit: Unit) -> Draft:
    """The document's own sentences as notes, so that nothing of this part is lost to what is merged from them."""
    text = "\n".join(f"- {' '.join(sentence.text.split())}" for sentence in sentences)
    return Draft(text, unit.pages, unit.documents, unit.title)
