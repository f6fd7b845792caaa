"""A few sentences out of many, for models that cannot make one short text of several: the best supported ones."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.cited_text import claim_spans
from assistant.grounding import is_claim
from assistant.stems import content_stems
from assistant.summaries.checks import Judge
from assistant.summaries.drafts import Draft
from assistant.summaries.own.prose import leans_back

_SUPPORT = {"quoted": 1.0, "supported": 1.0, "weak": 0.3, "unsupported": -1.0}
_SURE = 1.0
_STOPS = (".", "!", "?", "…", "»", "”")
_SAME_SHARE = 0.6
"""Two sentences with so many of their words in common say the same."""
_LEANING = 0.5
"""What a sentence loses that begins with "It" or "Inoltre": what it leans on may not be chosen."""
_SHORT_STEMS = 8
"""A sentence with fewer words that mean something says little; the weight of the others is shared by at least these."""


@dataclass(frozen=True)
class Chosen:
    text: str
    draft: Draft
    """Where it stands."""


@dataclass(frozen=True)
class _Candidate:
    draft: Draft
    text: str
    stems: frozenset[str]
    support: float


def best_sentences(drafts: Sequence[Draft], count: int, judge: Judge, *, sure: bool = False) -> list[Chosen]:
    """At most `count`, in order: supported, about what the others are about, from as many drafts as possible.

    `sure` leaves out all that is not supported, and what is no whole sentence.
    """
    candidates = [
        _Candidate(draft, sentence, stems, _SUPPORT[judge.cite(sentence, draft.pages).support])
        for draft in drafts
        for start, end in claim_spans(draft.text)
        if is_claim(sentence := draft.text[start:end].strip())
        and (stems := content_stems(sentence, draft.documents[0].language))
    ]
    if sure:
        candidates = [item for item in candidates if item.support == _SURE and item.text.endswith(_STOPS)]
    candidates = [item for item in candidates if item.support > 0] or candidates
    frequency = Counter(stem for candidate in candidates for stem in candidate.stems)

    def worth(at: int) -> float:
        candidate = candidates[at]
        common = sum(math.log(frequency[stem]) for stem in sorted(candidate.stems))
        alone = -_LEANING if leans_back(candidate.text) else 0.0
        return (
            alone + candidate.support + common / max(_SHORT_STEMS, len(candidate.stems)) / math.log(1 + len(candidates))
        )

    ranked = sorted(range(len(candidates)), key=lambda at: (-worth(at), at))
    chosen: list[int] = []
    for rest in (False, True):  # first the best of each draft, then whatever is best
        for at in ranked:
            used = {id(candidates[other].draft) for other in chosen}
            known = any(_say_the_same(candidates[at], candidates[other]) for other in chosen)
            if len(chosen) < count and not known and (rest or id(candidates[at].draft) not in used):
                chosen.append(at)
    return [Chosen(candidates[at].text, candidates[at].draft) for at in sorted(chosen)]


def _say_the_same(one: _Candidate, other: _Candidate) -> bool:
    return len(one.stems & other.stems) >= _SAME_SHARE * min(len(one.stems), len(other.stems))
