"""One summary from beginning to end: what is written is the matter of the modules beside this one.

The text on each part is committed to the library as it ends, under a key that holds everything it depends on; whoever
asks for the same again, after a crash or a stop, goes on from there.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from assistant.documents.model import Document
from assistant.generation import LanguageModel, ShouldStop, never_stop
from assistant.library import Library
from assistant.prompts import says_nothing
from assistant.protocol import Event
from assistant.summaries.by_section import BySection
from assistant.summaries.canvas import Canvas
from assistant.summaries.desk import Desk
from assistant.summaries.estimate import planned_tokens
from assistant.summaries.extracts import extract
from assistant.summaries.one_text import OneText
from assistant.summaries.options import SummaryOptions
from assistant.summaries.own import sentences_of
from assistant.summaries.parts import PageNames
from assistant.summaries.report import left_out_notice, own_notice, result, resume_notice, support_notice
from assistant.summaries.several.disagreeing import Disagreements
from assistant.summaries.study import Study
from assistant.writing import Written, no_text_error


def summarize(
    job: str,
    model: LanguageModel | None,
    documents: Sequence[Document],
    options: SummaryOptions,
    library: Library | None = None,
    should_stop: ShouldStop = never_stop,
) -> Generator[Event, None, dict[str, Any]]:
    """Stream a summary; its result is the object of the command-line contract (DESIGN §4).

    Without a library nothing is kept; without a model the summary is made of the documents' own sentences.
    Raises NoTextError, ContextOverflowError, ConfigError for a style that is not known, ModelError where the model
    wrote nothing at all, and Stopped with the text so far.
    """
    if model is None or options.extractive == "only":
        return (yield from extract(job, documents, options, should_stop))
    return (yield from _Summary(Desk(job, model, documents, options, library, should_stop)).run())


class _Summary:
    def __init__(self, desk: Desk) -> None:
        self._started = time.monotonic()
        self._job, self._options, self._desk = desk.job, desk.options, desk
        self._canvas = Canvas(desk.writer.screen, desk.documents, desk.options, desk.judge, desk.language)
        self._units = desk.part_units()
        self._resumed = [desk.units.find(unit.key) is not None for unit in self._units]

    def run(self) -> Generator[Event, None, dict[str, Any]]:
        desk, canvas = self._desk, self._canvas
        yield from resume_notice(self._job, sum(self._resumed), len(self._units))
        desk.estimate.plan(planned_tokens(desk.options, desk.sections, self._units, self._resumed))
        form = self._form()
        written = yield from form.write()
        yield from self._at_least_something()
        disagreements = Disagreements(desk, canvas)
        if canvas.several and not isinstance(form, Study):
            yield from disagreements.show(form.notes if isinstance(form, OneText) else ())
        yield from self._notices(form.replaced)
        return result(
            desk,
            canvas,
            pages=frozenset[tuple[str, int]]().union(*self._pages(written)),
            seconds=time.monotonic() - self._started,
            items=form.items if isinstance(form, Study) else (),
            contradictions=disagreements.as_json(),
            resumed=sum(self._resumed),
        )

    def _at_least_something(self) -> Iterator[Event]:
        """Where nothing stands on the screen, since all of it was left out: the documents' own sentences."""
        desk, canvas = self._desk, self._canvas
        if canvas.screen.text.strip():
            return
        allowed = desk.options.extractive != "off" and desk.options.wanted.kind == "text"
        if not allowed or not (sentences := sentences_of(desk.parts, desk.options.points)):
            raise no_text_error(desk.model)
        canvas.model_texts = 0
        yield from canvas.own(sentences)

    def _form(self) -> OneText | BySection | Study:
        if self._options.wanted.kind == "items":
            return Study(self._desk, self._canvas, self._units)
        if self._options.one_text and (len(self._units) > 1 or self._options.opening_only):
            return OneText(self._desk, self._canvas, self._units)
        return BySection(self._desk, self._canvas, self._units)

    def _pages(self, written: Sequence[Written]) -> list[PageNames]:
        """Of the parts that the model did not find empty of anything to say."""
        pairs = zip(self._units, written, strict=True)
        return [unit.pages for unit, text in pairs if not says_nothing(text.text)]

    def _notices(self, replaced: int) -> Iterator[Event]:
        desk = self._desk
        yield from desk.writer.notices()
        yield from own_notice(self._job, replaced, len(self._units))
        yield from support_notice(self._job, [placed.claim for placed in desk.writer.claims])
        yield from left_out_notice(self._job, self._canvas.left_out)
