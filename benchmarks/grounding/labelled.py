"""What a real model wrote, graded beside labels that were made by reading (claims/README.md)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.documents import Document, load_document
from assistant.grounding import Claim, Passages
from benchmarks.grounding.generated import ACCEPTED
from benchmarks.grounding.intervals import Share
from benchmarks.measure import ROOT

CLAIMS = Path(__file__).parent / "claims" / "claims.jsonl"
SPLITS = ("tune", "test")
_SAID = ("quoted", "supported")
_NOT_SAID = ("absent", "wrong")


@dataclass(frozen=True)
class Labelled:
    label: Mapping[str, Any]
    claim: Claim

    @property
    def truth(self) -> str:
        return self.label["truth"]

    @property
    def checkable(self) -> bool:
        return self.truth != "nonsense"

    @property
    def accepted(self) -> bool:
        return self.claim.support in ACCEPTED

    @property
    def flagged(self) -> bool:
        return self.claim.support == "unsupported"

    @property
    def expected(self) -> str:
        """The grade that the label asks for: a part that is not said, or said otherwise, is at most weak."""
        if self.label["wrong_details"]:
            return "unsupported"
        return self.truth if self.truth in _SAID else "weak"

    @property
    def at_home(self) -> bool:
        return any(citation.page in self.label["pages"] for citation in self.claim.citations[:1])


@dataclass(frozen=True)
class LabelMeasure:
    name: str
    among: Callable[[Labelled], bool]
    holds: Callable[[Labelled], bool]

    def share(self, claims: Sequence[Labelled]) -> Share:
        mine = [claim for claim in claims if self.among(claim)]
        return Share(sum(map(self.holds, mine)), len(mine))


MEASURES = (
    LabelMeasure(
        "agreement: accepted exactly what the source says",
        lambda claim: claim.checkable,
        lambda claim: claim.accepted == (claim.truth in _SAID and not claim.label["wrong_details"]),
    ),
    LabelMeasure(
        "agreement: the very grade", lambda claim: claim.checkable, lambda claim: claim.claim.support == claim.expected
    ),
    LabelMeasure(
        "said by the source: accepted",
        lambda claim: claim.truth in _SAID and not claim.label["wrong_details"],
        lambda claim: claim.accepted,
    ),
    LabelMeasure(
        "false ✔/≈: absent or wrong, accepted", lambda claim: claim.truth in _NOT_SAID, lambda claim: claim.accepted
    ),
    LabelMeasure(
        "  the same without a warning",
        lambda claim: claim.truth in _NOT_SAID,
        lambda claim: claim.accepted and not claim.claim.warnings,
    ),
    LabelMeasure(
        "of what was accepted: absent or wrong",
        lambda claim: claim.checkable and claim.accepted,
        lambda claim: claim.truth in _NOT_SAID,
    ),
    LabelMeasure("said in part: accepted", lambda claim: claim.truth == "partly", lambda claim: claim.accepted),
    LabelMeasure("nonsense: accepted", lambda claim: not claim.checkable, lambda claim: claim.accepted),
    LabelMeasure(
        "false ✖: flagged, all details in the source",
        lambda claim: not claim.label["wrong_details"],
        lambda claim: claim.flagged,
    ),
    LabelMeasure(
        "  of these, without nonsense",
        lambda claim: claim.checkable and not claim.label["wrong_details"],
        lambda claim: claim.flagged,
    ),
    LabelMeasure(
        "details the source lacks: flagged",
        lambda claim: bool(claim.label["wrong_details"]),
        lambda claim: claim.flagged,
    ),
    LabelMeasure(
        "  of these, without nonsense",
        lambda claim: claim.checkable and bool(claim.label["wrong_details"]),
        lambda claim: claim.flagged,
    ),
    LabelMeasure(
        "right page, of what was accepted and has one",
        lambda claim: claim.accepted and bool(claim.label["pages"]),
        lambda claim: claim.at_home,
    ),
)


def graded(split: str = "") -> list[Labelled]:
    """The claims of one split, or of both, with the grades that the program gives them."""
    labels = [json.loads(line) for line in CLAIMS.read_text(encoding="utf-8").splitlines()]
    return [
        Labelled(label, _passages(label["document"]).cite(label["text"]))
        for label in labels
        if split in ("", label["split"])
    ]


def confusion(claims: Sequence[Labelled]) -> dict[str, Counter[str]]:
    """By label, how often each grade was given."""
    found: dict[str, Counter[str]] = {}
    for claim in claims:
        found.setdefault(claim.truth, Counter())[claim.claim.support] += 1
    return found


@lru_cache
def _passages(path: str) -> Passages:
    return Passages([_document(path)])


def _document(path: str) -> Document:
    return load_document(ROOT / path)
