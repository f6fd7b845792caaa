"""How much of a text was copied from its source: coverage, density and compression (Grusky et al. 2018, "Newsroom").

A text is taken apart from its beginning: at each word, the longest run of words that the source has, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MAX_WRITTEN, MAX_SOURCE = 2_000, 50_000
"""Words; those behind are not looked at."""


@dataclass(frozen=True)
class Copying:
    coverage: float
    """Share of the words that lie in such a run, 0 to 1."""
    density: float
    """Mean length of the run that a word lies in, in words: 1 uses the source's words, 30 quotes its sentences."""
    compression: float
    """Words of the source for each word written."""
    longest: int
    """Words of the longest run."""
    novel_bigrams: float | None
    """Share of the pairs of neighbours that the source does not have, 0 to 1; None of one word alone."""


def copying(written: Sequence[str], source: Sequence[str]) -> Copying | None:
    """None where nothing was written or there is no source."""
    ours, theirs = written[:MAX_WRITTEN], source[:MAX_SOURCE]
    if not ours or not theirs:
        return None
    runs = list(_runs(_longest_from(ours, theirs)))
    return Copying(
        coverage=sum(runs) / len(ours),
        density=sum(run * run for run in runs) / len(ours),
        compression=len(source) / len(written),
        longest=max(runs, default=0),
        novel_bigrams=_novel(list(pairwise(ours)), set(pairwise(theirs))),
    )


def _novel(ours: Sequence[tuple[str, str]], theirs: Set[tuple[str, str]]) -> float | None:
    return sum(pair not in theirs for pair in ours) / len(ours) if ours else None


def _runs(longest_from: Sequence[int]) -> Iterator[int]:
    start = 0
    while start < len(longest_from):
        if run := longest_from[start]:
            yield run
        start += max(run, 1)


def _longest_from(written: Sequence[str], source: Sequence[str]) -> list[int]:
    """For each word written, the length of the longest run of the source that begins with it.

    A run that begins at two places is one longer than the run that begins behind both, so that they are found from
    the end on: a row of as many numbers as the source has words, for each word written.
    """
    import numpy as np

    numbers = {word: number for number, word in enumerate(dict.fromkeys(source))}
    places: Any = np.array([numbers[word] for word in source])
    behind: Any = np.zeros(len(source) + 1, dtype=np.int32)
    found: list[int] = []
    for word in reversed(written):
        behind[:-1] = np.where(places == numbers.get(word, -1), behind[1:] + 1, 0)
        found.append(int(behind.max()))
    return found[::-1]
