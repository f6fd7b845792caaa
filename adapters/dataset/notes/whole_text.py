"""A document as one text, in which every character has a place that can be looked up again.

The rule, for every example: its text is the document's whole text from `Place.start` to `Place.end`, without what lies
in `Place.cuts`. Pages are joined as `assistant.chunking` joins them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from adapters.dataset.example import Place
from assistant.chunking import Chunk, joint, split_document
from assistant.documents.model import Document, Section

Span = tuple[int, int]
"""Characters of the whole text."""

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SPACE_BEFORE = re.compile(r"\s*\Z")
_SPACE = re.compile(r"\s*")
_HEADING_CHARACTERS = 300
_LOOK_BACK = 400
"""Characters; more white space than that in front of a sentence is a page of nothing."""


class WholeText:
    def __init__(self, document: Document, name: str) -> None:
        """`name` is what its places call the document."""
        self.document = document
        self.name = name
        self._starts: list[int] = []
        pieces: list[str] = []
        length, last = 0, ""
        for page in document.pages:
            if page.text and last:
                pieces.append(joint(last, page.text))
                length += len(pieces[-1])
            self._starts.append(length)
            pieces.append(page.text)
            length += len(page.text)
            last = page.text or last
        self.text = "".join(pieces)

    @property
    def language(self) -> str:
        return self.document.language

    def at(self, page: int, character: int) -> int:
        """Where a character of a page, counted from 1, stands in the whole text."""
        return self._starts[page - 1] + min(character, len(self.document.pages[page - 1].text))

    def pages(self, start: int, end: int, cuts: Sequence[Span] = ()) -> tuple[int, ...]:
        """The pages that have something of a span; none for a document of only one, as a note is."""
        if not self._is_paged:
            return ()
        pieces = [piece for piece in pieces_of(start, end, cuts) if self.text[slice(*piece)].strip()]
        return tuple(dict.fromkeys(number for piece in pieces for number in self._touched(*piece)))

    def _touched(self, start: int, end: int) -> Iterator[int]:
        first = bisect_right(self._starts, start) or 1
        for number in range(first, len(self._starts) + 1):
            if self._starts[number - 1] >= end:
                return
            if start < self._page_end(number):
                yield number

    @cached_property
    def _is_paged(self) -> bool:
        return len(self.document.pages) > 1 or self.document.name.lower().endswith(".pdf")

    def _page_end(self, number: int) -> int:
        return self._starts[number - 1] + len(self.document.pages[number - 1].text)

    def read(self, start: int, end: int, cuts: Sequence[Span] = (), section: str = "") -> tuple[str, Place]:
        """The text of a span without the cuts and without white space around it, and its place."""
        start, end, inner = trimmed(self.text, start, end, cuts)
        pages = self.pages(start, end, inner)
        place = Place(document=self.name, pages=pages, start=start, end=end, cuts=inner, section=section)
        return text_at(self.text, place), place

    def chunks(
        self, words: int, chapters: Iterable[int], headings: Iterable[int], left_out: Sequence[Span]
    ) -> Iterator[Span]:
        """Spans of at most `words` words that end where a paragraph or sentence does and lie in one chapter each.

        `chapters` and `headings` are where these begin; a heading is never the end of a chunk. `left_out` is blanked
        first, so that a chunk may lie around one.
        """
        blank = self.blanked(left_out)
        pages = tuple(
            replace(page, text=blank[start : start + len(page.text)])
            for page, start in zip(self.document.pages, self._starts, strict=True)
        )
        levels = dict.fromkeys(headings, 2) | dict.fromkeys(chapters, 1)
        sections = tuple(
            Section(blank[start : start + _HEADING_CHARACTERS].split("\n")[0], level, *self._page_of(start))
            for start, level in sorted(levels.items())
        )
        document = replace(self.document, pages=pages, sections=sections)
        for chunk in split_document(document, count_words, words):
            yield self._span(chunk)

    def _span(self, chunk: Chunk) -> Span:
        first, last = chunk.spans[0], chunk.spans[-1]
        return self.at(first.page, first.start), self.at(last.page, last.end)

    def _page_of(self, offset: int) -> Span:
        page = max(1, bisect_right(self._starts, offset))
        return page, offset - self._starts[page - 1]

    def blanked(self, spans: Sequence[Span]) -> str:
        """As long as the text: line ends stand where something is left out."""
        text, done = [], 0
        for start, end in merged(spans):
            text += [self.text[done:start], "\n" * (end - start)]
            done = end
        return "".join([*text, self.text[done:]])


def text_at(whole: str, place: Place) -> str:
    """The text that stands at a place of a document's whole text."""
    return "".join(whole[start:end] for start, end in pieces_of(place.start, place.end, place.cuts))


def pieces_of(start: int, end: int, cuts: Sequence[Span]) -> Iterator[Span]:
    """What a span has left: the stretches between the cuts, which are in order."""
    for first, last in cuts:
        yield start, first
        start = last
    yield start, end


def count_words(text: str) -> int:
    return len(text.split())


def merged(spans: Iterable[Span]) -> list[Span]:
    """In order, those that touch or overlap joined, empty ones dropped."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def trimmed(text: str, start: int, end: int, cuts: Iterable[Span] = ()) -> tuple[int, int, tuple[Span, ...]]:
    """A span without the white space and the cuts at its ends, and the cuts left inside it."""
    inner = merged((max(start, first), min(end, last)) for first, last in cuts)
    while start < end:
        if text[start].isspace():
            start += 1
        elif inner and inner[0][0] <= start:
            start = max(start, inner.pop(0)[1])
        else:
            break
    while end > start:
        if text[end - 1].isspace():
            end -= 1
        elif inner and inner[-1][1] >= end:
            end = max(start, min(end, inner.pop()[0]))
        else:
            break
    inside = merged((max(start, first), min(end, last)) for first, last in inner)
    return start, end, tuple(inside)


def cuts_between(text: str, kept: Iterable[Span], span: Span) -> list[Span]:
    """All of a span but what is kept; the white space behind each piece stays, and parts it from the next."""
    done, end = span
    cuts = list[Span]()
    for first, last in kept:
        cuts.append((done, first))
        done = min(_behind_space(text, last), end)
    return merged([*cuts, (done, end)])


def taken_out(text: str, spans: Iterable[Span]) -> list[Span]:
    """Sentences or paragraphs with as much of the white space around them as has to go with them."""
    cuts = merged(_with_space(text, start, end) for start, end in spans)
    return merged(
        (start, _behind_space(text, end) if start and text[start - 1].isspace() else end) for start, end in cuts
    )


def _with_space(text: str, start: int, end: int) -> Span:
    before = _SPACE_BEFORE.search(text, max(0, start - _LOOK_BACK), start)
    begin = before.start() if before else start
    stop = _behind_space(text, end)
    ends_paragraph = _BLANK_LINE.search(text, end, stop) is not None or stop == len(text)
    begins_paragraph = _BLANK_LINE.search(text, begin, start) is not None or begin == 0
    return (begin, end) if ends_paragraph and not begins_paragraph else (start, stop)


def _behind_space(text: str, end: int) -> int:
    space = _SPACE.match(text, end)
    return space.end() if space else end
