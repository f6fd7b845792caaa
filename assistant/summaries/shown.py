"""How the model's text gets to the screen beside its references: as a list, or without some sentences.

Each is a `Shown` around another.
"""

from __future__ import annotations

import re

from assistant.cited_text import Cite, PlacedClaim, Shown, claim_spans, without_page_marks
from assistant.grounding import Claim, is_claim

_POINT = re.compile(r"\A(?:[-*•]|\d{1,2}[.)])\s*")
"""How models begin a point by themselves."""


class AsList:
    """Sentences shown as the points of a list, for a model that writes sentences whatever it is asked for."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._waiting = ""
        """The sentence being written: it is a point when the next one has begun."""

    @property
    def claims(self) -> list[PlacedClaim]:
        return self._shown.claims

    def feed(self, piece: str) -> str:
        self._waiting += piece
        spans = claim_spans(self._waiting)
        if len(spans) < 2:
            return ""
        points = [self._waiting[start:end] for start, end in spans[:-1]]
        self._waiting = self._waiting[spans[-1][0] :]
        return "".join(self._point(point) for point in points)

    def finish(self) -> str:
        return self._point(self._waiting) + self._shown.finish()

    def _point(self, sentence: str) -> str:
        words = _POINT.sub("", without_page_marks(sentence).strip())
        return self._shown.feed(f"- {words}\n") if words else ""


class Dropping:
    """A `Shown` that lets a sentence through when it is complete and was looked up."""

    def __init__(self, shown: Shown, cite: Cite) -> None:
        self._shown = shown
        self._cite = cite
        self._waiting = ""
        """The sentence being written, with the white space before it: it is over when the next one has begun."""
        self.left_out: list[Claim] = []

    @property
    def claims(self) -> list[PlacedClaim]:
        return self._shown.claims

    def feed(self, piece: str) -> str:
        self._waiting += piece
        given = ""
        while len(spans := claim_spans(self._waiting)) > 1:
            # A point of a list begins its line: what stands before it goes with the sentence before.
            end = self._waiting.rfind("\n", spans[0][1], spans[1][0]) + 1 or spans[0][1]
            given += self._judged(self._waiting[:end])
            self._waiting = self._waiting[end:]
        return given

    def finish(self) -> str:
        rest, self._waiting = self._waiting, ""
        return self._judged(rest) + self._shown.finish()

    def _judged(self, sentence: str) -> str:
        said = without_page_marks(sentence).strip()
        claim = self._cite(said) if is_claim(said) else None
        if claim is None or claim.support != "unsupported":
            return self._shown.feed(sentence)
        self.left_out.append(claim)
        return ""
