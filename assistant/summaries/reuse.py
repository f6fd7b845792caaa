"""Summaries of sections for other uses than reading: a question about the whole document is answered from them.

They are the same units that a summary in one text is made of, so either goes on from what the other has done.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from assistant.documents.model import Document
from assistant.errors import LibraryError
from assistant.generation import LanguageModel, ShouldStop, never_stop
from assistant.library import Library
from assistant.protocol import Event
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft, draft, joined, useful_text
from assistant.summaries.merging import is_whole
from assistant.summaries.options import SummaryOptions
from assistant.summaries.parts import PageNames, PartSection
from assistant.summaries.plans import Plans
from assistant.summaries.units import Unit
from assistant.writing import Usage, Written

_PLANS = Plans()
"""Of this process: a session answers in one."""


@dataclass(frozen=True)
class SectionText:
    document: Document
    title: str
    text: str
    """Points or sentences, without references."""
    pages: PageNames
    """What it is about."""


def section_summaries(
    job: str,
    model: LanguageModel,
    documents: Sequence[Document],
    options: SummaryOptions,
    library: Library | None,
    should_stop: ShouldStop,
    usage: Usage | None = None,
) -> Generator[Event, None, list[SectionText]]:
    """Write on every section, with progress; what is finished is kept. Raises NoTextError, Stopped.

    What the model's work takes is added to `usage`.
    """
    desk = Desk(job, model, documents, _about_everything(options), library, should_stop)
    if usage is not None:
        desk.writer.usage = usage
    units = desk.part_units()
    written = yield from desk.scribe.write_all(units, "map")
    sections = desk.by_section([_draft(*pair) for pair in zip(units, written, strict=True)])
    if options.merge:
        sections = yield from desk.merger.each(sections)
    return _texts(desk.sections, sections)


def kept_section_summaries(
    model: LanguageModel, documents: Sequence[Document], options: SummaryOptions, library: Library
) -> list[SectionText]:
    """Of the sections that were written on before; never asks the model. Raises NoTextError."""
    if not _may_be_kept(library, documents):
        return []
    desk = Desk("", model, documents, _about_everything(options), library, never_stop)
    found: list[SectionText] = []
    for section in _PLANS.of(desk):
        document = documents[section.document]
        kept = [(part, written) for part in section.parts if (written := desk.units.find(part.key)) is not None]
        drafts = [
            Draft(text, part.pages, (document,), part.title) for part, written in kept if (text := _text_of(written))
        ]
        if drafts and len(kept) == len(section.parts):
            text = joined(_merged_before(desk, drafts)).text
            found.append(SectionText(document, section.title, text, section.pages))
    return found


def _may_be_kept(library: Library, documents: Sequence[Document]) -> bool:
    """Known in no time, and for most documents that questions are asked about the answer is no."""
    contents = [document.sha256 for document in documents]
    try:
        return not all(contents) or library.has_units(contents)
    except LibraryError:  # it says so when something is to be kept
        return False


def _about_everything(options: SummaryOptions) -> SummaryOptions:
    """Those of one text about everything, whatever else was asked: its parts are the most useful to others."""
    return replace(options, task="summarize", style="brief", bullets=0)


def _draft(unit: Unit, written: Written) -> Draft:
    return Draft(_text_of(written), unit.pages, unit.documents, unit.title)


def _text_of(written: Written) -> str:
    """Without what is not about its part."""
    return "" if written.problem == "off-topic" else useful_text(written)


def _merged_before(desk: Desk, drafts: list[Draft]) -> list[Draft]:
    if not desk.options.merge or len(drafts) < 2:
        return drafts
    unit = desk.merger.unit("section", drafts)
    written: Written | None = desk.units.find(unit.key)
    return [draft(unit, written)] if written and is_whole(written) else drafts


def _texts(sections: Sequence[PartSection], drafts: Sequence[Sequence[Draft]]) -> list[SectionText]:
    return [
        SectionText(section.document, section.title, joined(texts).text, section.pages)
        for section, texts in zip(sections, drafts, strict=True)
        if texts
    ]
