"""What keeps a summary that the base model wrote out of a data set: all that can be told from it and its text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.documents.model import Document, Page
from assistant.generation import Completion
from assistant.grounding import Claim, Passages, split_claims
from assistant.i18n import _
from assistant.language import detect_language
from assistant.prompts import is_our_words, says_nothing
from assistant.safe_text import one_line
from assistant.stems import words

Refusal = Literal["unfinished", "empty", "echo", "language", "length", "repeats", "copied", "details", "unsupported"]

FEWEST_WORDS, MOST_WORDS = 8, 160
MOST_SHARE = 0.5
"""Of the text's words."""
COPIED_RUN = 6
"""Words in the same order as in the text; shorter runs are the subject's own terms."""
MOST_COPIED = 0.7
"""Share of a summary's words that lie in such runs."""
LONGEST_COPY = 30
"""Words: one whole sentence may be the best there is, two in a row are a quotation."""
LEAST_AGREEING = 0.34
"""Share of the claims that a passage of the text has to bear out; for the others there is a doubt."""
REPEATED_RUN, MOST_REPEATS = 5, 2
_DOUBTS = 3
_QUOTED_CHARACTERS = 90
_AGREEING = ("quoted", "supported")


@dataclass(frozen=True)
class Verdict:
    refusal: Refusal | None
    doubts: tuple[str, ...] = ()
    """What a reviewer should look at in one that passed."""


class Filter:
    """Judges summaries of one text."""

    def __init__(self, text: str, language: str, name: str) -> None:
        page = Page(1, "1", text, "text", language=language)
        self._passages = Passages([Document(name, name, "", (page,), language=language)])
        self._words = words(text)
        self._runs = set(_runs(self._words, COPIED_RUN))
        self._language = language

    def verdict(self, answer: str, completion: Completion) -> Verdict:
        said = words(answer)
        if completion.finish_reason != "stop":
            return Verdict("unfinished")
        if says_nothing(answer) or not said:
            return Verdict("empty")
        if is_our_words(answer):
            return Verdict("echo")
        if self._language and detect_language(answer) not in ("", self._language):
            return Verdict("language")
        if not FEWEST_WORDS <= len(said) <= min(MOST_WORDS, MOST_SHARE * len(self._words)):
            return Verdict("length")
        if _repeats(said):
            return Verdict("repeats")
        if self._copies(said):
            return Verdict("copied")
        return self._by_claims([self._passages.cite(claim) for claim in split_claims(answer)])

    def _copies(self, said: Sequence[str]) -> bool:
        copied = [False] * len(said)
        for start, run in enumerate(_runs(said, COPIED_RUN)):
            if run in self._runs:
                copied[start : start + COPIED_RUN] = [True] * COPIED_RUN
        return sum(copied) > MOST_COPIED * len(said) or _longest(copied) > LONGEST_COPY

    def _by_claims(self, claims: Sequence[Claim]) -> Verdict:
        if any(claim.missing for claim in claims):
            return Verdict("details")
        weak = [claim for claim in claims if claim.support not in _AGREEING]
        if not claims or len(claims) - len(weak) < LEAST_AGREEING * len(claims):
            return Verdict("unsupported")
        return Verdict(None, tuple(_doubt(claim.text) for claim in weak[:_DOUBTS]))


def _doubt(claim: str) -> str:
    text = one_line(claim)
    shown = text if len(text) <= _QUOTED_CHARACTERS else text[:_QUOTED_CHARACTERS].rstrip() + "…"
    return _("the text does not clearly say: “{claim}”").format(claim=shown)


def _runs(said: Sequence[str], length: int) -> list[tuple[str, ...]]:
    return [tuple(said[start : start + length]) for start in range(len(said) - length + 1)]


def _repeats(said: Sequence[str]) -> bool:
    return any(count > MOST_REPEATS for count in Counter(_runs(said, REPEATED_RUN)).values())


def _longest(flags: Sequence[bool]) -> int:
    longest = current = 0
    for flag in flags:
        current = current + 1 if flag else 0
        longest = max(longest, current)
    return longest
