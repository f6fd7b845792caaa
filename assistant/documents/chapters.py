"""The chapters of a document, and the document with only some of them: how a person says what to read."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assistant.documents.model import Document, Page, Section
from assistant.errors import ConfigError
from assistant.i18n import _

Place = tuple[int, int]
"""Number of a page, and a character of its text."""

MAX_DEPTH = 2
"""Chapters and their sections; what is smaller is too much to choose from."""
MAX_NAMED = 6
"""Chapters that an error names."""

_OWN_NUMBER = re.compile(
    r"(?:(?:chapter|capitolo|cap\.?|lecture|lezione|unit|unità|module|modulo|part|parte)\s+)?"
    r"([0-9]{1,3}(?:\.[0-9]{1,3})?)(?=[.:)\s–—-]|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Chapter:
    number: str
    """What a person types for it: as the book counts ("3"; "3.2" for a section), else "a", "b" …"""
    title: str
    depth: int
    """1 for a chapter, 2 for a section of one."""
    start: Place
    end: Place
    """Behind its last character."""
    first: int
    """Number of the page it begins on."""
    last: int
    """Number of the last page with text of it: the next chapter may begin further down on it."""

    @property
    def name(self) -> str:
        """`2 Derivatives`: number and title, the number once."""
        return self.title if _own_number(self.title) == self.number else f"{self.number} {self.title}"


def chapters_of(document: Document) -> tuple[Chapter, ...]:
    """In reading order, each followed by its sections; none where the document has no headings and no outline.

    Chapters lie side by side: each ends where the next one begins, the last with the document.
    """
    outlined = _outlined(document.sections) if document.pages else []
    return tuple(
        _chapter(document, number, section, depth, following)
        for number, (section, depth), following in zip(_numbers(outlined), outlined, _followings(outlined), strict=True)
    )


def choose_chapters(document: Document, text: str) -> tuple[Chapter, ...]:
    """The chapters meant by `2,4-5`, `2.1` or words of their titles. Raises ConfigError, naming what there is."""
    chapters = chapters_of(document)
    if not chapters:
        raise ConfigError(
            _("Sunto found no chapters in {name}.").format(name=document.name),
            _("Choose pages instead, as in 3-9,12."),
        )
    if whole := [chapter for chapter in chapters if folded(chapter.title) == folded(text)]:
        return tuple(whole[:1])  # before it is taken apart: a title may have commas
    wanted = {
        chapter for part in text.split(",") if part.strip() for chapter in _meant(chapters, part.strip(), document)
    }
    if not wanted:
        raise _not_there(chapters, text, document)
    return without_parts(chapter for chapter in chapters if chapter in wanted)


def without_parts(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """Chapters in reading order, without the sections of those that are there whole."""
    kept: list[Chapter] = []
    for chapter in chapters:
        whole = next((before for before in reversed(kept) if before.depth < chapter.depth), None)
        if whole is None or chapter.end > whole.end or chapter.start < whole.start:
            kept.append(chapter)
    return tuple(kept)


def pages_of(chapters: Iterable[Chapter]) -> set[int]:
    """Numbers of the pages that they are on."""
    return {number for chapter in chapters for number in range(chapter.first, chapter.last + 1)}


def only_chapters(document: Document, chapters: Iterable[Chapter]) -> tuple[Document, tuple[int, ...]]:
    """The document with the text of these chapters alone, and the numbers of the pages that it is on.

    The other pages stay, without text, so that page numbers and labels are what they were.
    """
    spans = list(_page_spans(document, chapters))
    by_page: dict[int, list[tuple[int, int]]] = {}
    for page, start, end in spans:
        by_page.setdefault(page, []).append((start, end))
    pages = tuple(replace(page, text=_cut(page, by_page.get(page.number, []))) for page in document.pages)
    sections = tuple(_moved(document.sections, by_page))
    return replace(document, pages=pages, sections=sections), tuple(sorted(by_page))


def folded(text: str) -> str:
    """For comparing: without accents, case and extra spaces."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(bare.casefold().replace("’", "'").split())


# --- finding them -----------------------------------------------------------------------------------------------


def _outlined(sections: Sequence[Section]) -> list[tuple[Section, int]]:
    """The sections of the first levels with their depth; levels that a document leaves out do not count.

    A first heading above all the others is the document's title, not its only chapter.
    """
    top = min((section.level for section in sections), default=0)
    if len(sections) > 1 and sections[0].level == top and all(section.level > top for section in sections[1:]):
        sections = sections[1:]
    found: list[tuple[Section, int]] = []
    above: list[int] = []
    for section in sections:
        while above and above[-1] >= section.level:
            above.pop()
        above.append(section.level)
        if len(above) <= MAX_DEPTH:
            found.append((section, len(above)))
    return found


def _followings(outlined: Sequence[tuple[Section, int]]) -> list[Section | None]:
    """For each chapter what ends it: the next one that is not part of it."""
    found: list[Section | None] = []
    nearest: list[Section | None] = [None] * (MAX_DEPTH + 1)
    for section, depth in reversed(outlined):
        found.append(nearest[depth])
        nearest[depth:] = [section] * (MAX_DEPTH + 1 - depth)
    return found[::-1]


def _chapter(document: Document, number: str, section: Section, depth: int, following: Section | None) -> Chapter:
    last_page = document.pages[-1]
    start = (section.page, section.offset)
    end = (following.page, following.offset) if following else (last_page.number, len(last_page.text))
    if (
        end <= start
    ):  # two headings at one place, since neither was found in the text: each has what follows on the page
        end = (section.page, len(_text(document, section.page)))
    last = end[0]
    if last > section.page and not _text(document, last)[: end[1]].strip():
        last -= 1
    return Chapter(number, section.title, depth, start, end, section.page, last)


def _text(document: Document, page: int) -> str:
    return document.pages[page - 1].text


def _numbers(outlined: Sequence[tuple[Section, int]]) -> list[str]:
    """The book's own numbers where it has them, since a student says what the book says; else 1, 2, 3 …"""
    tops = iter(_book_numbers([_own_number(section.title) for section, depth in outlined if depth == 1]))
    numbers: list[str] = []
    taken: set[str] = set()
    chapter, part = "", 0
    for section, depth in outlined:
        if depth == 1:
            chapter, part = next(tops), 0
            number = chapter
        else:
            part += 1
            own = _own_number(section.title)
            number = own if own.startswith(f"{chapter}.") and own not in taken else _unused(chapter, part, taken)
        numbers.append(number)
        taken.add(number)
    return numbers


def _book_numbers(tops: Sequence[str]) -> list[str]:
    whole = [int(number) for number in tops if number.isdigit()]
    if 2 * len(whole) < len(tops) or any(later <= former for former, later in itertools.pairwise(whole)):
        return [str(position) for position in range(1, len(tops) + 1)]
    letters = iter(_letters())
    return [str(int(number)) if number.isdigit() else next(letters) for number in tops]


def _letters() -> Iterator[str]:
    """a, b … z, aa, ab …"""
    alphabet = "abcdefghijklmnopqrstuvwxyz"
    yield from alphabet
    for first in _letters():
        yield from (first + letter for letter in alphabet)


def _unused(chapter: str, part: int, taken: Collection[str]) -> str:
    while f"{chapter}.{part}" in taken:
        part += 1
    return f"{chapter}.{part}"


def _own_number(title: str) -> str:
    match = _OWN_NUMBER.match(title)
    return match[1] if match else ""


# --- what a person means ----------------------------------------------------------------------------------------


def _meant(chapters: Sequence[Chapter], part: str, document: Document) -> Sequence[Chapter]:
    by_number = {chapter.number: position for position, chapter in enumerate(chapters)}
    if part.lower() in by_number:
        return [chapters[by_number[part.lower()]]]
    first, dash, last = (piece.strip().lower() for piece in part.replace("–", "-").partition("-"))
    if dash and first in by_number and last in by_number:
        return _from_to(chapters, by_number[first], by_number[last])
    return [_titled(chapters, part, document)]


def _from_to(chapters: Sequence[Chapter], first: int, last: int) -> Sequence[Chapter]:
    if last < first:
        raise ConfigError(
            _("The chapters {first}-{last} run backwards.").format(
                first=chapters[first].number, last=chapters[last].number
            ),
            _("Write the earlier one first: {last}-{first}.").format(
                first=chapters[first].number, last=chapters[last].number
            ),
        )
    end = chapters[last].end
    return [chapter for chapter in chapters[first : last + 1] if chapter.end <= end]  # not what only begins before it


def _titled(chapters: Sequence[Chapter], words: str, document: Document) -> Chapter:
    wanted = folded(words)
    exact = [chapter for chapter in chapters if folded(chapter.title) == wanted]
    near = [chapter for chapter in chapters if wanted and wanted in folded(chapter.title)]
    found = exact[:1] or near
    if len(found) == 1:
        return found[0]
    if not found:
        raise _not_there(chapters, words, document)
    raise ConfigError(
        _("“{words}” stands in the titles of several chapters of {name}.").format(words=words, name=document.name),
        _("Choose by number: {chapters}.").format(chapters=_listed(found)),
    )


def _not_there(chapters: Sequence[Chapter], text: str, document: Document) -> ConfigError:
    tops = [chapter for chapter in chapters if chapter.depth == 1]
    return ConfigError(
        _("{name} has no chapter “{text}”.").format(name=document.name, text=text),
        _("It has: {chapters}.").format(chapters=_listed(tops)),
    )


def _listed(chapters: Sequence[Chapter]) -> str:
    return ", ".join(chapter.name for chapter in chapters[:MAX_NAMED]) + (" …" if len(chapters) > MAX_NAMED else "")


# --- cutting the document ---------------------------------------------------------------------------------------


def _page_spans(document: Document, chapters: Iterable[Chapter]) -> Iterator[tuple[int, int, int]]:
    """(page, start, end) of the chapters' text, in order, those that overlap joined."""
    joined: list[tuple[Place, Place]] = []
    for start, end in sorted((chapter.start, chapter.end) for chapter in chapters):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    for (first, begin), (last, stop) in joined:
        for number in range(first, last + 1):
            text = _text(document, number)
            span = (begin if number == first else 0, stop if number == last else len(text))
            if number == first or text[slice(*span)].strip():
                yield number, *span


def _cut(page: Page, spans: Sequence[tuple[int, int]]) -> str:
    return _BETWEEN.join(page.text[start:end] for start, end in spans)


_BETWEEN = "\n\n"


def _moved(sections: Sequence[Section], by_page: dict[int, list[tuple[int, int]]]) -> Iterator[Section]:
    """The sections that begin in what is left, where they begin now."""
    for section in sections:
        before = 0
        for start, end in by_page.get(section.page, []):
            if start <= section.offset < end or (start == section.offset == end):
                yield replace(section, offset=before + section.offset - start)
                break
            before += end - start + len(_BETWEEN)
