"""What a question wants to be answered from: passages that fit it, or all of the text.

It is the beginning of a request that tells: what asks for a summary, a list or a comparison *of the text* is about all
of it; the same words within a question ("who wrote the summary?") or about one thing in it ("summarize Darcy's law")
are not. Nothing here looks at a document, so nothing that is written in one can change the route.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answers.request_patterns import ADJUSTMENT, COURTESY, PATTERNS, Wanted
from assistant.generation import ChatMessage
from assistant.stems import content_stems

FOLLOW_UP_TERMS = 3
"""A question with fewer words that carry meaning is read together with the one before it ("And the second one?")."""
LOOKED_AT_CHARACTERS = 600
"""What is pasted behind a request does not change it."""
LOOKED_BACK = 4
"""Questions: what was asked longer ago says nothing about this one."""

_APOSTROPHES = str.maketrans("’‘´`ʼ", "'''''")


@dataclass(frozen=True)
class Request:
    """What a person wants with the last thing they said."""

    wanted: Wanted
    text: str
    """The request; with the one before it where it says too little by itself."""
    follows: bool = False
    """Whether it was read together with what was said before."""


def read_request(turns: Sequence[ChatMessage]) -> Request:
    """`turns` is the conversation, the oldest first; its last question is the request."""
    return _read([turn.content for turn in turns if turn.role == "user"][-LOOKED_BACK:])


def _read(questions: Sequence[str]) -> Request:
    last = questions[-1]
    alone = Request(wanted_of(last), last)
    if len(questions) < 2 or alone.wanted != "question":
        return alone
    before = _read(questions[:-1])
    if _only_adjusts(last):
        return Request(before.wanted, f"{before.text} {last}", follows=True)
    if before.wanted == "question" and _says_little(last):
        return Request("question", f"{before.text} {last}", follows=True)
    return alone


def wanted_of(text: str) -> Wanted:
    """What a request wants, taken by itself."""
    asked = _without_courtesy(_folded(text))
    for wanted, pattern in PATTERNS:
        if pattern.match(asked):
            return wanted
    return "question"


def _folded(text: str) -> str:
    """Lower case, without accents, one space between words, no mark at the end."""
    decomposed = unicodedata.normalize("NFD", text[:LOOKED_AT_CHARACTERS].translate(_APOSTROPHES).lower())
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.split()).rstrip(" ?!.:;…")


def _without_courtesy(asked: str) -> str:
    """ "Please, could you list …" → "list …"."""
    start = 0
    while match := COURTESY.match(asked, start):
        start = match.end()
    return asked[start:]


def _only_adjusts(text: str) -> bool:
    return ADJUSTMENT.fullmatch(_without_courtesy(_folded(text))) is not None


def _says_little(text: str) -> bool:
    return len(content_stems(text, "")) < FOLLOW_UP_TERMS
