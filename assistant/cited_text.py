"""Page references, put into an answer by code while it streams.

The model's words pass through at once. When a sentence or bullet turns out to be complete, its reference is put
behind it: ` [p. 3]` where the passage supports it, ` [p. 3?]` where it does so weakly, ` [?]` where nothing does.
References that the model wrote itself are taken out: it cannot know pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from assistant.grounding import Claim, is_claim
from assistant.sentences import split_sentences

Cite = Callable[[str], Claim | None]
"""None for a sentence that is not about what the document says."""
Mark = Callable[[Claim], str]

_PAGE_WORD = r"(?:pages?|pagine|pagina|pagg?|pp?)"
_PAGE_NUMBER = rf"{_PAGE_WORD}\.?\s*(?:\d|[ivxlc]+(?![^\W\d_]))"
_UNWANTED = re.compile(
    rf"[^\S\n]*(?:[\[(]\s*(?:[^\[\]()\n]{{1,60}},\s*)?{_PAGE_NUMBER}[^\[\]()\n]{{0,30}}"
    r"(?:\(PDF \d{1,6}\)\??)?[\])]|</?text>)",
    re.IGNORECASE,
)
"""A page reference; or the marks around a document in a prompt, which small models repeat."""

_MAYBE_PLACE = r"(?:\((?:P(?:D(?:F(?: \d{0,6}\)?)?)?)?)?\??)?"
_MAYBE_PAGE_WORD = rf"p(?:a(?:g(?:g|es?|in[ae]?)?)?|p)?|{_PAGE_WORD}\.?\s*[ivxlc]*|{_PAGE_NUMBER}[^\[\]()\n]{{0,30}}"
_MAYBE_UNWANTED = re.compile(
    rf"[^\S\n]*(?:\[[^\[\]()\n]{{0,100}}{_MAYBE_PLACE}|\(\s*(?:{_MAYBE_PAGE_WORD})?|</?(?:t(?:e(?:xt?)?)?)?)\Z",
    re.IGNORECASE,
)
"""The end of a text that may go on to be one of these: after `[` there could also be a document's name."""

_UNDECIDED = re.compile(r"""(?<=[.!?…»”’"')\]*_])[^\S\n]+\S*\Z""")
"""A stop and an unfinished word: "sec. X" may go on as "sec. XIX", which is one sentence, or as "Xerxes"."""


_POINT = re.compile(r"\A(?:[-*•]|\d{1,2}[.)])\s*")
"""How models begin a point by themselves."""


def page_mark(claim: Claim, *, several_documents: bool) -> str:
    """` [p. 12]`, or ` [p. xii (PDF 14)]` where the page printed with xii is the fourteenth of the file.

    With the document's name where there are several.
    """
    if not claim.citations:
        return " [?]"
    citation = claim.citations[0]
    document = f"{citation.document}, " if several_documents else ""
    doubt = "?" if claim.support == "weak" else ""
    place = "" if citation.label == str(citation.page) else f" (PDF {citation.page})"
    return f" [{document}p. {citation.label}{place}{doubt}]"


def without_page_marks(text: str) -> str:
    """An answer as the model wrote it, so that it does not learn to write references from our own."""
    return _UNWANTED.sub("", text).replace(" [?]", "")


class Shown(Protocol):
    """What a stream of the model's text is turned into before a person sees it."""

    @property
    def claims(self) -> list[Claim]: ...

    def feed(self, piece: str) -> str: ...

    def finish(self) -> str: ...


class PlainText:
    """Text without references: an answer that is from no document."""

    def __init__(self) -> None:
        self.claims: list[Claim] = []

    def feed(self, piece: str) -> str:
        return piece

    def finish(self) -> str:
        return ""


class CitedText:
    """Fed with pieces of an answer, gives back what may be shown; what it gave back is never taken back."""

    def __init__(self, cite: Cite, mark: Mark) -> None:
        self._cite = cite
        self._mark = mark
        self._open = ""
        """The sentence being written, from the end of the last complete one."""
        self._shown = 0
        """How many characters of `_open` were given back."""
        self.claims: list[Claim] = []

    def feed(self, piece: str) -> str:
        self._open = self._open[: self._shown] + _UNWANTED.sub("", self._open[self._shown :] + piece)
        given = self._complete(final=False)
        return given + self._show(len(self._open[: self._decided()].rstrip()))  # a reference goes before white space

    def finish(self) -> str:
        """The rest, its last sentence counted as complete."""
        return self._complete(final=True)

    def _complete(self, *, final: bool) -> str:
        """Give back the sentences that are over, each with its reference."""
        given = ""
        while end := self._first_end(final=final):
            end = max(end, self._shown)  # what was shown stays, even where what follows makes it read otherwise
            given += self._show(end)
            given += self._reference(self._open[:end])
            self._open, self._shown = self._open[end:], 0
        return given

    def _first_end(self, *, final: bool) -> int:
        """Where the first sentence ends; 0 where it may still go on."""
        text = self._open if final else self._open[: self._decided()]
        spans = claim_spans(text)
        if not spans:
            return 0
        end = spans[0][1]
        return end if final or len(spans) > 1 or "\n" in text[end:] else 0

    def _decided(self) -> int:
        """How much of the text reads the same whatever comes next."""
        end = len(self._open)
        for pattern in (_MAYBE_UNWANTED, _UNDECIDED):
            if waiting := pattern.search(self._open[:end], self._shown):
                end = waiting.start()
        return end

    def _reference(self, sentence: str) -> str:
        if not is_claim(sentence):
            return ""
        claim = self._cite(sentence)
        if claim is None:
            return ""
        self.claims.append(claim)
        return self._mark(claim)

    def _show(self, end: int) -> str:
        given = self._open[self._shown : end]
        self._shown = max(self._shown, end)
        return given


class AsList:
    """Sentences shown as the points of a list, for a model that writes sentences whatever it is asked for."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown
        self._waiting = ""
        """The sentence being written: it is a point when the next one has begun."""

    @property
    def claims(self) -> list[Claim]:
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
        words = _POINT.sub("", _UNWANTED.sub("", sentence).strip())
        return self._shown.feed(f"- {words}\n") if words else ""


def claim_spans(text: str) -> list[tuple[int, int]]:
    """Sentences, where every line end also ends one: models do not wrap their lines."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        spans += [(offset + start, offset + end) for start, end in split_sentences(line)]
        offset += len(line)
    return spans
