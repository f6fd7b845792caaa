"""How people call summaries: of sections, of files, of folders; and what sections are no text to summarize."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from adapters.dataset.example import Task
from assistant.stems import plain_words

SummaryKind = Literal["summary", "brief", "abstract", "conclusions"]
"""In the order in which they are preferred where a text has several."""
KINDS: tuple[SummaryKind, ...] = ("summary", "brief", "abstract", "conclusions")

_NUMBER = r"(?:(?:\d{1,3}(?:\.\d{1,3}){0,3}|[ivx]{1,5})[.)]?\s+)?"
_TITLE_WORDS: dict[SummaryKind, str] = {
    "summary": (
        r"(?:breve )?(?:riassunto|riepilogo)(?: finale| de(?:l|lla|i|lle)\s[^\n]{1,60}| dell['’][^\n]{1,60})?"
        r"|riassumendo|ricapitolando|sunto"
        r"|(?:in |breve )?sintesi(?: (?:del capitolo|della lezione)(?: \d{1,3})?| finale)?"
        r"|summary(?: of [^\n]{1,60})?|(?:chapter|lecture|section|executive) summary|summing up|to sum up|recap"
    ),
    "brief": (
        r"in breve|in poche parole|tl;? ?dr|in short|in brief|in a nutshell|at a glance|key (?:points|takeaways)"
        r"|punti chiave|concetti chiave"
    ),
    "abstract": r"abstract",
    "conclusions": r"conclusion[ei]|conclusions?|concluding remarks|considerazioni (?:finali|conclusive)",
}
_TITLES: dict[SummaryKind, re.Pattern[str]] = {
    kind: re.compile(rf"\s*(?:\#+\s*)?{_NUMBER}(?:{words})\s*[:.]?\s*", re.IGNORECASE)
    for kind, words in _TITLE_WORDS.items()
}

NO_SOURCE = re.compile(
    rf"\s*{_NUMBER}(?:references|bibliograph\w+|bibliografia|riferimenti(?: bibliografici)?|works cited|index"
    r"|indice(?: analitico| generale)?|sommario|(?:table of )?contents|acknowledge?ments?|ringraziamenti|licen[sz]e"
    r"|licenza|copyright|colophon|sources|fonti|further reading|per approfondire|letture consigliate|exercises"
    r"|esercizi|soluzioni|solutions|answers|risposte|notes|note)\s*",
    re.IGNORECASE,
)
"""Italian "sommario" heads a table of contents far more often than a summary. To be matched as a whole."""

_GENERIC_TITLE = re.compile(
    rf"\s*{_NUMBER}(?:(?:introduzione|introduction|premessa|prefazione|preface|foreword|esempi[o]?|examples?|osservazion[ei]"
    r"|remarks?|dimostrazion[ei]|proofs?|appendi(?:ce|x)|overview|panoramica|generalità|varie|altro|other|misc\w*|todo"
    r"|background|methods?|metod[oi]|results?|risultati|discussion[e]?|obiettivi|objectives|goals|appunti|slide"
    r"|diapositiva|capitolo|chapter|lezione|lecture|parte|part|sezione|section|unità|unit|modulo|module|pagina|page"
    r"|allegato|annex|figura|figure|tabella|table|domande|questions|definizion[ei]|definitions?|teorem[ai]|theorems?)"
    r"(?:\s+(?:\d{1,3}|[ivx]{1,5}|[a-z]))?)\s*[:.]?\s*",
    re.IGNORECASE,
)

_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|their|this|these|that|those|we|our|you|your|quest[oaie]|quell[oaie]|ess[oaie]|ciò|loro)\b",
    re.IGNORECASE,
)
"""A title such as "Why it matters" cannot be written from its section alone."""

_SUMMARY_WORDS = ("summary", "riassunto", "riassunti", "summaries", "sunto", "sunti", "sintesi", "abstract")
_DESCRIPTION_WORDS = ("description", "descrizione", "descriptions", "descrizioni")
_TASK_OF_WORD: dict[str, Task] = {
    **dict.fromkeys(_SUMMARY_WORDS, "summarize"),
    **dict.fromkeys(_DESCRIPTION_WORDS, "describe"),
}
FOLDERS: dict[str, Task] = {
    "riassunti": "summarize", "riassunto": "summarize", "summaries": "summarize", "summary": "summarize",
    "sunti": "summarize", "sintesi": "summarize", "abstracts": "summarize",
    "descrizioni": "describe", "descriptions": "describe",
}  # fmt: skip
"""By their names, folded."""
FIELDS: dict[str, Task] = {
    "summary": "summarize", "riassunto": "summarize", "sunto": "summarize", "sintesi": "summarize",
    "abstract": "summarize", "tldr": "summarize", "description": "describe", "descrizione": "describe",
}  # fmt: skip
"""Of front matter."""
_WORD = rf"(?P<word>{'|'.join(_TASK_OF_WORD)})"
_BEHIND = re.compile(rf"(?P<stem>.+?)(?P<joint>[.\-_ ]| - ){_WORD}", re.IGNORECASE)
_IN_FRONT = re.compile(rf"{_WORD}(?P<joint>[\-_ ]| - )(?:d[ei]l?(?:la)? |of (?:the )?)?(?P<stem>.+)", re.IGNORECASE)
_NUMBERING = re.compile(
    r"\s*(?:(?:capitolo|chapter|lezione|lecture|parte|part|sezione|section|unità|unit|modulo|module|slide)\s+"
    r"(?:\d{1,3}|[ivxlc]{1,6})\b\s*[.:–—-]?\s*|\d{1,3}(?:\.\d{1,3}){0,3}[.)]?\s+|[ivx]{1,5}[.)]\s+|§\s*[\d.]+\s*)",
    re.IGNORECASE,
)


def summary_kind(title: str) -> SummaryKind | None:
    """What a heading says its section is; None where that is no summary."""
    return next((kind for kind, pattern in _TITLES.items() if pattern.fullmatch(title)), None)


@dataclass(frozen=True)
class Sidecar:
    """What a file's name says of it: that it sums up another."""

    stem: str
    """Of that other file; empty where only one can be meant, as by `summary.md` beside a single note."""
    task: Task
    certain: bool
    """`lesson.summary` can mean nothing else; `lesson-summary` and `summary of lesson` may be notes themselves."""


def sidecar(stem: str) -> Sidecar | None:
    if task := _TASK_OF_WORD.get(stem.casefold()):
        return Sidecar("", task, certain=False)
    match = _BEHIND.fullmatch(stem) or _IN_FRONT.fullmatch(stem)
    if match is None:
        return None
    return Sidecar(match["stem"], _TASK_OF_WORD[match["word"].casefold()], certain=match["joint"] == ".")


def telling_title(title: str) -> str:
    """A section's title without its number; empty where it says nothing of what the section is about."""
    if summary_kind(title) or NO_SOURCE.fullmatch(title) or _GENERIC_TITLE.fullmatch(title):
        return ""
    bare = _without_number(title).strip(" .:–—-")
    is_empty = _GENERIC_TITLE.fullmatch(bare) or NO_SOURCE.fullmatch(bare) or _POINTS_BACK.search(bare)
    return "" if is_empty else bare


def plain_title(title: str) -> str:
    """A title as two are compared."""
    return " ".join(plain_words(_without_number(title))) or title


def _without_number(title: str) -> str:
    number = _NUMBERING.match(title)
    return title[number.end() :] if number else title


def folded(name: str) -> str:
    """File names as they are compared: macOS keeps accents apart from their letters, Windows knows no case."""
    return unicodedata.normalize("NFC", name).casefold()
