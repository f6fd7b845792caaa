"""Page references, put into an answer by code while it streams.

The model's words pass through at once. When a sentence or bullet turns out to be complete, its reference is put
behind it: ` [p. 3]` where the passage supports it, ` [p. 3?]` where it does so weakly, ` [?]` where nothing does.
References that the model wrote itself are taken out: it cannot know pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Protocol

from assistant.grounding import Claim, is_claim
from assistant.sentences import split_sentences

Cite = Callable[[str], Claim | None]
"""None for a sentence that is not about what the document says."""
Mark = Callable[[Claim], str]

_PAGE_WORD = r"(?:pages?|pagine|pagina|pagg?|pp?)"
_PAGE_MARK = re.compile(
    rf"\s*[\[(]\s*(?:[^\[\]()\n]{{1,60}},\s*)?{_PAGE_WORD}\.?\s*[\divxlc][^\[\]()\n]{{0,30}}[\])]", re.IGNORECASE
)
_MAYBE_PAGE_MARK = re.compile(
    rf"\s*(?:\[[^\[\]()\n]{{0,100}}|\(\s*(?:p(?:a(?:g(?:g|es?|in[ae]?)?)?|p)?|{_PAGE_WORD}\.?\s*[\divxlc]?[^\[\]()\n]{{0,30}})?)\Z",
    re.IGNORECASE,
)


def page_mark(claim: Claim, *, several_documents: bool) -> str:
    """` [p. xii]`, the label as printed on the page; with the document's name where there are several."""
    if not claim.citations:
        return " [?]"
    citation = claim.citations[0]
    document = f"{citation.document}, " if several_documents else ""
    doubt = "?" if claim.support == "weak" else ""
    return f" [{document}p. {citation.label}{doubt}]"


def without_page_marks(text: str) -> str:
    """An answer as the model wrote it, so that it does not learn to write references from our own."""
    return _PAGE_MARK.sub("", text).replace(" [?]", "")


class Shown(Protocol):
    """What a stream of the model's text is turned into before a person sees it."""

    claims: list[Claim]

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
        self._open = self._open[: self._shown] + _PAGE_MARK.sub("", self._open[self._shown :] + piece)
        return self._complete(final=False) + self._show(self._safe_end())

    def finish(self) -> str:
        """The rest, its last sentence counted as complete."""
        return self._complete(final=True)

    def _complete(self, *, final: bool) -> str:
        """Give back the sentences that are certainly over, each with its reference."""
        given = ""
        for end in self._ends(final=final):
            given += self._show(end)
            given += self._reference(self._open[:end])
            self._open, self._shown = self._open[end:], 0
        return given

    def _ends(self, *, final: bool) -> list[int]:
        """Ends of complete sentences, each counted from the end of the one before."""
        spans = _claim_spans(self._open)
        if not final:
            spans = spans[: _certain(self._open, spans)]
        ends = [end for _start, end in spans]
        return [end - before for before, end in pairwise([0, *ends])]

    def _reference(self, sentence: str) -> str:
        if not is_claim(sentence):
            return ""
        claim = self._cite(sentence)
        if claim is None:
            return ""
        self.claims.append(claim)
        return self._mark(claim)

    def _safe_end(self) -> int:
        """White space waits, since a reference may go before it; so does what may become a page reference."""
        spans = _claim_spans(self._open)
        end = spans[0][1] if spans else 0
        maybe_mark = _MAYBE_PAGE_MARK.search(self._open, self._shown)
        return min(end, maybe_mark.start()) if maybe_mark else end

    def _show(self, end: int) -> str:
        given = self._open[self._shown : end]
        self._shown = max(self._shown, end)
        return given


def _claim_spans(text: str) -> list[tuple[int, int]]:
    """Sentences, where every line end also ends one: models do not wrap their lines."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        spans += [(offset + start, offset + end) for start, end in split_sentences(line)]
        offset += len(line)
    return spans


def _certain(text: str, spans: list[tuple[int, int]]) -> int:
    """How many of the sentences are complete whatever comes next.

    The last is when its line ended. One before it is when the first word after it is complete: "sec. X" may go on
    as "sec. XIX", which is one sentence.
    """
    if not spans:
        return 0
    start, end = spans[-1]
    if "\n" in text[end:]:
        return len(spans)
    begun = len(spans) - 1
    if begun and "\n" not in text[spans[-2][1] : start] and " " not in text[start:]:
        begun -= 1
    return begun
