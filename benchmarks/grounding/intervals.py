"""Shares with their 95 % intervals (Wilson 1927)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

_Z = 1.959964


@dataclass(frozen=True)
class Share:
    count: int
    of: int

    @property
    def value(self) -> float:
        return self.count / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The whole range where nothing was counted."""
        if not self.of:
            return 0.0, 1.0
        middle = self.value + _Z * _Z / (2 * self.of)
        spread = _Z * math.sqrt(self.value * (1 - self.value) / self.of + _Z * _Z / (4 * self.of * self.of))
        scale = 1 + _Z * _Z / self.of
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.count:>5} of {self.of:<5} {self.value:7.2%}  ({low:.1%} to {high:.1%})"

    def as_json(self) -> dict[str, Any]:
        low, high = self.interval
        return {"count": self.count, "of": self.of, "share": self.value, "low": low, "high": high}
