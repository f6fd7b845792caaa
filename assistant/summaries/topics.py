"""What several documents say about the same things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.model import Document
from assistant.grounding import Citation, Claim


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


@dataclass(frozen=True)
class Contradiction:
    topic: str
    a: Citation
    b: Citation
    what: str
    """number, negation or date"""


def by_topic(points: Sequence[Point]) -> list[Topic]:
    """Points of sections with the same title, in the order of their first."""
    topics: dict[str, list[Point]] = {}
    for point in points:
        topics.setdefault(point.section.casefold() or point.document.path, []).append(point)
    return [Topic(some[0].section, some) for some in topics.values()]


def said_once(points: Sequence[Point]) -> list[list[Point]]:
    """Points that agree together."""
    return [[point] for point in points]


def contradictions(points: Sequence[Point]) -> list[Contradiction]:
    """Pairs of places that cannot both be right."""
    return []
