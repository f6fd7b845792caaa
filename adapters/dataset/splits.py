"""Which examples are trained with, which are held out to watch the training, and which are kept for the last test.

Whole groups are parted, documents or chapters, and those that share much text stay together: cut anywhere else, the
model would be asked about what it has read. The order is that of a hash of the group's name, so that one more document
moves few others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from adapters.dataset.example import Example, Place, Split
from adapters.dataset.leakage import overlaps

SHARE = 0.1
"""Of the examples, for validation and for the test each."""
LARGEST_SHARE = 0.3
"""A held-out group with more than this is too much to lose."""
ENOUGH_FOR_A_TEST = 5
"""Groups; with fewer a test would say little and cost much."""
TAIL = 0.15
"""Of a single document without chapters, its end is held out."""
GAP_CHARACTERS, GAP_SHARE = 1_000, 0.05
"""The lower of them lies between what is trained with and that end: neighbouring paragraphs say the same."""


@dataclass(frozen=True)
class _Bundle:
    """Groups that share text."""

    order: str
    """By which bundles are taken: the lowest hash among the names of its groups."""
    members: tuple[int, ...]
    """Positions of its examples."""
    human: int
    """How many of them a person wrote or approved."""


def split(examples: Sequence[Example], seed: int = 0) -> list[Example]:
    """The same examples in the same order, each with its split; about 80 % to train with, 10 and 10.

    An empty split is used for nothing: it lies too close to what is held out. What nobody wrote or approved yet is
    parted like the rest, and so is what was rejected: a person may look at it later, and think again. It is tested with
    only then (`Dataset.test`).
    """
    bundles = _bundles(examples, seed)
    parted = _by_bundle(bundles) if len(bundles) > 1 else _by_place(examples)
    return [replace(example, split=parted.get(index, "train")) for index, example in enumerate(examples)]


def _by_bundle(bundles: Sequence[_Bundle]) -> dict[int, Split]:
    """The split of each position that is not for training."""
    validation = _taken(bundles, [len(bundle.members) for bundle in bundles])
    rest = [bundle for bundle in bundles if bundle not in validation]
    test = _taken(rest, [bundle.human for bundle in rest]) if len(rest) >= ENOUGH_FOR_A_TEST else []
    parted: dict[int, Split] = {}
    for bundle in validation:
        parted |= dict.fromkeys(bundle.members, "validation")
    for bundle in test:
        parted |= dict.fromkeys(bundle.members, "test")
    return parted


def _taken(bundles: Sequence[_Bundle], weights: Sequence[int]) -> list[_Bundle]:
    """Bundles in their order until they weigh about `SHARE` of all; at least one that weighs anything, never all."""
    total, weight = sum(weights), 0
    taken = list[_Bundle]()
    for bundle, own in zip(bundles, weights, strict=True):
        room = (LARGEST_SHARE if not taken else 1.5 * SHARE) * total - weight
        if weight < SHARE * total and 0 < own <= room and len(taken) + 1 < len(bundles):
            taken.append(bundle)
            weight += own
    lightest = min(((own, index) for index, own in enumerate(weights) if own), default=None)
    return taken or ([bundles[lightest[1]]] if lightest else [])


# --- what has to stay together ----------------------------------------------------------------------------------


def _bundles(examples: Sequence[Example], seed: int) -> list[_Bundle]:
    """Groups joined where they share text, in the order in which they are taken."""
    roots = _Roots(example.group for example in examples)
    for first, second, _shared in overlaps(examples):
        roots.join(examples[first].group, examples[second].group)
    members: dict[str, list[int]] = {}
    for index, example in enumerate(examples):
        members.setdefault(roots.of(example.group), []).append(index)
    bundles = [
        _Bundle(
            min(_hash(group, seed) for group in {examples[index].group for index in indexes}),
            tuple(indexes),
            sum(examples[index].is_human for index in indexes),
        )
        for indexes in members.values()
    ]
    return sorted(bundles, key=lambda bundle: bundle.order)


def _hash(group: str, seed: int) -> str:
    return hashlib.sha256(f"{seed}\0{group}".encode("utf-8", "replace")).hexdigest()


class _Roots:
    """Union-find over the names of groups."""

    def __init__(self, names: Iterable[str]) -> None:
        self._parent = {name: name for name in names}

    def of(self, name: str) -> str:
        while self._parent[name] != name:
            self._parent[name] = self._parent[self._parent[name]]
            name = self._parent[name]
        return name

    def join(self, first: str, second: str) -> None:
        self._parent[self.of(second)] = self.of(first)


# --- a single document ------------------------------------------------------------------------------------------


def _by_place(examples: Sequence[Example]) -> dict[int, Split]:
    """The end of each document is held out, with a gap before it; what reaches across is used for neither.

    Where nothing would be left to train with, or nothing held out, all is for training.
    """
    lengths: dict[str, int] = {}
    for example in examples:
        place = example.place
        lengths[place.document] = max(lengths.get(place.document, 0), place.end)
    sides: list[Split] = [_side(example.place, lengths[example.place.document]) for example in examples]
    documents = [replace(example, group=example.place.document) for example in examples]
    for first, second, _shared in overlaps(documents):  # copies of one text under two names
        if {sides[first], sides[second]} == {"train", "validation"}:
            sides[first if sides[first] == "validation" else second] = ""
    if not {"train", "validation"} <= set(sides):
        return {}
    return dict(enumerate(sides))


def _side(place: Place, length: int) -> Split:
    """`length` is where the last example of the document ends."""
    border = (1 - TAIL) * length
    if place.end <= border:
        return "train"
    return "validation" if place.start >= border + min(GAP_CHARACTERS, GAP_SHARE * length) else ""
