"""Which texts of many are the same, or nearly so, in time that grows with their length and not with their pairs.

A text is the set of its runs of three words. Of these the smallest hashes are kept (Broder 1997, the "bottom-k"
sketch): two sketches tell how much of two sets is shared, and texts whose sketches share nothing are never compared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NEAR = 0.7
"""Share of common runs from which on two texts are nearly the same: one word in twenty may differ."""
_RUN_WORDS = 3
_SKETCH = 64
"""Hashes kept of a text; the estimated share is off by 0.06 on average."""
_BUCKET = 8
"""Earlier texts remembered for a hash: one that more have is boilerplate."""
_COMPARED = 4
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Copy:
    first: int
    """Position of the text it is like, the earliest one."""
    later: int
    share: float
    """Of the runs of both that both have; 1.0 only for texts with the very same words."""


def find_copies(texts: Sequence[str]) -> Iterator[Copy]:
    """Each text that says what an earlier one says, once, with the earliest of its kind that was found."""
    ids: dict[str, int] = {}
    seen: dict[tuple[int, ...], int] = {}
    index: dict[int, list[int]] = {}
    sketches: dict[int, list[int]] = {}
    for position, text in enumerate(texts):
        words = tuple([ids.setdefault(word, len(ids)) for word in _WORD.findall(text.casefold())])
        if (first := seen.setdefault(words, position)) != position:
            yield Copy(first, position, 1.0)
            continue
        sketch = _sketch(words)
        if near := _nearest(sketch, index, sketches):
            yield Copy(near[0], position, near[1])
            continue
        sketches[position] = sketch
        for value in sketch:
            bucket = index.setdefault(value, [])
            if len(bucket) < _BUCKET:
                bucket.append(position)


def _sketch(words: tuple[int, ...]) -> list[int]:
    """The hashes of numbers are the same in every process; those of words are not."""
    if len(words) < _RUN_WORDS:
        return [hash(words)]
    return sorted(set(map(hash, zip(*(words[start:] for start in range(_RUN_WORDS)), strict=False))))[:_SKETCH]


def _nearest(
    sketch: list[int], index: dict[int, list[int]], sketches: dict[int, list[int]]
) -> tuple[int, float] | None:
    hits: Counter[int] = Counter()
    for value in sketch:
        hits.update(index.get(value, ()))
    enough = NEAR * len(sketch) / 2  # fewer in common cannot become near, whatever the buckets left out
    likely = [other for other, count in hits.most_common(_COMPARED) if count >= enough]
    shares = [(_share(sketch, sketches[other]), -other) for other in likely]
    share, first = max(shares, default=(0.0, 0))
    return (-first, min(share, 0.99)) if share >= NEAR else None


def _share(sketch: list[int], other: list[int]) -> float:
    both = set(sketch) & set(other)
    smallest = sorted({*sketch, *other})[:_SKETCH]
    return sum(value in both for value in smallest) / len(smallest)
