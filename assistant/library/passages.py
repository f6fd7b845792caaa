"""The text of a page → passages: small enough to find something in, and the same again after an edit elsewhere.

The passages of a page, joined, are its text, to the last space. They begin at headings and at the starts of
paragraphs where they can, else of sentences, else of words; so most of them come out as before when a page changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assistant.documents.model import Document, Page
from assistant.library.store import storable
from assistant.stems import content_stems

PASSAGE_CHARACTERS = 1_000
"""The longest passage: about 200 tokens, a long paragraph."""
STUB_CHARACTERS = 200
"""What is shorter, as a title above the first heading, says too little to be found by itself."""

_PARAGRAPH_END = re.compile(r"\n[^\S\n]*\n\s*")
_SENTENCE_END = re.compile(r"[.!?…][»”’\")\]]*\s+")
_LANGUAGES = ("it", "en")


@dataclass(frozen=True)
class Passage:
    page: int
    start: int
    """Character of the page's text."""
    text: str
    language: str
    """Whose stems it is found by: `"it"`, `"en"`, or `""` for both."""

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.language}\0{self.text}".encode()).hexdigest()

    @property
    def stems(self) -> str:
        """The stems of the words that carry meaning, each once, parted by spaces."""
        return index_stems(self.text, self.language)


def index_stems(text: str, language: str) -> str:
    languages = (language,) if language else _LANGUAGES
    return " ".join(sorted(frozenset[str]().union(*(content_stems(text, code) for code in languages))))


def document_passages(document: Document) -> Iterator[Passage]:
    """In order of page and start."""
    headings: dict[int, list[int]] = {}
    for section in document.sections:
        headings.setdefault(section.page, []).append(section.offset)
    for page in document.pages:
        yield from _page_passages(page, document.language, headings.get(page.number, ()))


def _page_passages(page: Page, document_language: str, headings: Iterable[int]) -> Iterator[Passage]:
    language = page.language or document_language
    text = storable(page.text)  # of the same length: a lone surrogate becomes one question mark
    for start, end in passage_spans(text, headings):
        yield Passage(page.number, start, text[start:end], language if language in _LANGUAGES else "")


def passage_spans(text: str, headings: Iterable[int] = ()) -> Iterator[tuple[int, int]]:
    """Spans that part the whole text; `headings` are characters at which one begins, if the one before is no stub."""
    start = 0
    for stop in sorted(offset for offset in headings if offset < len(text)):
        if stop - start >= STUB_CHARACTERS:
            yield from _stretch_spans(text, start, stop)
            start = stop
    yield from _stretch_spans(text, start, len(text))


def _stretch_spans(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Whole paragraphs, as many as fit; what is left of one that does not fit goes on with the next."""
    whole = start
    ends = [match.end() for match in _PARAGRAPH_END.finditer(text, start, stop)]
    for end in [*ends, stop]:
        if end - start > PASSAGE_CHARACTERS and start < whole:
            yield start, whole
            start = whole
        while end - start > PASSAGE_CHARACTERS:
            cut = _cut(text, start)
            yield start, cut
            start = cut
        whole = end
    if start < stop:
        yield start, stop


def _cut(text: str, start: int) -> int:
    """Where to cut a paragraph that is too long: in the second half of what fits."""
    first, last = start + PASSAGE_CHARACTERS // 2, start + PASSAGE_CHARACTERS
    ends = [match.end() for match in _SENTENCE_END.finditer(text, first, last)]
    if ends:
        return ends[-1]
    for position in range(last, first, -1):
        if text[position - 1].isspace():
            return position
    return last
