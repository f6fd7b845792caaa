"""A document → chunks that a model can digest, each remembering exactly where its text stands.

The rule, for every chunk: its text is the texts of its spans, `page.text[start:end]`, in order, with `SEPARATOR`
between two of them, or `RUN_ON` where a sentence runs over the end of a page. `chunk_start` says where each begins.

Chunks end at the end of a paragraph if they can, else of a sentence, else of a word, and never go on across the
start of a level-1 section. Only white space lies between the spans: no text is lost, none is in two chunks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document, Page, Section
from assistant.sentences import split_sentences

CountTokens = Callable[[str], int]

SEPARATOR = "\n\n"
RUN_ON = " "

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_WORD = re.compile(r"\S+")
_STUB_SHARE = 0.25
"""A last chunk with less than this share of the most tokens is evened out with the one before."""


@dataclass(frozen=True)
class PageSpan:
    page: int
    """Number of the page, as in `Page.number`."""
    start: int
    end: int
    """Characters of that page's text."""
    chunk_start: int
    """Character of the chunk's text where the span begins."""


@dataclass(frozen=True)
class Chunk:
    text: str
    spans: tuple[PageSpan, ...]
    section: str
    """Title of the innermost section in which the chunk begins; empty before the first."""
    index: int
    """From 0, in the document."""

    @property
    def pages(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(span.page for span in self.spans))


@dataclass(frozen=True)
class _Piece:
    """A stretch of one page that a chunk takes whole."""

    page: Page
    start: int
    end: int
    tokens: int
    heading: bool = False

    @property
    def text(self) -> str:
        return self.page.text[self.start : self.end]


def split_document(
    document: Document, count_tokens: CountTokens, max_tokens: int, *, pages: Sequence[int] = ()
) -> list[Chunk]:
    """Chunks of at most `max_tokens` tokens each; only a single word that is longer makes a longer chunk.

    `pages` are page numbers; empty means all.
    """
    if max_tokens < 1:
        raise ValueError("max_tokens must be at least 1")
    groups = [
        group
        for stretch in _top_sections(document, pages)
        for group in _pack(_pieces(stretch, document.sections, count_tokens, max_tokens), count_tokens, max_tokens)
    ]
    return [_chunk(group, document.sections, index) for index, group in enumerate(groups)]


# --- from pages to pieces ---------------------------------------------------------------------------------------

_Stretch = list[tuple[Page, int, int]]


def _top_sections(document: Document, wanted: Sequence[int]) -> Iterator[_Stretch]:
    """The wanted pages, cut where level-1 sections start, also where one starts on a page that is not wanted."""
    starts: dict[int, list[int]] = {}
    for section in document.sections:
        if section.level == 1:
            starts.setdefault(section.page, []).append(section.offset)
    stretch: _Stretch = []
    for page in document.pages:
        begin = 0
        for offset in sorted(min(offset, len(page.text)) for offset in starts.get(page.number, ())):
            stretch.append((page, begin, offset))
            yield [part for part in stretch if not wanted or part[0].number in wanted]
            stretch, begin = [], offset
        stretch.append((page, begin, len(page.text)))
    yield [part for part in stretch if not wanted or part[0].number in wanted]


def _pieces(
    stretch: _Stretch, sections: Sequence[Section], count_tokens: CountTokens, max_tokens: int
) -> Iterator[_Piece]:
    """Paragraphs; those too long for a chunk as sentences; and sentences that still are, as runs of words."""
    headings = {(section.page, section.offset): section.title for section in sections}
    for page, start, end in stretch:
        for first, last in _paragraphs(page.text, start, end):
            title = headings.get((page.number, first))
            tokens = count_tokens(page.text[first:last])
            if tokens <= max_tokens:
                heading = title is not None and last - first <= len(title) + len("###### 1.1.1 ")
                yield _Piece(page, first, last, tokens, heading)
            else:
                yield from _sentences(page, first, last, count_tokens, max_tokens)


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _BLANK_LINE.finditer(text, start, end):
        yield from _trimmed(text, start, match.start())
        start = match.end()
    yield from _trimmed(text, start, end)


def _sentences(page: Page, start: int, end: int, count_tokens: CountTokens, max_tokens: int) -> Iterator[_Piece]:
    # Cut only where sentences begin, so that nothing between two of them can be lost.
    cuts = [start + first for first, _ in split_sentences(page.text[start:end])]
    for begin, stop in zip([start, *cuts[1:]], [*cuts[1:], end], strict=True):
        for first, last in _trimmed(page.text, begin, stop):
            tokens = count_tokens(page.text[first:last])
            if tokens <= max_tokens:
                yield _Piece(page, first, last, tokens)
            else:
                yield from _word_runs(page, first, last, count_tokens, max_tokens)


def _word_runs(page: Page, start: int, end: int, count_tokens: CountTokens, max_tokens: int) -> Iterator[_Piece]:
    """The longest runs of words that fit, found by halving; a word that does not fit stands alone."""
    words = [match.span() for match in _WORD.finditer(page.text, start, end)]
    first = 0
    while first < len(words):

        def tokens_to(last: int, begin: int = words[first][0]) -> int:
            return count_tokens(page.text[begin : words[last - 1][1]])

        fits = first + 1
        tokens = tokens_to(fits)
        too_many = min(len(words), first + max_tokens) + 1  # a word is a token at least
        while too_many - fits > 1:
            middle = (fits + too_many) // 2
            counted = tokens_to(middle)
            if counted <= max_tokens:
                fits, tokens = middle, counted
            else:
                too_many = middle
        yield _Piece(page, words[first][0], words[fits - 1][1], tokens)
        first = fits


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The span without the white space at its ends; nothing when there is only that."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


# --- from pieces to chunks --------------------------------------------------------------------------------------


def _pack(pieces: Iterator[_Piece], count_tokens: CountTokens, max_tokens: int) -> list[list[_Piece]]:
    """Pieces of one section, in groups that each fit.

    Sums of tokens are only a guide, since tokens form across joints, too: a group is counted whole before it is
    closed, and what is too much goes to the next one.
    """

    def fits(group: Sequence[_Piece]) -> bool:
        return count_tokens(_joined(group)[0]) <= max_tokens

    groups: list[list[_Piece]] = []
    group: list[_Piece] = []
    for piece in pieces:
        while group and _tokens(group) + piece.tokens > max_tokens:
            group = _close(groups, group, fits)
        group.append(piece)
    while group:
        group = _close(groups, group, fits, at_end=True)
    _even_out_last(groups, fits, max_tokens)
    return groups


def _close(
    groups: list[list[_Piece]], group: list[_Piece], fits: Callable[[Sequence[_Piece]], bool], *, at_end: bool = False
) -> list[_Piece]:
    """Move as much of the group as fits to `groups`, at least one piece; the rest is returned."""
    size = len(group)
    while size > 1 and not fits(group[:size]):
        size -= 1
    if size < len(group) or not at_end:
        while size > 1 and group[size - 1].heading:  # a heading belongs to what follows it
            size -= 1
    groups.append(group[:size])
    return group[size:]


def _even_out_last(groups: list[list[_Piece]], fits: Callable[[Sequence[_Piece]], bool], max_tokens: int) -> None:
    """A last chunk of a few lines makes a poor summary: let it take paragraphs from the one before."""
    if len(groups) < 2 or _tokens(groups[-1]) >= _STUB_SHARE * max_tokens:
        return
    first, second = groups[-2], groups[-1]
    while len(first) > 1 and _tokens(second) + first[-1].tokens <= _tokens(first) - first[-1].tokens:
        first, second = first[:-1], [first[-1], *second]
    while len(first) > 1 and first[-1].heading:
        first, second = first[:-1], [first[-1], *second]
    if fits(first) and fits(second):
        groups[-2:] = [first, second]


def _tokens(group: Iterable[_Piece]) -> int:
    return sum(piece.tokens for piece in group)


def _chunk(group: Sequence[_Piece], sections: Sequence[Section], index: int) -> Chunk:
    text, spans = _joined(group)
    return Chunk(text, spans, _section_at(sections, spans[0].page, spans[0].start), index)


def _joined(group: Sequence[_Piece]) -> tuple[str, tuple[PageSpan, ...]]:
    """The chunk's text and its spans: pieces that follow each other on a page become one span."""
    text = ""
    spans: list[PageSpan] = []
    for piece in group:
        if spans and spans[-1].page == piece.page.number:
            begun = spans.pop()
            text = text[: begun.chunk_start]
            start = begun.start
        else:
            text += joint(text, piece.text) if text else ""
            start = piece.start
        spans.append(PageSpan(piece.page.number, start, piece.end, len(text)))
        text += piece.page.text[start : piece.end]
    return text, tuple(spans)


def joint(before: str, after: str) -> str:
    """What stands between two texts of which the second is on a later page; neither may be empty."""
    return RUN_ON if after[0].islower() and (before[-1].isalnum() or before[-1] in ",;-–—") else SEPARATOR


def _section_at(sections: Sequence[Section], page: int, offset: int) -> str:
    """The title of the last section that starts at or before this place."""
    places = [(section.page, section.offset) for section in sections]
    found = bisect_right(places, (page, offset))
    return sections[found - 1].title if found else ""
