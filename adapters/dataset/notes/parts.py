"""The sections of a document as spans of its whole text: where each begins, what is its own, and where it ends."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.dataset.notes.names import NO_SOURCE, summary_kind
from adapters.dataset.notes.whole_text import Span, WholeText, count_words
from assistant.documents.chapters import chapters_of
from assistant.sentences import split_sentences
from assistant.stems import plain_words

_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?![^\S\n]*\n)[^\n]+)*")
_LINE = re.compile(r"[^\n]*")
_NUMBERED = re.compile(r"(?:\d{1,3}(?:\.\d{1,3}){0,3}\.?|[IVX]{1,5}\.)\s+\S")
MIN_CHAPTER_WORDS = 150
"""With fewer a chapter gives nothing to learn or to be tested with."""
MOST_NAMED = 300
"""Summaries that are found by their headings alone; a document has no more chapters than that."""
_MAX_HEADING_WORDS = 10
_MAX_HEADING_CHARACTERS = 120


@dataclass(frozen=True)
class Part:
    title: str
    level: int
    """1 is the top."""
    start: int
    """Where its heading begins, or its text if it has none."""
    body: int
    """Where its text begins, behind the heading."""
    own_end: int
    """Where the next part of any level begins: what is between is its own text."""
    end: int
    """Behind the parts below it."""


@dataclass(frozen=True)
class _Heading:
    title: str
    level: int
    start: int
    body: int


def parts_of(whole: WholeText) -> tuple[Part, ...]:
    """In reading order. Summaries that the outline does not name are found by their headings."""
    headings = _headings(whole)
    parts, following = list[Part](), list[_Heading]()
    for index in range(len(headings) - 1, -1, -1):
        heading = headings[index]
        own_end = headings[index + 1].start if index + 1 < len(headings) else len(whole.text)
        while following and following[-1].level > heading.level:
            following.pop()
        end = following[-1].start if following else len(whole.text)
        parts.append(Part(heading.title, heading.level, heading.start, heading.body, own_end, end))
        following.append(heading)
    return tuple(reversed(parts))


def chapter_starts(whole: WholeText, parts: Sequence[Part]) -> list[int]:
    """Where the document's chapters begin, short ones joined with the next; none where it has fewer than two."""
    starts = {whole.at(*chapter.start) for chapter in chapters_of(whole.document) if chapter.depth == 1}
    if not whole.document.sections:  # a plain text: the lines that stand alone in it
        starts = {part.start for part in parts}
    kept = list[int]()
    for start, end in itertools.pairwise([*sorted(starts), len(whole.text)]):
        if not kept or count_words(whole.text[kept[-1] : start]) >= MIN_CHAPTER_WORDS:
            kept.append(start)
        if end == len(whole.text) and len(kept) > 1 and count_words(whole.text[kept[-1] :]) < MIN_CHAPTER_WORDS:
            kept.pop()
    return kept if len(kept) > 1 else []


def top_starts(whole: WholeText) -> list[int]:
    """Where sections of the first level begin, which no stretch of text should go across."""
    return [whole.at(section.page, section.offset) for section in whole.document.sections if section.level == 1]


def no_source(whole: WholeText, parts: Sequence[Part]) -> list[Span]:
    """Contents, bibliographies, exercises: nothing to summarize. A whole file called so is another matter."""
    return [
        (part.start, part.end)
        for part in parts
        if NO_SOURCE.fullmatch(part.title) and 2 * (part.end - part.start) < len(whole.text)
    ]


def section_at(parts: Sequence[Part], place: int) -> str:
    """The title of the part that a character stands in; empty before the first."""
    return next((part.title for part in reversed(parts) if part.start <= place), "")


def paragraphs(text: str, start: int, end: int) -> Iterator[Span]:
    """Blocks between blank lines."""
    for match in _PARAGRAPH.finditer(text, start, end):
        if not match.group().isspace():
            yield match.span()


# --- headings ---------------------------------------------------------------------------------------------------


def _headings(whole: WholeText) -> list[_Heading]:
    found = [
        _Heading(section.title, section.level, start, _behind_title(whole.text, start, section.title))
        for section in whole.document.sections
        for start in (whole.at(section.page, section.offset),)
    ]
    found = sorted(found or _standing_alone(whole.text), key=lambda heading: heading.start)
    known = {heading.start for heading in found}
    named = itertools.islice((start for start in _summary_lines(whole.text) if start not in known), MOST_NAMED)
    found += [_named(whole.text, start, found) for start in list(named)]
    return sorted(found, key=lambda heading: (heading.start, heading.level))


def _behind_title(text: str, start: int, title: str) -> int:
    """Behind the line, or the two or three, that say the title; `start` where they do not."""
    wanted = _plain(title)
    said, end = "", start
    for match in _lines(text, start):
        said += _plain(match.group())
        if not said or not wanted.startswith(said):
            return end
        end = match.end()
        if said == wanted:
            return end
    return end


def _lines(text: str, start: int) -> Iterator[re.Match[str]]:
    """The next lines with something on them; a title has no more than a few."""
    for _number in range(8):
        if start >= len(text):
            return
        match = _LINE.match(text, start)
        if match is None:
            return
        if match.group().strip():
            yield match
        start = match.end() + 1


def _plain(text: str) -> str:
    return "".join(plain_words(text))


def _standing_alone(text: str) -> Iterator[_Heading]:
    """In a plain text: short lines by themselves, without a full stop, with prose below."""
    blocks = list(paragraphs(text, 0, len(text)))
    for (start, end), (next_start, next_end) in itertools.pairwise(blocks):
        line = text[start:end]
        if _may_be_heading(line) and count_words(text[next_start:next_end]) > _MAX_HEADING_WORDS:
            yield _Heading(" ".join(line.split()), 1, start, end)


def _may_be_heading(line: str) -> bool:
    return (
        "\n" not in line
        and len(line) <= _MAX_HEADING_CHARACTERS
        and count_words(line) <= _MAX_HEADING_WORDS
        and (line[0].isupper() or _NUMBERED.match(line) is not None)
        and (line[-1].isalnum() or line[-1] in "?)»”")
        and len(split_sentences(line)) == 1
    )


def _summary_lines(text: str) -> Iterator[int]:
    """Where a line stands that says "Abstract", "Riassunto" …, and nothing else in its paragraph or above a text."""
    for start, _end in paragraphs(text, 0, len(text)):
        line = _LINE.match(text, start)
        if line and len(line.group()) <= _MAX_HEADING_CHARACTERS and summary_kind(line.group()):
            yield start


def _named(text: str, start: int, others: Sequence[_Heading]) -> _Heading:
    """It goes to the next heading that is there: that one's level is its own."""
    line = _LINE.match(text, start)
    title = line.group().strip() if line else ""
    level = next((other.level for other in others if other.start > start), 1)
    return _Heading(title, level, start, start + len(title))
