"""A place for an answer too short to be looked up by itself: "46." says something only together with its question."""

from __future__ import annotations

from assistant.answers.search import terms
from assistant.grounding import Claim, PageSet, Passages

LONGEST_CHARACTERS = 80
_NAMES_NOTHING = frozenset(["yes", "ok", "okay", "true", "false", "certainly", "vero", "falso", "certo", "esatto"])


def cite_short_answer(passages: Passages, question: str, answer: str, pages: PageSet) -> Claim | None:
    """The answer with the passage that holds it and what was asked; None for one that names nothing ("Yes.")."""
    said = terms(answer, "") - _NAMES_NOTHING
    if not said or len(answer) > LONGEST_CHARACTERS or "\n" in answer.strip():
        return None
    claim = passages.cite(f"{question} {answer}", pages)
    held = tuple(place for place in claim.citations if said & terms(place.quote, ""))
    missing = tuple(detail for detail in claim.missing if detail in answer)
    # Never more than weak: the words of the question are the person's own, and are found in any case.
    return Claim(answer, "unsupported" if missing else "weak", held, missing)
