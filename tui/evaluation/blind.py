"""A blind comparison as it is gone through: pairs of texts, what was chosen of each, and which comes next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from adapters.evaluation.report import Choices, Text
from adapters.evaluation.telling import place_of, system_name

Choice = Literal["1", "2", "same"]
DONE, HERE, OPEN = "●", "◉", "○"


@dataclass
class Pair:
    id: str
    place: str
    source: str
    texts: tuple[str, str]
    choice: str = ""
    """Empty while nothing was chosen."""
    systems: tuple[str, ...] = ()
    """Whose texts they are, once all pairs are decided."""

    def title(self, number: int) -> str:
        """Of its first (0) or second (1) text."""
        return f"{number + 1} · {system_name(self.systems[number])}" if self.systems else str(number + 1)


@dataclass
class Comparison:
    pairs: list[Pair]
    position: int = 0
    result: Choices | None = None
    """Once the last pair is decided."""
    _order: list[int] = field(default_factory=list[int])
    """Positions in the order in which they were decided here."""

    @property
    def pair(self) -> Pair | None:
        return self.pairs[self.position] if self.position < len(self.pairs) else None

    @property
    def is_decided(self) -> bool:
        return all(pair.choice for pair in self.pairs)

    def choose(self, choice: Choice) -> Pair | None:
        """What was decided, if anything was to be; the next one open comes then.

        Nothing can be chosen any more once it is known whose texts they are.
        """
        pair = self.pair
        if pair is None or self.result is not None:
            return None
        pair.choice = choice
        self._order.append(self.position)
        self.position = self._next_open()
        return pair

    def undo(self) -> Pair | None:
        """Of the last one decided, here or before; it comes again."""
        while self._order and not self.pairs[self._order[-1]].choice:
            self._order.pop()
        decided = [at for at, pair in enumerate(self.pairs) if pair.choice]
        if not decided or self.result is not None:
            return None
        self.position = self._order.pop() if self._order else decided[-1]
        pair = self.pairs[self.position]
        pair.choice = ""
        return pair

    def reveal(self, decided: Comparison) -> None:
        """What the model process says of it, now that nothing is left."""
        self.result, self.pairs = decided.result, decided.pairs

    def go(self, pairs: int) -> None:
        """Look at another one, and past the last one at the result where there is one."""
        last = len(self.pairs) - (self.result is None)
        self.position = max(0, min(self.position + pairs, last))

    def go_to(self, pair: Pair) -> None:
        self.position = next((at for at, one in enumerate(self.pairs) if one.id == pair.id), self.position)

    def dots(self) -> str:
        """`●●◉○○`"""
        return "".join(
            HERE if at == self.position else DONE if pair.choice else OPEN for at, pair in enumerate(self.pairs)
        )

    def _next_open(self) -> int:
        """After this one, then from the beginning; behind the last one where none is left."""
        later = [*range(self.position + 1, len(self.pairs)), *range(self.position)]
        return next((at for at in later if not self.pairs[at].choice), len(self.pairs))


def comparison_of(result: Mapping[str, Any]) -> Comparison:
    """What the handlers answer; it begins at the first pair that is not decided."""
    comparison = Comparison([_pair(row) for row in result["pairs"]], result=result["result"])
    comparison.position = next(
        (at for at, pair in enumerate(comparison.pairs) if not pair.choice), len(result["pairs"])
    )
    return comparison


def _pair(row: Mapping[str, Any]) -> Pair:
    return Pair(
        id=row["id"],
        place=place_of(cast("Text", row)),
        source=row["source"],
        texts=(row["one"], row["two"]),
        choice=row["choice"],
        systems=tuple(row["systems"]),
    )
