"""Where a claim says "not", "may" or "always" and its passage does not, or the other way round.

Words are counted, clause by clause; who does what to whom is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from assistant.grounding.claims import Warned

_CUES: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])", re.IGNORECASE)
    for name, words in {
        "not": r"non(?! solo\b| soltanto\b| solamente\b)|né|not(?! only\b)|cannot|nor|neither|never|mai|senza|without|"
        r"nessun[oa]?|nulla|niente|nobody|nothing|none|no(?!\.?\s?\d)|"
        r"(?:do|does|did|is|are|was|were|has|have|had|can|could|would|should|wo|must|need)n['’]t|"
        r"falso|false|impossibile|impossible|fails? to|failed to",
        "always": r"sempre|always|in ogni caso|in all cases|invariably|inevitabilmente|inevitably|every time|"
        r"ogni volta",
        "sometimes": r"talvolta|a volte|qualche volta|spesso|di solito|solitamente|generalmente|in genere|di norma|"
        r"sometimes|often|usually|generally|typically|occasionally|in some cases|in alcuni casi|raramente|rarely|"
        r"seldom",
        "may": r"può|puo'|possono|potrebbe|potrebbero|poteva|potevano|forse|probabilmente|may|might|could|can|perhaps|"
        r"possibly|probably|likely|eventualmente",
        "must": r"deve|devono|doveva|dovevano|dovrebbe|dovrebbero|bisogna|occorre|è necessario|obbligatori[oa]|must|"
        r"has to|have to|had to|should|ought to|is required|are required|necessarily|necessariamente",
    }.items()
}
_STRONGER = ("always", "must", "may", "sometimes")
"""What a claim may not add."""
_KEPT = ("may", "sometimes")
"""What a claim may not leave out: without it something is surer than the source says."""
_CLAUSE = re.compile(
    r"[,;:.!?()—–]|\b(?:but|while|whereas|although|though|because|which|who|that|unless|if|and|ma|mentre|sebbene|benché"
    r"|perché|che|anziché|bensì|però|se|e|ed|quando|when)\b",
    re.IGNORECASE,
)
_DENIED_AHEAD = re.compile(r"\b(?:(?:non è|it is not|it isn['’]t|not) (?:vero|true)|è falso|is false)\b", re.IGNORECASE)
_OVERLAP = 0.6
"""Share of a clause's words that the claim has, for the clause to be what the claim says."""


def warnings_for(claim: str, passage: str, terms: Callable[[str], Iterable[str]]) -> tuple[Warned, ...]:
    """`terms` gives a text's stems, in which the two are compared."""
    claimed = frozenset(terms(claim))
    said = _cues_of_matching_clauses(passage, claimed, terms)
    anywhere = _cues(passage)
    own = _cues(claim)
    found: list[Warned] = []
    if ("not" in own and "not" not in anywhere) or ("not" in said and "not" not in own):
        found.append("negation")
    added = any(cue in own and cue not in anywhere for cue in _STRONGER)
    lost = any(cue in said and own.isdisjoint(_KEPT) for cue in _KEPT)
    if added or lost:
        found.append("modality")
    return tuple(found)


def _cues(text: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _CUES.items() if pattern.search(text))


def _cues_of_matching_clauses(passage: str, claimed: frozenset[str], terms: Callable[[str], Iterable[str]]) -> set[str]:
    """The cues in those clauses of the passage that say what the claim says."""
    found: set[str] = set()
    denied = False
    for clause in _CLAUSE.split(passage):
        words = frozenset(terms(clause))
        cues = set(_cues(clause)) | ({"not"} if denied else set[str]())
        content = words - frozenset(stem for cue in _cues(clause) for stem in terms(_matched(cue, clause)))
        if cues and content and len(content & claimed) >= _OVERLAP * len(content):
            found |= cues
        if words:
            denied = _DENIED_AHEAD.search(clause) is not None
    return found


def _matched(cue: str, clause: str) -> str:
    match = _CUES[cue].search(clause)
    return match.group() if match else ""
