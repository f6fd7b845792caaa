"""What several documents say about the same things: together, once, and where they contradict each other.

Words are compared by their stems within one language; nothing here knows what a sentence means.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

from assistant.documents.model import Document
from assistant.grounding import Claim
from assistant.stems import content_stems, content_words
from assistant.summaries.contradictions import Contradiction, Statement, agree, contradicting

__all__ = ["Contradiction", "Point", "Topic", "by_topic", "contradictions", "said_once"]

SAME_TOPIC = 0.3
"""Cosine of two sections' weighted words."""
_TITLE_WEIGHT = 3


@dataclass(frozen=True)
class Point:
    text: str
    claim: Claim
    document: Document
    section: str


@dataclass(frozen=True)
class Topic:
    title: str
    points: list[Point]


@dataclass
class _Group:
    """The points of one section; each point by itself where there are no sections."""

    points: list[Point]
    words: Counter[str] = field(default_factory=Counter[str])


def by_topic(points: Sequence[Point]) -> list[Topic]:
    """Sections of different documents that speak of the same things together, in the order of their first point.

    Two sections of one document are never put together: its author took them apart.
    """
    groups = _groups(points)
    spread = Counter(stem for group in groups for stem in group.words)
    weight = {stem: log(1 + len(groups) / count) for stem, count in spread.items()}
    topics: list[list[_Group]] = []
    for group in groups:
        fitting = [
            (max(_likeness(group, other, weight) for other in topic), -number)
            for number, topic in enumerate(topics)
            if all(_may_join(group, other) for other in topic)
        ]
        best, number = max(fitting, default=(0.0, 0))
        if best >= SAME_TOPIC:
            topics[-number].append(group)
        else:
            topics.append([group])
    return [_topic([point for group in topic for point in group.points]) for topic in topics]


def said_once(points: Sequence[Point]) -> list[list[Point]]:
    """Points that say the same, in different documents, together; in the order of the first of each."""
    agreeing: list[list[Point]] = []
    statements: list[list[Statement]] = []
    for point in points:
        statement = Statement(point.text, point.document.language)
        for some, said in zip(agreeing, statements, strict=True):
            if point.document.path not in {other.document.path for other in some} and agree(statement, said[0]):
                some.append(point)
                said.append(statement)
                break
        else:
            agreeing.append([point])
            statements.append([statement])
    return agreeing


def contradictions(points: Sequence[Point]) -> list[Contradiction]:
    """Places of different documents, among those that the points cite, that cannot both be right.

    The documents' own words are compared, not the points: what a model got wrong is no contradiction.
    """
    statements = {
        (citation.path, citation.page, citation.start): Statement(
            citation.quote, point.document.language, citation, point.section
        )
        for point in points
        for citation in point.claim.citations
    }
    return contradicting(list(statements.values()))


def _groups(points: Sequence[Point]) -> list[_Group]:
    groups: dict[tuple[str, str, int], _Group] = {}
    for number, point in enumerate(points):
        key = (point.document.path, point.section, 0 if point.section else number)
        group = groups.setdefault(key, _Group([]))
        if not group.points:
            for stem in content_stems(point.section, point.document.language):
                group.words[stem] += _TITLE_WEIGHT
        group.points.append(point)
        group.words.update(content_stems(point.text, point.document.language))
    return list(groups.values())


def _may_join(one: _Group, other: _Group) -> bool:
    a, b = one.points[0], other.points[0]
    return a.document.path != b.document.path or not (a.section or b.section)


def _likeness(one: _Group, other: _Group, weight: dict[str, float]) -> float:
    shared = sum(
        one.words[stem] * other.words[stem] * weight[stem] ** 2 for stem in one.words.keys() & other.words.keys()
    )
    return shared / (_length(one.words, weight) * _length(other.words, weight)) if shared else 0.0


def _length(words: Counter[str], weight: dict[str, float]) -> float:
    return sqrt(sum((count * weight[stem]) ** 2 for stem, count in words.items()))


def _topic(points: list[Point]) -> Topic:
    title = next((point.section for point in points if point.section), "")
    return Topic(title or _common_words(point.text for point in points), points)


def _common_words(texts: Iterable[str]) -> str:
    """The two words that most of the texts have, as a title where there is none."""
    counted = Counter(word for text in texts for word in dict.fromkeys(content_words(text)))
    return ", ".join(word for word, _count in counted.most_common(2))
