"""Which sequences of tokens are known: a radix tree of blocks, compared token by token.

Keys and values of a token depend on every token before it and on what each of them was read with (the bare base, an
adapter). A block is found by walking down from the root, and at each step both the owner and the tokens themselves
are compared. No hash decides, so that a wrong hit is impossible.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stretch:
    owner: str
    start: int
    """From this token on, keys and values are computed under `owner`."""


Owners = tuple[Stretch, ...]
"""Of a whole sequence: starts grow from 0 on, and neighbours differ."""


def as_owners(stretches: Sequence[Stretch]) -> Owners:
    """In the one form that can be compared. Raises ValueError when the first token has no owner or starts shrink."""
    starts = [stretch.start for stretch in stretches]
    if not starts or starts[0] != 0 or starts != sorted(starts):
        raise ValueError(f"stretches must begin at 0 and go on: {starts}")
    owners: list[Stretch] = []
    for stretch in stretches:
        if owners and owners[-1].start == stretch.start:
            owners.pop()  # a stretch without tokens
        if not owners or owners[-1].owner != stretch.owner:
            owners.append(stretch)
    return tuple(owners)


def common_prefix(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens both begin with."""
    length = min(len(a), len(b))
    return next((index for index in range(length) if a[index] != b[index]), length)


def same_owners(a: Owners, b: Owners, length: int) -> int:
    """How many of the first `length` tokens have the same owner in both."""
    for one, other in zip(_parts(a, length), _parts(b, length), strict=False):
        if one[0] != other[0]:
            return one[1]
        if one[2] != other[2]:
            return min(one[2], other[2])
    return length


@dataclass(eq=False)  # a block is itself: two with the same tokens are two places in the tree
class Block:
    """Some tokens in a row under one owner, after all those of the blocks above it."""

    owner: str
    tokens: tuple[int, ...]
    parent: Block | None = None
    children: dict[str, list[Block]] = field(default_factory=dict[str, "list[Block]"], repr=False)
    """By owner."""


@dataclass(frozen=True)
class Hit:
    """The first `tokens` tokens of the block are the next ones of the sequence."""

    block: Block
    tokens: int


class KVTree:
    """`block_tokens` is the most a block holds; one is shorter at a change of owner and where a sequence ends."""

    def __init__(self, block_tokens: int) -> None:
        self._block_tokens = block_tokens
        self._root = Block("", ())

    def find(self, tokens: Sequence[int], owners: Owners) -> list[Hit]:
        """The longest known beginning of the sequence, block by block; only the last may be known in part."""
        hits: list[Hit] = []
        block, position = self._root, 0
        while position < len(tokens):
            owner, end = _owner_at(owners, position, len(tokens))
            hit = _best_child(block, owner, tokens[position : min(end, position + self._block_tokens)])
            if hit is None:
                break
            hits.append(hit)
            if hit.tokens < len(hit.block.tokens):
                break
            block, position = hit.block, position + hit.tokens
        return hits

    def grow(self, tokens: Sequence[int], owners: Owners) -> Iterator[tuple[Block, int, bool]]:
        """Walk along the whole sequence: (block, where it starts, whether it was added just now).

        Ends early where what is left is the beginning of a block that is there already.
        """
        block, position = self._root, 0
        while position < len(tokens):
            owner, end = _owner_at(owners, position, len(tokens))
            piece = tuple(tokens[position : min(end, position + self._block_tokens)])
            hit = _best_child(block, owner, piece)
            whole = hit is not None and hit.tokens == len(hit.block.tokens)
            if hit is not None and not whole and hit.tokens == len(piece) and position + len(piece) == len(tokens):
                return
            block = hit.block if hit is not None and whole else _add(block, owner, piece)
            yield block, position, not whole
            position += len(block.tokens)

    def remove(self, block: Block) -> list[Block]:
        """Take it out with all that is below it, which is worth nothing without it; returns them all."""
        if block.parent is not None:
            siblings = block.parent.children[block.owner]
            siblings.remove(block)
            if not siblings:
                del block.parent.children[block.owner]
            block.parent = None
        removed = [block]
        for one in removed:  # grows while it is walked
            removed.extend(child for children in one.children.values() for child in children)
        return removed


def _add(parent: Block, owner: str, tokens: tuple[int, ...]) -> Block:
    block = Block(owner, tokens, parent)
    parent.children.setdefault(owner, []).append(block)
    return block


def _best_child(block: Block, owner: str, tokens: Sequence[int]) -> Hit | None:
    """The child under this owner that begins like `tokens` for longest; None when not even the first token agrees.

    A child that is known whole comes before a longer one of which only as much agrees: the walk can go on below it.
    """
    hits = [Hit(child, common_prefix(child.tokens, tokens)) for child in block.children.get(owner, ())]
    best = max(hits, key=lambda hit: (hit.tokens, hit.tokens == len(hit.block.tokens)), default=None)
    return best if best is not None and best.tokens else None


def _owner_at(owners: Owners, position: int, length: int) -> tuple[str, int]:
    """The owner of the token at this position, and where its stretch ends."""
    return next((owner, end) for owner, start, end in _parts(owners, length) if start <= position < end)


def _parts(owners: Owners, length: int) -> Iterator[tuple[str, int, int]]:
    """(owner, start, end) of the stretches within the first `length` tokens."""
    ends = [*(stretch.start for stretch in owners[1:]), length]
    for stretch, end in zip(owners, ends, strict=True):
        if stretch.start < length:
            yield stretch.owner, stretch.start, min(end, length)
