"""Page references with their grades, put into an answer by code while it streams.

The model's words pass through at once. When a sentence or bullet turns out to be complete, its mark is put behind it:
` [p. 3 ✔]` where it stands there word for word, ` [p. 3 ≈]` where the passage says it in other words, ` [p. 3 ?]` where
it does so weakly, ` [?]` where nothing does, ` [p. 3 ✖ 1847]` where no page has the detail named; `⚠` warns of a "not"
or an "always" that only one of the two has. References that the model wrote itself are taken out: it cannot know pages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.grades import GRADES, WARNING
from assistant.grounding import Citation, Claim, is_claim
from assistant.safe_text import one_line
from assistant.sentences import split_sentences

Cite = Callable[[str], Claim | None]
"""None for a sentence that is not about what the document says."""
Mark = Callable[[Claim], str]

_MARK_DOCUMENTS = 2
_MARK_DETAILS = 3
_NAME_CHARACTERS = 60
_LABEL_CHARACTERS = 24
_DETAIL_CHARACTERS = 30
_MARK_CHARACTERS = 320
"""Between the brackets: more than the longest mark that the limits above allow."""

_PAGE_WORDS = ("page", "pages", "pagina", "pagine", "pag", "pagg", "p", "pp")
_PAGE_NUMBER = rf"(?:{'|'.join(_PAGE_WORDS)})\.?\s{{0,3}}(?:\d|[ivxlc]{{1,12}}(?![^\W\d_]))"
_TAIL = r"[^()\n]{0,30}"
_SPACE = r"(?<![^\S\n])[^\S\n]*+"
_OWN_WORDS = re.compile(rf"{_SPACE}(?:\(\s{{0,3}}{_PAGE_NUMBER}{_TAIL}\)|</?text>)", re.IGNORECASE)
"""A model's page reference; and the marks around a document in a prompt, which small models repeat."""
_BRACKETED = re.compile(rf"{_SPACE}\[([^\[\]\n]{{1,{_MARK_CHARACTERS}}}+)\]")
"""What may be a page reference, a model's or ours."""
_REFERENCE = re.compile(
    rf"(?:[^\n]{{0,80}}?,\s)?\s{{0,3}}{_PAGE_NUMBER}{_TAIL}(?:\(PDF \d{{1,6}}\)\??)?", re.IGNORECASE
)
_OUR_MARK = re.compile(rf"(?:[^\n]{{0,80}}?,\s)?p\. .*[{''.join(GRADES.values())}]")

_PAGE_PREFIXES = "|".join(
    sorted({word[:length] for word in _PAGE_WORDS for length in range(len(word) + 1)}, reverse=True)
)
_MAYBE_BRACKETED = re.compile(
    rf"{_SPACE}(?:\[[^\[\]\n]{{0,{_MARK_CHARACTERS}}}"
    rf"|\(\s{{0,3}}(?:(?:{_PAGE_PREFIXES})\.?\s{{0,3}}[ivxlc]{{0,12}}|{_PAGE_NUMBER}{_TAIL})"
    r"|<(?:/?(?:t(?:e(?:xt?)?)?)?)?)\Z",
    re.IGNORECASE,
)
"""The end of a text that may go on to be one of these."""
_NO_BRACKETS = str.maketrans("[]", "()")
_UNDECIDED = re.compile(r"""(?<=[.!?…»”’"')\]*_])[^\S\n]+\S*\Z""")
"""A stop and an unfinished word: "sec. X" may go on as "sec. XIX", which is one sentence, or as "Xerxes"."""


def page_mark(claim: Claim, *, several_documents: bool) -> str:
    """` [p. 12 ≈]`, or ` [p. xii (PDF 14) ≈]` where the page printed with xii is the fourteenth of the file.

    With the documents' names where there are several. Names and details come from outside: nothing in them can end
    the mark early or reach a terminal as a command.
    """
    grade = GRADES[claim.support] + (WARNING if claim.warnings else "")
    parts = [_places(claim.citations, several_documents), grade, _details(claim.missing)]
    return f" [{' '.join(filter(None, parts))}]"


def without_page_marks(text: str) -> str:
    """An answer as the model wrote it, so that it does not learn to write references from our own."""
    text = _OWN_WORDS.sub("", text)
    return _BRACKETED.sub(lambda found: "" if _is_reference(found[1]) else found.group(), text)


def _is_reference(inside: str) -> bool:
    if inside == GRADES["weak"] or inside[0] == GRADES["unsupported"]:
        return True
    return _OUR_MARK.match(inside) is not None or _REFERENCE.fullmatch(inside) is not None


def _places(citations: Sequence[Citation], several_documents: bool) -> str:
    shown = [_place(citation, several_documents) for citation in citations[:_MARK_DOCUMENTS]]
    return "; ".join([*shown, "…"] if len(citations) > _MARK_DOCUMENTS else shown)


def _place(citation: Citation, with_document: bool) -> str:
    document = f"{_short(citation.document, _NAME_CHARACTERS)}, " if with_document else ""
    place = "" if citation.label == str(citation.page) else f" (PDF {citation.page})"
    return f"{document}p. {_short(citation.label, _LABEL_CHARACTERS) or citation.page}{place}"


def _details(missing: Sequence[str]) -> str:
    shown = [_short(detail, _DETAIL_CHARACTERS) for detail in missing[:_MARK_DETAILS]]
    return ", ".join([*shown, "…"] if len(missing) > _MARK_DETAILS else shown)


def _short(text: str, characters: int) -> str:
    safe = one_line(text).translate(_NO_BRACKETS)
    return safe if len(safe) <= characters else f"{safe[: characters - 1]}…"


@dataclass(frozen=True)
class PlacedClaim:
    """A claim and where it stands in the text that was shown: its sentence, and behind it its mark."""

    claim: Claim
    start: int
    mark: int
    """The sentence is the characters from `start` to here, its mark from here to `end`."""
    end: int

    def as_json(self) -> dict[str, Any]:
        return {**self.claim.as_json(), "place": {"start": self.start, "mark": self.mark, "end": self.end}}


class Shown(Protocol):
    """What a stream of the model's text is turned into before a person sees it."""

    @property
    def claims(self) -> list[PlacedClaim]:
        """The claims so far, in order; their places are characters of what this has given back."""
        ...

    def feed(self, piece: str) -> str: ...

    def finish(self) -> str: ...


class PlainText:
    """Text without references: an answer that is from no document."""

    def __init__(self) -> None:
        self.claims: list[PlacedClaim] = []

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
        self._before = 0
        """How many characters were given back before `_open`."""
        self.claims: list[PlacedClaim] = []

    def feed(self, piece: str) -> str:
        self._open = self._open[: self._shown] + without_page_marks(self._open[self._shown :] + piece)
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
            mark = self._mark_behind(self._open[:end])
            given += mark
            self._before += end + len(mark)
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
        for pattern in (_MAYBE_BRACKETED, _UNDECIDED):
            if waiting := pattern.search(self._open[:end], self._shown):
                end = waiting.start()
        return end

    def _mark_behind(self, text: str) -> str:
        """`text` is a sentence, with the white space before it."""
        sentence = text.lstrip()
        claim = self._cite(sentence) if is_claim(sentence) else None
        if claim is None:
            return ""
        mark = self._mark(claim)
        end = self._before + len(text)
        self.claims.append(PlacedClaim(claim, end - len(sentence), end, end + len(mark)))
        return mark

    def _show(self, end: int) -> str:
        given = self._open[self._shown : end]
        self._shown = max(self._shown, end)
        return given


def claim_spans(text: str) -> list[tuple[int, int]]:
    """Sentences, where every line end also ends one: models do not wrap their lines."""
    spans: list[tuple[int, int]] = []
    offset = 0
    for line in text.splitlines(keepends=True):
        spans += [(offset + start, offset + end) for start, end in split_sentences(line)]
        offset += len(line)
    return spans
