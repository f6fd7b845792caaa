"""Text that two examples share: what was trained on must not be what is tested with.

Runs of words are hashed, `LONG` of them at a time as in the usual checks for contamination (Brown et al. 2020 took 13),
fewer among short texts, where one changed word would leave no run of 13. What very many groups share is boilerplate, as
a licence or a running line, and says nothing of what either is about.
"""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from adapters.dataset.example import Example
from assistant.stems import words

LONG, SHORT = 13, 5
"""Words in a run."""
SHORT_TEXT_WORDS = 40
LEAST_SHARE = 0.1
"""Of the shorter text's words: two lectures may quote the same law."""
MOST_GROUPS = 12
"""A run that more of them have is boilerplate."""
MOST_RUNS = 500_000
"""Kept at a time, about 60 MB; of more text than that only every second, third … run is looked at."""

Overlap = tuple[int, int, int]
"""Positions of two examples, the lower first, and the words they share."""


def leaks(examples: Sequence[Example]) -> list[tuple[str, str, int]]:
    """(id, id, shared words) of the examples of different splits that share much of their text, the most first."""
    parted = [example for example in examples if example.split]
    found = [
        (parted[first].id, parted[second].id, shared)
        for first, second, shared in overlaps(parted)
        if parted[first].split != parted[second].split
    ]
    return sorted(found, key=lambda leak: (-leak[2], leak[:2]))


def overlaps(examples: Sequence[Example]) -> list[Overlap]:
    """Pairs of examples of different groups that share much of their text. Nothing is said of those of one group."""
    texts = [words(example.text) for example in examples]
    groups = [example.group for example in examples]
    runs = _shared_runs(texts, groups, LONG, range(len(texts)))
    short = [index for index, text in enumerate(texts) if len(text) < SHORT_TEXT_WORDS]
    runs |= _shared_runs(texts, groups, SHORT, short)
    return [
        (first, second, shared)
        for (first, second), shared in sorted(runs.items())
        if shared >= LEAST_SHARE * min(len(texts[first]), len(texts[second]))
    ]


def _shared_runs(
    texts: Sequence[Sequence[str]], groups: Sequence[str], length: int, wanted: Iterable[int]
) -> dict[tuple[int, int], int]:
    """For each pair of different groups the words in runs that both have; a text shorter than a run is one run."""
    wanted = list(wanted)
    every = 1 + sum(len(texts[index]) for index in wanted) // MOST_RUNS
    numbers = _Numbers()
    having: dict[int, list[int]] = {}
    for index in wanted:
        for run in set(_runs([numbers[word] for word in texts[index]], length, every)):
            having.setdefault(run, []).append(index)
    counts = Counter[tuple[int, int]]()
    for members in having.values():
        if len(members) > 1 and 1 < len({groups[index] for index in members}) <= MOST_GROUPS:
            pairs = itertools.combinations(members, 2)
            counts.update(pair for pair in pairs if groups[pair[0]] != groups[pair[1]])
    return {pair: count * every + length - 1 for pair, count in counts.items()}


class _Numbers(dict[str, int]):
    """Words as numbers, the same in every process."""

    def __missing__(self, word: str) -> int:
        number = self[word] = zlib.crc32(word.encode("utf-8", "replace"))
        return number


def _runs(text: Sequence[int], length: int, every: int) -> Iterator[int]:
    """Hashes of the runs of so many words; of one in `every` of them, chosen by their first word."""
    for start in range(max(1, len(text) - length + 1)):
        if text and text[start] % every == 0:
            yield hash(tuple(text[start : start + length]))
