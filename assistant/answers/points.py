"""What the parts of a text have to say to one request, as a list: each point once, with every place it stands at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from assistant.grounding import Claim
from assistant.prompts import says_nothing
from assistant.safe_text import one_line
from assistant.stems import content_stems, known_numbers, words

MOST_POINTS = 30
"""Of one part: a model that writes more is counting, not reading."""
ALIKE = 0.8
"""Two points whose words are shared to this extent (Jaccard) say the same, if their numbers are the same."""

COPIED_WORDS = 5
"""So many in a row are copied and not written."""

_OUR_MARKS = re.compile(r"</?text>", re.IGNORECASE)
_MARK = re.compile(r"\A\s*(?:[-*•–]|\d{1,3}[.)])\s*")


@dataclass(frozen=True)
class ListedPoint:
    text: str
    claim: Claim


def read_points(answer: str, told: str = "") -> list[str]:
    """The lines of an answer without their marks; none where it says that there is nothing.

    Lines that repeat what was `told` to the model are not its answer; small ones copy their instructions.
    """
    lines = [one_line(_MARK.sub("", line)).strip() for line in answer.splitlines()]
    said = f" {' '.join(words(told))} "
    points = [
        line
        for line in lines
        if re.search(r"\w", line) and not says_nothing(line) and not _OUR_MARKS.search(line) and not _copies(line, said)
    ]
    return list(dict.fromkeys(points))[:MOST_POINTS]


def _copies(line: str, said: str) -> bool:
    found = words(line)
    return any(
        f" {' '.join(found[at : at + COPIED_WORDS])} " in said for at in range(len(found) - COPIED_WORDS + 1)
    ) or (len(found) > 1 and f" {' '.join(found)} " in said)


def listed_once(points: Iterable[ListedPoint], language: str) -> list[ListedPoint]:
    """Each in its first wording and at its first place, with the citations of those that say the same."""
    kept: list[ListedPoint] = []
    terms: list[tuple[frozenset[str], frozenset[str], str]] = []
    for point in points:
        own = (content_stems(point.text, language), known_numbers(point.text), point.text.lower())
        same = next((at for at, other in enumerate(terms) if _alike(own, other)), None)
        if same is None:
            kept.append(point)
            terms.append(own)
        else:
            kept[same] = replace(kept[same], claim=_with_places(kept[same].claim, point.claim))
    return kept


def _alike(one: tuple[frozenset[str], frozenset[str], str], other: tuple[frozenset[str], frozenset[str], str]) -> bool:
    if not one[0] or not other[0]:
        return one[2] == other[2]
    shared = len(one[0] & other[0]) / len(one[0] | other[0])
    return shared >= ALIKE and one[1] == other[1]


def _with_places(claim: Claim, other: Claim) -> Claim:
    known = {(citation.path, citation.page) for citation in claim.citations}
    new = [found for found in other.citations if (found.path, found.page) not in known]
    return replace(claim, citations=(*claim.citations, *new))
