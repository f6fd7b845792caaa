"""The parts of a text that are written on one by one, and the sections they belong to."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assistant.chunking import Chunk, split_document
from assistant.documents.model import Document, Section
from assistant.errors import NoTextError
from assistant.i18n import _

PageNames = frozenset[tuple[str, int]]
"""(document path, page number) of each page."""


MIN_SECTION_TOKENS = 80
MIN_SECTION_SHARE = 0.4
"""Where parts would be shorter than this on average, or fill less than this share of what fits into one where all of
it becomes one text, sections below the first level are not kept apart: each part costs its time."""


@dataclass(frozen=True)
class Part:
    """One chunk of one document."""

    document: Document
    chunk: Chunk
    title: str
    """Of its section, or its pages where the document has no sections; empty where there is but one page."""
    section: int
    """Number of its section in the document, from 0; parts of a document without sections are each their own."""

    @property
    def pages(self) -> PageNames:
        return frozenset((self.document.path, page) for page in self.chunk.pages)


@dataclass(frozen=True)
class PartSection:
    """A section of one document, or a stretch of pages where it has none."""

    document: Document
    title: str
    parts: tuple[Part, ...]

    @property
    def pages(self) -> PageNames:
        return frozenset[tuple[str, int]]().union(*(part.pages for part in self.parts))


def split_parts(
    documents: Sequence[Document],
    count_tokens: Callable[[str], int],
    max_tokens: int,
    chosen: Mapping[str, Sequence[int]],
    *,
    by_section: bool = False,
) -> list[Part]:
    """Parts of at most `max_tokens`, none across two main sections.

    A document that fits into one part is one, unless the result is `by_section`. Raises NoTextError where the chosen
    pages have no text.
    """
    parts: list[Part] = []
    for document in documents:
        pages = chosen.get(document.path, ())
        chunks = split_document(document, count_tokens, max_tokens, pages=pages)
        if by_section or len(chunks) > 1:
            cut = _cut_at_main_sections(document)
            finer = split_document(cut, count_tokens, max_tokens, pages=pages) if cut else chunks
            least = MIN_SECTION_TOKENS if by_section else max(MIN_SECTION_TOKENS, MIN_SECTION_SHARE * max_tokens)
            if sum(count_tokens(chunk.text) for chunk in finer) >= least * len(finer):
                chunks = finer
        parts += _document_parts(document, chunks)
    if not parts:
        raise NoTextError(
            _("There is no text to read on these pages."),
            _("Choose other pages; scanned ones need text recognition (OCR) first."),
            path=documents[0].path if documents else "",
        )
    return parts


def sections_of(parts: Sequence[Part]) -> list[PartSection]:
    """The parts by section, in order."""
    found: list[PartSection] = []
    for (_path, _number), members in groupby(parts, key=lambda part: (part.document.path, part.section)):
        together = tuple(members)
        found.append(PartSection(together[0].document, together[0].title, together))
    return found


def _document_parts(document: Document, chunks: Sequence[Chunk]) -> list[Part]:
    main = main_sections(document)
    if not main:
        return [Part(document, chunk, _page_title(document, chunk), number) for number, chunk in enumerate(chunks)]
    places = [(section.page, section.offset) for section in main]
    parts: list[Part] = []
    for chunk in chunks:
        number = bisect_right(places, (chunk.spans[0].page, chunk.spans[0].start))
        title = main[number - 1].title if number else ""
        parts.append(Part(document, chunk, title, number))
    return parts


def _cut_at_main_sections(document: Document) -> Document | None:
    """The document as if its main sections were of the first level; None where they are."""
    main = main_sections(document)
    if all(section.level == 1 for section in main):
        return None
    return replace(document, sections=tuple(replace(section, level=1) for section in main))


def main_sections(document: Document) -> list[Section]:
    """Those that divide it, in order: of the highest level that has more than one, with all above it.

    Notes often have their title as the only heading of the first level.
    """
    ordered = sorted(document.sections, key=lambda section: (section.page, section.offset))
    for level in sorted({section.level for section in ordered}):
        found = [section for section in ordered if section.level <= level]
        if len(found) > 1:
            return found
    return ordered


def _page_title(document: Document, chunk: Chunk) -> str:
    if len(document.pages) == 1:
        return ""
    labels = {page.number: page.label for page in document.pages}
    first, last = chunk.pages[0], chunk.pages[-1]
    return f"p. {labels[first]}" if first == last else f"pp. {labels[first]}–{labels[last]}"
