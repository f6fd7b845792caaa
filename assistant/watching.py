"""Ends an answer that has said enough, or that only repeats itself, instead of letting it run to its limit."""

from __future__ import annotations

import re

from assistant.cited_text import claim_spans
from assistant.problems import is_looping

_LOOP_CHECK_DELTAS = 16
_POINT = re.compile(r"^[^\S\n]*(?:[-*•]|\d{1,2}[.)])[^\S\n]+\S", re.MULTILINE)


class Watch:
    """Of one answer, while it grows."""

    def __init__(self, max_sentences: int = 0, max_points: int = 0) -> None:
        """0 is no limit."""
        self._max_sentences = max_sentences
        self._max_points = max_points
        self.text = ""
        """The answer so far, from the first character that is not white space."""
        self._deltas = 0
        self.looping = False
        self.complete = False
        """Whether it ends here, whatever the model still had in mind."""

    @property
    def ended(self) -> bool:
        return self.looping or self.complete

    def add(self, text: str) -> str:
        """The part of this text that belongs to the answer."""
        if self.complete:
            return ""
        before = len(self.text)
        self.text += text if self.text else text.lstrip()
        self._deltas += 1
        if self._deltas % _LOOP_CHECK_DELTAS == 0:
            self.looping = is_looping(self.text)
        if (end := self._limit()) is not None:
            self.text = self.text[:end]
            self.complete = True
        return self.text[before:]

    def _limit(self) -> int | None:
        """Where the answer has to end; None where it may go on."""
        if self._max_sentences:
            # A sentence is known to be over when the next one has begun.
            spans = claim_spans(self.text)
            if len(spans) > self._max_sentences:
                return spans[self._max_sentences - 1][1]
        if self._max_points:
            points = list(_POINT.finditer(self.text))
            if len(points) > self._max_points:
                return len(self.text[: points[self._max_points].start()].rstrip())
        return None
