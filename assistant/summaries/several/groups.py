"""Several documents: what they say about one topic is put together, what only one speaks of stays under its title."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from assistant.cited_text import claim_spans
from assistant.documents.model import Document
from assistant.grounding import is_claim
from assistant.protocol import Event
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import Draft
from assistant.summaries.several.topics import Point, Topic, by_topic, said_once


@dataclass(frozen=True)
class Group:
    """Documents that are summarized in one text."""

    documents: tuple[Document, ...]
    drafts: tuple[Draft, ...]

    @property
    def title(self) -> str:
        return " · ".join(document.title for document in self.documents)


def by_topics(desk: Desk, drafts: Sequence[Draft]) -> Generator[Event, None, list[Group]]:
    """The notes on several documents as notes on topics, for each group of documents that share some."""
    topics = by_topic([point for draft in drafts for point in points_of(desk, draft)])
    shared = [topic for topic in topics if len(_documents(topic)) > 1]
    merged = yield from _merged(desk, shared)
    groups: list[Group] = []
    for documents in _connected(desk.documents, [_documents(topic) for topic in shared]):
        paths = {document.path for document in documents}
        together = [note for note in merged if note.documents[0].path in paths]
        spoken = {point.text for topic in shared for point in topic.points}
        alone = [
            rest for draft in drafts if draft.documents[0].path in paths and (rest := _without(draft, spoken)).text
        ]
        groups.append(Group(tuple(documents), (*together, *alone)))
    return [group for group in groups if group.drafts]


def points_of(desk: Desk, draft: Draft) -> list[Point]:
    document = draft.documents[0]
    section = draft.title if document.sections else ""  # otherwise it is called by its pages
    return [
        Point(text, desk.judge.cite(text, draft.pages), document, section)
        for start, end in claim_spans(draft.text)
        if is_claim(text := draft.text[start:end].strip())
    ]


def _merged(desk: Desk, topics: Sequence[Topic]) -> Generator[Event, None, list[Draft]]:
    """What the documents say about each topic, once."""
    notes: list[list[Draft]] = []
    for topic in topics:
        once = [agreeing[0] for agreeing in said_once(topic.points)]
        notes.append([_note(topic, [point for point in once if point.document is one]) for one in _documents(topic)])
    lists = [[note for note in some if note.text] for some in notes]
    merged = yield from desk.merger.each(lists, "topic")
    everyone = [tuple(_documents(topic)) for topic in topics]
    return [
        Draft(note.text, note.pages, documents, note.title)
        for documents, some in zip(everyone, merged, strict=True)
        for note in some
    ]


def _note(topic: Topic, points: Sequence[Point]) -> Draft:
    pages = frozenset((citation.path, citation.page) for point in topic.points for citation in point.claim.citations)
    documents = (points[0].document,) if points else ()
    return Draft("\n".join(point.text for point in points), pages, documents, topic.title)


def _without(draft: Draft, spoken: set[str]) -> Draft:
    lines = [line for line in draft.text.splitlines() if line.strip() and line.strip() not in spoken]
    return Draft("\n".join(lines), draft.pages, draft.documents, draft.title)


def _documents(topic: Topic) -> list[Document]:
    return list({point.document.path: point.document for point in topic.points}.values())


def _connected(documents: Sequence[Document], shared: Sequence[Sequence[Document]]) -> list[list[Document]]:
    """The documents in groups, each document with those it has a topic in common with."""
    group = {document.path: number for number, document in enumerate(documents)}
    for together in shared:
        numbers = {group[document.path] for document in together}
        group = {path: min(numbers) if number in numbers else number for path, number in group.items()}
    return [
        [document for document in documents if group[document.path] == number] for number in sorted(set(group.values()))
    ]
