"""All that one job writes with, put together once: its parts, its prompts, its model, its library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import groupby, islice

from assistant.documents.model import Document
from assistant.generation import LanguageModel, ShouldStop
from assistant.library import Library
from assistant.screen import Screen
from assistant.summaries.checks import Judge
from assistant.summaries.drafts import Draft
from assistant.summaries.estimate import Estimate
from assistant.summaries.merging import Merger
from assistant.summaries.options import SummaryOptions, summary_language
from assistant.summaries.parts import Part, PartSection, sections_of, split_parts
from assistant.summaries.requests import Requests
from assistant.summaries.scribe import Scribe
from assistant.summaries.several.common_topics import SectionTopic, alone, common_topics
from assistant.summaries.units import Unit, Units
from assistant.writing import Writer

OPENING_PARTS = 3
"""So many parts are a document's beginning. For 67 documents with a summary by their authors, the two sentences chosen
from three parts had a chrF of 18.2; from one part 9.1, from all of them 18.3 (benchmarks.summaries)."""


class Desk:
    """Raises ConfigError for the style."""

    def __init__(
        self,
        job: str,
        model: LanguageModel,
        documents: Sequence[Document],
        options: SummaryOptions,
        library: Library | None,
        should_stop: ShouldStop,
    ) -> None:
        self.job, self.model, self.documents, self.options = job, model, documents, options
        self.language = summary_language(documents, options.language)
        self.judge = Judge(documents)
        self.requests = Requests(model, options, self.language, self.judge)
        self.writer = Writer(model, Screen(job), should_stop)
        self.units = Units(job, library)
        self.estimate = Estimate()
        self.scribe = Scribe(job, self.writer, self.units, self.estimate)
        self.merger = Merger(model, self.requests, self.scribe)

    @cached_property
    def topics(self) -> list[SectionTopic]:
        """What stands under one heading each, in the order of the result. Raises NoTextError, ContextOverflowError.

        Found when it is asked for: counting the tokens of a book takes seconds.
        """
        parts = split_parts(
            self.documents,
            self.model.count_tokens,
            self.requests.part_tokens(),
            self.options.chosen,
            by_section=not self.options.one_text,
        )
        sections = sections_of(_openings(parts) if self.options.opening_only else parts)
        if self.options.wanted.kind == "text" and not self.options.one_text:
            return common_topics(sections)
        return [alone(section) for section in sections]

    @cached_property
    def sections(self) -> list[PartSection]:
        return [section for topic in self.topics for section in topic.sections]

    @cached_property
    def parts(self) -> list[Part]:
        return [part for section in self.sections for part in section.parts]

    def part_units(self) -> list[Unit]:
        """One for each part, in order."""
        alone = len(self.parts) == 1
        return [
            self.requests.part(part, self.requests.part_task(section, alone=alone))
            for section in self.sections
            for part in section.parts
        ]

    def by_section(self, texts: Sequence[Draft]) -> list[list[Draft]]:
        """What was written on the parts, by section; without those that nothing was written on."""
        left = iter(texts)
        return [[item for _part in section.parts if (item := next(left)).text] for section in self.sections]


def _openings(parts: Sequence[Part]) -> list[Part]:
    """The first parts of each document."""
    by_document = groupby(parts, key=lambda part: part.document.path)
    return [part for _path, mine in by_document for part in islice(mine, OPENING_PARTS)]
