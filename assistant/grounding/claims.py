"""What a claim is, which parts of an answer are claims, and what was found out about one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from assistant.grades import Support
from assistant.sentences import split_sentences
from assistant.stems import content_stems, stated_numbers

Warned = Literal["negation", "modality"]
"""The passage says "not", or "may", "always", "must" …, where the claim does not, or the other way round."""

MIN_TERMS = 2
"""Words that carry meaning and numbers; with fewer there is nothing to check ("Yes.", "Certainly!")."""

_MARKS = re.compile(
    r"^\s*(?:[-*+•–]\s+|\d{1,3}[.)]\s+|#{1,6}\s+|>\s*)+"  # list, heading, quotation
    r"|[*`]+|(?<!\w)_+|_+(?!\w)"  # emphasis, code
    r"|\[(?=[^\[\]]{1,300}\]\()|\]\([^()]{0,2000}\)"  # a link's address
)


@dataclass(frozen=True)
class Citation:
    document: str
    """The file's name."""
    path: str
    page: int
    label: str
    quote: str
    """Exactly as in the page's text, from character `start` to `end`."""
    score: float
    """0 to 1: share of the claim's weight that the quote holds."""
    start: int
    end: int

    def as_json(self) -> dict[str, Any]:
        keys = ("document", "path", "page", "label", "quote", "start", "end")
        return {key: getattr(self, key) for key in keys}


@dataclass(frozen=True)
class Claim:
    text: str
    support: Support
    citations: tuple[Citation, ...] = ()
    """The best passage first; more than one where several documents say it."""
    missing: tuple[str, ...] = ()
    """Numbers, dates, formulas and names that the source does not have, as the claim writes them. Where there are any
    the claim is `unsupported`, and only there."""
    warnings: tuple[Warned, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "support": self.support,
            "citations": [citation.as_json() for citation in self.citations],
            "missing": list(self.missing),
            "warnings": list(self.warnings),
        }


def plain_claim(text: str) -> str:
    """The claim without list marks, heading marks, emphasis and links."""
    return " ".join(_MARKS.sub("", text).split())


def split_claims(answer: str) -> list[str]:
    """The sentences and bullets of an answer that say something checkable, as they stand in it."""
    found: list[str] = []
    for line in answer.splitlines():
        found += [line[start:end] for start, end in split_sentences(line)]
    return [text for text in found if is_claim(text)]


def is_claim(text: str) -> bool:
    """False for headings, table rows, code fences, announcements ("The main points are:") and empty phrases."""
    stripped = text.strip()
    if stripped.startswith(("#", "|", "```")) or re.fullmatch(r"(\*\*|__)[^*_.!?]+(\*\*|__):?", stripped):
        return False
    plain = plain_claim(text)
    if plain.endswith(":"):
        return False
    return len(content_stems(plain, "")) + len(stated_numbers(plain)) >= MIN_TERMS
