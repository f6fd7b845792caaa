"""Which sections of several documents stand under one heading, known before anything is written on them.

A section is known by its title and its most telling sentences; so the order of the result, and with it what can be
shown while it is written, depends on no model. Where documents have nothing in common, each stays under its title.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.model import Document
from assistant.grounding import Claim
from assistant.summaries.own import sentences_of
from assistant.summaries.parts import Part, PartSection
from assistant.summaries.several.topics import Point, sections_by_topic, topic_title

KNOWN_BY = 8
"""Sentences of a section."""


@dataclass(frozen=True)
class SectionTopic:
    """Sections of different documents on one topic, or a section by itself."""

    title: str
    sections: tuple[PartSection, ...]

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(section.document for section in self.sections)

    @property
    def parts(self) -> tuple[Part, ...]:
        return tuple(part for section in self.sections for part in section.parts)

    @property
    def is_shared(self) -> bool:
        return len(self.sections) > 1

    @property
    def heading(self) -> str:
        """Of the documents that speak of it."""
        return "# " + " · ".join(document.title for document in self.documents)


def alone(section: PartSection) -> SectionTopic:
    return SectionTopic(section.title, (section,))


def common_topics(sections: Sequence[PartSection]) -> list[SectionTopic]:
    """What documents have in common first, by which of them have it; then what only one speaks of, in order."""
    if len({section.document.path for section in sections}) < 2:
        return [alone(section) for section in sections]
    known = [_known_by(section) for section in sections]
    topics = [
        SectionTopic(
            topic_title([point for at in numbers for point in known[at]]), tuple(sections[at] for at in numbers)
        )
        if len(numbers) > 1
        else alone(sections[numbers[0]])
        for numbers in sections_by_topic(known)
    ]
    shared = [topic for topic in topics if topic.is_shared]
    speakers = list(dict.fromkeys(topic.heading for topic in shared))
    return [
        *sorted(shared, key=lambda topic: speakers.index(topic.heading)),
        *(topic for topic in topics if not topic.is_shared),
    ]


def _known_by(section: PartSection) -> list[Point]:
    document = section.document
    title = section.title if document.sections else ""  # otherwise it is called by its pages
    return [
        Point(sentence.text, Claim(sentence.text, "quoted"), document, title)
        for sentence in sentences_of(section.parts, KNOWN_BY)
    ]
