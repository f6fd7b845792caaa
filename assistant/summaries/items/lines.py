"""The lines of a list of items: what stands in front of each, and what that makes it.

Labels ("Question 3:", "Risposta corretta:", "Front:") say what a line is; numbers, bullets and bold type hint at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.summaries.items.item import LETTERS, ItemKind

Role = Literal["plain", "prompt", "answer", "option", "explanation", "key", "heading"]

_ASKING = r"questions?|domand[ae]|quesit[oi]|quiz"
_ANSWERING = (
    r"(?:(?:correct|right|model|good) )?answers?(?: outline)?"
    r"|(?:the )?(?:correct|right) (?:answer|option|choice)(?: is)?"
    r"|(?:la )?rispost[ae](?: (?:corrett[ae]|esatt[ae]|giust[ae]|modello))?(?: [èe]['’]?)?"
    r"|(?:traccia|schema)(?: d(?:i|ella) risposta)?|outline|points|punti"
    r"|(?:l['’])?(?:opzione|alternativa) (?:corretta|giusta|esatta)|soluzione|solution"
)
_DEFINING = r"definition|definizione|meaning|significato"
_EXPLAINING = r"explanation|spiegazione|perch[ée]|why|motivazione|rationale"
_COUNTED = r"(?: ?(?:n\.? ?|nr\.? ?|#)?\d{1,3})?"
_LABEL_END = r"[*_]{0,3}\s{0,4}(?::|\)|\.(?=\s|$)|[-–—](?=\s))[*_]{0,3}\s*"


def _labels(prompt: str, answer: str, explanation: str = "(?!)") -> re.Pattern[str]:
    words = rf"(?P<prompt>{prompt})|(?P<answer>{answer})|(?P<explanation>{explanation})"
    return re.compile(rf"[*_]{{0,3}}(?:{words}){_COUNTED}{_LABEL_END}", re.IGNORECASE)


_LABELS: dict[ItemKind, re.Pattern[str]] = {
    "term": _labels(r"term|termine|parola|concetto|concept|voce", _DEFINING),  # "Domanda" is a term of economics
    "question": _labels(_ASKING, _ANSWERING, _EXPLAINING),
    "quiz": _labels(rf"{_ASKING}|q", _ANSWERING, _EXPLAINING),
    "card": _labels(rf"{_ASKING}|fronte?|flash ?cards?|term|termine", rf"{_ANSWERING}|{_DEFINING}|back|retro"),
}
_LETTER_LABELS: dict[str, Role] = {"D": "prompt", "Q": "prompt", "A": "answer", "R": "answer", "T": "prompt"}
_LETTER_LABEL = re.compile(rf"[*_]{{0,3}}(?P<letter>[QDART])\d{{0,3}}{_LABEL_END}")
_KEY_PAIRS = r"(?:\d{1,3}\s{0,3}[.):\-–]?\s{0,3}[A-F](?![^\W_])[).,;\s]{0,4}){1,200}"
_KEY = re.compile(
    r"(?:[*_]{0,3}(?:the )?(?:correct )?(?:answers|answer key|risposte(?: corrette)?|soluzioni|solutions)"
    rf"[*_]{{0,3}}\s{{0,4}}:?[*_]{{0,3}}\s{{0,4}}(?:{_KEY_PAIRS})?|{_KEY_PAIRS})\Z",
    re.IGNORECASE,
)

_HEADING = re.compile(r"#{1,6}\s+")
_MARK = re.compile(r"(?P<number>\(?\d{1,3}[.)](?=\s|\*|$)\s*)|(?P<bullet>[-*•–+▪◦·>](?:\s+|$)(?:\[[ xX✓✔]?\]\s*)?)")
_BOLD_NUMBER = re.compile(r"(\*\*|__)\s*\d{1,3}[.)]\s*")
_BOLD_HEAD = re.compile(r"(\*\*|__)(?P<head>[^\n]{1,400}?)\1\s*(?P<separator>[:–—\-=→]*)\s*")
_OPTION = re.compile(r"[*_]{0,3}\(?(?P<letter>[A-Fa-f])[).:\]][*_]{0,3}(?:\s+|(?=\S))")
_INLINE_OPTION = re.compile(r"(?:(?<=\s)|^)\(?([A-Fa-f])[).]\s+(?=\S)")
_TICKED = re.compile(r"[-*•]\s+\[[xX✓✔]\]")

_SPLIT_BEFORE = re.compile(
    r"[\s|;/–—-]{1,4}(?=[*_]{0,3}(?:Answer|Back|Risposta|Retro|Definition|Definizione|Explanation|Spiegazione"
    r"|Correct answer|Risposta corretta|Correct Answer|Risposta Corretta)[*_]{0,3}\s?:)"
    r"|(?<=[?.!])\s{1,4}(?=[AR]:\s)"
)
MAX_LINE = 4000


@dataclass(frozen=True)
class Line:
    role: Role
    text: str
    """What is left without marks and labels; emphasis stays in it."""
    indent: int = 0
    number: bool = False
    bullet: bool = False
    head: str = ""
    """What stands in bold type at its beginning; `text` is then what comes after."""
    letter: str = ""
    """Of an option, a capital."""
    ticked: bool = False
    """Whether an option is marked as the right one by its check box."""

    @property
    def marked(self) -> bool:
        return self.number or self.bullet or bool(self.head) or self.role in ("prompt", "answer", "heading")


BLANK = Line("plain", "")


def lines_of(text: str, kind: ItemKind) -> Iterator[Line]:
    """Every line, a `BLANK` for each gap; code fences and rules are left out."""
    for raw in text.split("\n"):
        line = raw[:MAX_LINE].rstrip()
        if line.lstrip().startswith(("```", "~~~")) or re.fullmatch(r"\s*(?:[-*_=]\s?){3,}", line):
            yield BLANK
        else:
            for piece in _pieces(line, kind):
                yield _line(piece, kind)


def _pieces(line: str, kind: ItemKind) -> Iterator[str]:
    """A line, or several where a question and its answer, or all options, were written on one."""
    first = _line(line, kind)
    if first.role in ("prompt", "plain") and not first.head:
        for piece in _split_at(line, [match.end() for match in _SPLIT_BEFORE.finditer(line)]):
            yield from _split_at(piece, _option_starts(piece)) if kind == "quiz" else (piece,)
    elif kind == "quiz":
        yield from _split_at(line, _option_starts(line))
    else:
        yield line


def _option_starts(line: str) -> list[int]:
    """Where options begin, if at least three stand in one line, in order from A."""
    found = [(match.group(1).upper(), match.start()) for match in _INLINE_OPTION.finditer(line)]
    starts = [start for _letter, start in found]
    letters = "".join(letter for letter, _start in found)
    return starts if len(letters) >= 3 and LETTERS.startswith(letters) else []


def _split_at(line: str, cuts: list[int]) -> Iterator[str]:
    start = 0
    for cut in cuts:
        if line[start:cut].strip():
            yield line[start:cut]
        start = cut
    yield line[start:]


def _line(raw: str, kind: ItemKind) -> Line:
    rest = raw.lstrip(" \t")
    if not rest:
        return BLANK
    indent = len(raw.expandtabs(4)) - len(rest.expandtabs(4))
    heading = _HEADING.match(rest)
    rest = rest[heading.end() :] if heading else rest
    if kind == "quiz" and _KEY.match(rest):
        return Line("key", rest, indent)
    ticked = _TICKED.match(rest) is not None
    number = bullet = False
    while mark := _MARK.match(rest):
        if (number and mark["number"]) or (bullet and mark["bullet"]):
            break
        number, bullet = number or mark["number"] is not None, bullet or mark["bullet"] is not None
        rest = rest[mark.end() :]
    if bold := _BOLD_NUMBER.match(rest):
        number, rest = True, bold.group(1) + rest[bold.end() :]
    role, letter, rest = _labelled(rest, kind, bullet=bullet)
    head = ""
    if role == "plain":
        if bold := _BOLD_HEAD.match(rest):
            head, rest = bold["head"].strip(" :"), rest[bold.end() :]
        if heading:
            role = "heading"
    return Line(role, rest.strip(), indent, number, bullet, head, letter, ticked)


def _labelled(rest: str, kind: ItemKind, *, bullet: bool) -> tuple[Role, str, str]:
    """(role, letter of an option, what is left). A point of an answer may well begin with "A:"."""
    if kind == "quiz" and (option := _OPTION.match(rest)):
        return "option", option["letter"].upper(), rest[option.end() :]
    if label := _LABELS[kind].match(rest):
        role: Role = "prompt" if label["prompt"] else "answer" if label["answer"] else "explanation"
        return role, "", rest[label.end() :]
    lettered = kind == "card" or (kind == "question" and not bullet)
    if lettered and (label := _LETTER_LABEL.match(rest)):
        return _LETTER_LABELS[label["letter"]], "", rest[label.end() :]
    return "plain", "", rest
