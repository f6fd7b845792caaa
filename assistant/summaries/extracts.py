"""A summary without a model: the documents' own sentences, and items made of them."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.documents.model import Document
from assistant.errors import NoTextError, Stopped
from assistant.generation import (
    BatchEvent,
    ChatMessage,
    Completion,
    Delta,
    GenerationConfig,
    LanguageModel,
    Prefill,
    ShouldEnd,
    ShouldStop,
    never_end,
    never_stop,
)
from assistant.i18n import _
from assistant.protocol import Event, Notice
from assistant.summaries.canvas import Canvas
from assistant.summaries.desk import Desk
from assistant.summaries.options import SummaryOptions
from assistant.summaries.own import OwnSentence, items_of, sentences_of
from assistant.summaries.parts import PartSection
from assistant.summaries.report import result
from assistant.summaries.several.common_topics import SectionTopic, common_topics
from assistant.summaries.several.disagreeing import Disagreements
from assistant.summaries.several.own_sentences import Said, said_once
from assistant.summaries.study import Study

PART_WORDS = 400


class NoModel:
    """Stands where a model is asked for and there is none: counts words, and is never asked to write."""

    name = ""
    fingerprint = ""
    adapter = None
    languages = ()
    context_tokens = 1 << 20
    chunk_tokens = PART_WORDS
    batch_rows = 1

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def count_prompt_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return sum(self.count_tokens(message.content) for message in messages)

    def use_adapter(self, directory: Path | None) -> None:
        raise NotImplementedError

    def stream(
        self, messages: Sequence[ChatMessage], config: GenerationConfig, should_stop: ShouldStop = never_stop
    ) -> Iterator[Prefill | Delta | Completion]:
        raise NotImplementedError

    def stream_many(
        self,
        prompts: Sequence[Sequence[ChatMessage]],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
        should_end: ShouldEnd = never_end,
    ) -> Iterator[BatchEvent]:
        raise NotImplementedError


def extract(
    job: str, documents: Sequence[Document], options: SummaryOptions, should_stop: ShouldStop
) -> Generator[Event, None, dict[str, Any]]:
    """Raises NoTextError where there is no text, or none that items can be made of; Stopped."""
    started = time.monotonic()
    model: LanguageModel = NoModel()
    desk = Desk(job, model, documents, options, None, should_stop)
    canvas = Canvas(desk.writer.screen, documents, options, desk.judge, desk.language)
    study = Study(desk, canvas, []) if options.wanted.kind == "items" else None
    disagreements = Disagreements(desk, canvas)
    if study:
        yield from _items(desk, canvas, study)
    else:
        yield from _sentences(desk, canvas)
    if not canvas.own_texts:
        raise _nothing_found(documents[0], items=study is not None)
    if canvas.several and not study:
        yield from disagreements.show()
    yield from _languages(job, documents, options)
    return result(
        desk,
        canvas,
        pages=frozenset[tuple[str, int]]().union(*(section.pages for section in desk.sections)),
        items=study.items if study else [],
        contradictions=disagreements.as_json(),
        seconds=time.monotonic() - started,
    )


def _nothing_found(document: Document, *, items: bool) -> NoTextError:
    if items:
        message = _("Nothing of this kind could be made from the document's own sentences.")
        return NoTextError(message, _("Choose another style, or let a model write it."), path=document.path)
    return NoTextError(
        _("The document has no sentence that can be shown by itself, in Italian or in English."),
        _("Let a model write it."),
        path=document.path,
    )


def _languages(job: str, documents: Sequence[Document], options: SummaryOptions) -> Iterator[Event]:
    others = {document.language for document in documents} - {options.language, ""}
    if options.language != "auto" and others:
        message = _("The document's own sentences stay in its language: only a model can translate.")
        yield Notice(job=job, level="info", message=message)


def _stretches(desk: Desk) -> list[SectionTopic]:
    """What is summarized by itself: each section, or each document where the result is one text; by topic."""
    if not desk.options.one_text:
        return desk.topics
    documents = [
        PartSection(document, "", parts)
        for document in desk.documents
        if (parts := tuple(part for part in desk.parts if part.document is document))
    ]
    return common_topics(documents)


def _items(desk: Desk, canvas: Canvas, study: Study) -> Iterator[Event]:
    for stretch in desk.sections:
        _check_stop(desk, canvas)
        found = items_of(study.kind, stretch.parts, desk.options.points, desk.language)
        yield from study.show_own(stretch, [item for item, _sentence in found], labelled=not canvas.own_texts)


def _sentences(desk: Desk, canvas: Canvas) -> Iterator[Event]:
    stretches = _stretches(desk)
    if not canvas.several:
        for stretch in stretches:
            yield from _show(desk, canvas, stretch, [Said(own) for own in _chosen(desk, canvas, stretch.sections[0])])
        return
    chosen = [_chosen(desk, canvas, section) for stretch in stretches for section in stretch.sections]
    told = iter(said_once(chosen))
    for stretch in stretches:
        sentences = [said for _section in stretch.sections for said in next(told)]
        yield from _show(desk, canvas, stretch, sentences)


def _chosen(desk: Desk, canvas: Canvas, section: PartSection) -> list[OwnSentence]:
    _check_stop(desk, canvas)
    return sentences_of(section.parts, desk.options.points)


def _show(desk: Desk, canvas: Canvas, stretch: SectionTopic, sentences: Sequence[Said]) -> Iterator[Event]:
    if not sentences:
        return
    titled = stretch.title and not desk.options.one_text and len(desk.sections) > 1
    yield from canvas.under(stretch.heading if canvas.several else "", f"## {stretch.title}" if titled else "")
    if not canvas.own_texts:
        yield from canvas.label()
    yield from canvas.own_lines(sentences)


def _check_stop(desk: Desk, canvas: Canvas) -> None:
    if desk.writer.should_stop():
        raise Stopped(canvas.screen.text)
