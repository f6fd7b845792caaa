"""Time left, from the time that a token of source text has taken so far.

By tokens, since parts differ in length; what is kept from before costs nothing and is not counted.
"""

from __future__ import annotations


class Estimate:
    def __init__(self) -> None:
        self._ahead_tokens = 0.0
        self._done_tokens = 0.0
        self._seconds = 0.0

    def plan(self, tokens: float) -> None:
        """So much is to be read yet; less than nothing takes back what was planned."""
        self._ahead_tokens = max(0.0, self._ahead_tokens + tokens)

    def finished(self, tokens: float) -> None:
        self._done_tokens += tokens
        self.plan(-tokens)

    def worked(self, seconds: float) -> None:
        """Time that passed at work, side by side or one by one."""
        self._seconds += seconds

    @property
    def seconds_left(self) -> float | None:
        """None before anything is finished."""
        if not self._done_tokens:
            return None
        return self._ahead_tokens * self._seconds / self._done_tokens
