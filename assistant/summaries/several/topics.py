"""What several documents say about the same things: together, once, and where they contradict each other.

Words are compared by their stems within one language; nothing here knows what a sentence means.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt

from assistant.documents.model import Document
from assistant.grounding import Claim
from assistant.stems import content_stems, content_words
from assistant.summaries.several.contradictions import Contradiction, Statement, agree, contradicting

__all__ = [
    "Contradiction",
    "Point",
    "Topic",
    "by_topic",
    "contradictions",
    "said_once",
    "sections_by_topic",
    "topic_title",
]

SAME_TOPIC = 0.3
"""Cosine of two sections' weighted words."""
_TITLE_WEIGHT = 3
_COMMON = 400
"""A word that more groups have tells little, and with thousands of them looking at each other takes minutes."""


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

    path: str
    is_section: bool
    points: list[Point] = field(default_factory=list[Point])
    words: Counter[str] = field(default_factory=Counter[str])

    def add(self, point: Point) -> None:
        if not self.points:
            for stem in content_stems(point.section, point.document.language):
                self.words[stem] += _TITLE_WEIGHT
        self.points.append(point)
        self.words.update(content_stems(point.text, point.document.language))


@dataclass
class _Together:
    """Groups of one topic."""

    numbers: list[int] = field(default_factory=list[int])
    sectioned: dict[str, bool] = field(default_factory=dict[str, bool])
    """By document: whether a section of it is among them."""

    def may_join(self, group: _Group) -> bool:
        """Two sections of one document are never put together: its author took them apart."""
        return not (self.sectioned.get(group.path, False) or (group.is_section and group.path in self.sectioned))

    def join(self, number: int, group: _Group) -> None:
        self.numbers.append(number)
        self.sectioned[group.path] = self.sectioned.get(group.path, False) or group.is_section


def by_topic(points: Sequence[Point]) -> list[Topic]:
    """Sections of different documents that speak of the same things together, in the order of their first point."""
    groups = _groups(points)
    return [_topic([point for number in some for point in groups[number].points]) for some in _joined(groups)]


def sections_by_topic(sections: Sequence[Sequence[Point]]) -> list[list[int]]:
    """The numbers of those of different documents that speak of the same things together, in the order of the first.

    Each is given by some of its points; nothing is known about one without any.
    """
    groups: list[_Group] = []
    for points in sections:
        groups.append(_Group(points[0].document.path if points else "", is_section=True))
        for point in points:
            groups[-1].add(point)
    return _joined(groups)


def topic_title(points: Sequence[Point]) -> str:
    """The title of the first section that has one, or the two words that most of the points have."""
    title = next((point.section for point in points if point.section), "")
    return title or _common_words(point.text for point in points)


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
        groups.setdefault(key, _Group(point.document.path, bool(point.section))).add(point)
    return list(groups.values())


def _joined(groups: Sequence[_Group]) -> list[list[int]]:
    """The numbers of the groups of each topic; a group joins the topic of the one it is most like."""
    vectors = _vectors(groups)
    having: defaultdict[str, list[int]] = defaultdict(list)
    topics: list[_Together] = []
    topic_of: list[int] = []
    for at, (group, vector) in enumerate(zip(groups, vectors, strict=True)):
        near: dict[int, float] = {}
        for other, likeness in _likenesses(vector, vectors, having).items():
            near[topic_of[other]] = max(likeness, near.get(topic_of[other], 0.0))
        fitting = [
            (likeness, -topic)
            for topic, likeness in near.items()
            if likeness >= SAME_TOPIC and topics[topic].may_join(group)
        ]
        if not fitting:
            topics.append(_Together())
        number = -max(fitting)[1] if fitting else len(topics) - 1
        topics[number].join(at, group)
        for stem in vector:
            having[stem].append(at)
        topic_of.append(number)
    return [topic.numbers for topic in topics]


def _vectors(groups: Sequence[_Group]) -> list[dict[str, float]]:
    """The weighted words of each, of length 1: the rarer, the heavier."""
    spread = Counter(stem for group in groups for stem in group.words)
    vectors: list[dict[str, float]] = []
    for group in groups:
        weights = {stem: count * log(1 + len(groups) / spread[stem]) for stem, count in group.words.items()}
        length = sqrt(sum(weight**2 for weight in weights.values()))
        vectors.append({stem: weight / length for stem, weight in weights.items()})
    return vectors


def _likenesses(
    vector: dict[str, float], vectors: Sequence[dict[str, float]], having: Mapping[str, Sequence[int]]
) -> dict[int, float]:
    """The cosine with each group before that has some of the words."""
    found: defaultdict[int, float] = defaultdict(float)
    for stem, weight in vector.items():
        others = having.get(stem, ())
        for other in others if len(others) <= _COMMON else ():
            found[other] += weight * vectors[other][stem]
    return found


def _topic(points: list[Point]) -> Topic:
    return Topic(topic_title(points), points)


def _common_words(texts: Iterable[str]) -> str:
    """The two words that most of the texts have, as a title where there is none."""
    counted = Counter(word for text in texts for word in dict.fromkeys(content_words(text)))
    return ", ".join(word for word, _count in counted.most_common(2))
