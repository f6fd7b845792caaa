"""Whether the words of a claim hang together in its passage as they do in the claim.

The same words can say another thing: taken from three sentences, or with one of them changed for another of the text
("at convergent boundaries plates slide" for "at transform boundaries"). Neither is proof of an error; both are more
than a passage that "supports" a claim should have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

COHESION = 0.5
"""Share of a claim's neighbouring words that stand near each other in the passage."""

_NEAR = 4
"""Words apart, for two that were neighbours in the claim: in between others may have been left out."""
_MAX_WORDS = 200
_SAME_SENTENCE = 0.6
"""Share of a claim's words that a sentence has which the claim may have changed."""


def cohesion(claim: Sequence[str], passage: Sequence[str]) -> float:
    """0 to 1; both are stems in order. 1 for a claim of one word."""
    places: dict[str, list[int]] = {}
    for place, found in enumerate(passage[:_MAX_WORDS]):
        places.setdefault(found, []).append(place)
    pairs = list(pairwise(claim))
    near = sum(
        any(abs(one - other) <= _NEAR for one in places.get(first, ()) for other in places.get(second, ()))
        for first, second in pairs
    )
    return near / len(pairs) if pairs else 1.0


def has_exchanged_word(claim: Sequence[str], sentence: Sequence[str], is_known: Callable[[str], bool]) -> bool:
    """Whether a word that the text uses elsewhere stands in the place of another of a sentence of the passage."""
    said, claimed = frozenset(sentence), frozenset(claim)
    if len(said & claimed) < _SAME_SENTENCE * len(claimed):
        return False
    blocks = SequenceMatcher(None, claim[:_MAX_WORDS], sentence[:_MAX_WORDS], autojunk=False).get_opcodes()
    return any(
        kind == "replace"
        and end - start == other_end - other_start == 1
        and claim[start] not in said
        and sentence[other_start] not in claimed
        and is_known(claim[start])
        for kind, start, end, other_start, other_end in blocks
    )
