"""How long steps take, and so how long the rest will.

By medians of the last ones: a laptop that slept for a night, or answered a question between two steps, has not become
slow by it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from statistics import median

_LATEST = 20


class Pace:
    def __init__(self) -> None:
        self._steps: deque[float] = deque(maxlen=_LATEST)
        self._evaluations: deque[float] = deque(maxlen=_LATEST)
        self._began = time.perf_counter()
        self._apart = 0.0

    @contextmanager
    def apart(self) -> Generator[None]:
        """What is done in here is not the loop's own: computing, or what others do between two steps."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._apart += time.perf_counter() - started

    def step_done(self, seconds: float) -> float:
        """`seconds` it took. Returns how many since the step before were neither in it nor `apart`."""
        self._steps.append(seconds)
        outside = self.outside_seconds()
        self._began, self._apart = time.perf_counter(), 0.0
        return outside

    def outside_seconds(self) -> float:
        return max(0.0, time.perf_counter() - self._began - self._apart)

    def evaluation_done(self, seconds: float) -> None:
        self._evaluations.append(seconds)

    def seconds_left(self, steps: int, evaluations: int) -> float:
        each = median(self._steps) if self._steps else 0.0
        return steps * each + evaluations * (median(self._evaluations) if self._evaluations else 0.0)
