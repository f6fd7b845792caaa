"""Text that two examples share: what was trained on must not be what is tested with.

Runs of words are hashed, `LONG` of them at a time as in the usual checks for contamination (Brown et al. 2020 took 13),
fewer among short texts, where one changed word would leave no run of 13. What very many groups share is boilerplate, as
a licence or a running line, and says nothing of what either is about, unless it is nearly all of a text: then that text
was copied into all of them.
"""

from __future__ import annotations

import itertools
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence

from adapters.dataset.example import Example
from assistant.stems import words

LONG, SHORT = 13, 5
"""Words in a run."""
SHORT_TEXT_WORDS = 40
LEAST_SHARE = 0.1
"""Of the shorter text's words: two lectures may quote the same law."""
MOST_GROUPS = 12
"""A run that more of them have is common: boilerplate, or the text of a copy."""
COPY_SHARE = 0.8
"""Of the shorter text's words in common runs, for it to be a copy."""
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
    short = [index for index, text in enumerate(texts) if len(text) < SHORT_TEXT_WORDS]
    found = dict[tuple[int, int], int]()
    for length, wanted in ((LONG, list(range(len(texts)))), (SHORT, short)):
        rare, common = _shared_runs(texts, groups, length, wanted)
        found |= _enough(rare, texts, LEAST_SHARE) | _enough(common, texts, COPY_SHARE)
    return [(first, second, shared) for (first, second), shared in sorted(found.items())]


_Shared = dict[tuple[int, int], int]
"""Pair of positions → the words in runs that both have."""


def _enough(shared: _Shared, texts: Sequence[Sequence[str]], share: float) -> _Shared:
    return {
        (first, second): count
        for (first, second), count in shared.items()
        if count >= share * min(len(texts[first]), len(texts[second]))
    }


def _shared_runs(
    texts: Sequence[Sequence[str]], groups: Sequence[str], length: int, wanted: Sequence[int]
) -> tuple[_Shared, _Shared]:
    """What pairs of different groups share: in runs that few groups have, and in common ones.

    A text shorter than a run is one run. Texts that have a common one are paired with the first and the last of them
    alone: as few pairs as there are texts, and yet one across each border, and for each text before a border one with
    a text behind it.
    """
    every = 1 + sum(len(texts[index]) for index in wanted) // MOST_RUNS
    numbers = _Numbers()
    having: dict[int, list[int]] = {}
    for index in wanted:
        for run in set(_runs([numbers[word] for word in texts[index]], length, every)):
            having.setdefault(run, []).append(index)
    rare, common = Counter[tuple[int, int]](), Counter[tuple[int, int]]()
    for members in having.values():
        different = len({groups[index] for index in members})
        if different == 1:
            continue
        is_rare = different <= MOST_GROUPS
        counts, pairs = (rare, itertools.combinations(members, 2)) if is_rare else (common, _with_the_ends(members))
        counts.update(pair for pair in pairs if groups[pair[0]] != groups[pair[1]])
    rare_words, common_words = (
        {pair: count * every + length - 1 for pair, count in counts.items()} for counts in (rare, common)
    )
    return rare_words, common_words


def _with_the_ends(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    first, *between, last = members
    yield first, last
    for one in between:
        yield first, one
        yield one, last


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
