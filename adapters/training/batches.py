"""Which examples go through the model together, one after another in one sequence, without padding."""

from __future__ import annotations

from collections.abc import Sequence

from adapters.dataset.tokens import TokenizedExample


def pack(examples: Sequence[TokenizedExample], costs: Sequence[int], limit: int) -> list[list[TokenizedExample]]:
    """As few micro-batches as first-fit decreasing finds, none that costs more than `limit` unless it is one example.

    The same examples in the same order always give the same micro-batches.
    """
    packed: list[tuple[int, list[TokenizedExample]]] = []
    for index in sorted(range(len(examples)), key=lambda index: -costs[index]):
        place = next((place for place, (cost, _) in enumerate(packed) if cost + costs[index] <= limit), None)
        if place is None:
            packed.append((costs[index], [examples[index]]))
        else:
            cost, together = packed[place]
            packed[place] = (cost + costs[index], [*together, examples[index]])
    return [together for _cost, together in packed]
