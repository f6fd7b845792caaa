"""All examples that one document gives, with the summaries that people wrote of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from adapters.dataset.example import Example, Place
from adapters.dataset.notes.drafts import MIN_TEXT_WORDS, summary_example
from adapters.dataset.notes.files import Note, Skipped, SummaryFile
from adapters.dataset.notes.front_matter import read_summaries
from adapters.dataset.notes.names import plain_title
from adapters.dataset.notes.parts import Part, chapter_starts, no_source, parts_of, section_at, top_starts
from adapters.dataset.notes.principal import principal_examples, spread
from adapters.dataset.notes.sections import (
    Summary,
    of_paragraphs,
    of_sections,
    plain_target,
    summary_sections,
)
from adapters.dataset.notes.titles import title_examples
from adapters.dataset.notes.whole_text import Span, WholeText, count_words
from assistant.documents.model import Document
from assistant.i18n import _
from assistant.language import detect_language

SOURCE_WORDS = 500
MOST_SOURCES = 60
"""Of one document, spread over it, for the base model to write of."""
_MOST_OF_IT = 0.8
"""A heading with more than this share of the text below it is the document's title."""


@dataclass(frozen=True)
class Source:
    """A text that nobody summarized."""

    text: str
    language: str
    place: Place
    group: str


@dataclass
class NoteExamples:
    name: str
    chapters: list[int]
    """Where those begin that are parted from each other; none where the document stays together."""
    examples: list[Example] = field(default_factory=list[Example])
    sources: list[Source] = field(default_factory=list[Source])
    skipped: list[Skipped] = field(default_factory=list[Skipped])

    def add(self, *examples: Example) -> None:
        self.examples += [replace(example, group=self.group(example.place)) for example in examples]

    def group(self, place: Place) -> str:
        """A name for the chapter that a place is in; the document's where it has none or the place is in several."""
        first = bisect_right(self.chapters, place.start)
        last = bisect_right(self.chapters, max(place.start, place.end - 1))
        return f"{self.name}#{first}" if self.chapters and first == last else self.name


@dataclass(frozen=True)
class _Text:
    """A document, and what of it is no source: summaries inside it, contents, bibliographies."""

    whole: WholeText
    parts: Sequence[Part]
    left_out: list[Span]


def examples_of(
    document: Document, note: Note, summaries: Sequence[tuple[SummaryFile, Document]], tiers: str, *, by_chapter: bool
) -> NoteExamples:
    """`summaries` are the files that sum the note up, read; `by_chapter` whether its chapters may be parted."""
    whole = WholeText(document, note.name)
    parts = parts_of(whole)
    inside = summary_sections(whole, parts)
    left_out = [*no_source(whole, parts), *((summary.start, summary.end) for summary in inside)]
    paragraphs, spans = of_paragraphs(whole, parts, left_out)
    text = _Text(whole, parts, [*left_out, *spans])
    result = NoteExamples(note.name, chapter_starts(whole, parts) if by_chapter else [])
    borders = result.chapters or top_starts(whole)
    if "A" in tiers:
        _add_human(result, text, note, summaries, inside)
    if "B" in tiers:
        result.add(*paragraphs, *principal_examples(whole, parts, borders, text.left_out))
        result.add(*title_examples(whole, parts, text.left_out))
    if "C" in tiers:
        result.sources += _sources(result, text, borders)
    return result


def _add_human(
    result: NoteExamples,
    text: _Text,
    note: Note,
    summaries: Sequence[tuple[SummaryFile, Document]],
    inside: Sequence[Summary],
) -> None:
    """Files beside the note first, then its front matter, then the sections inside it."""

    def add(name: str, *examples: Example) -> None:
        result.add(*examples)
        if not examples:
            why = _("it is too short for a summary of its text, or nearly as long as it")
            result.skipped.append((name, why))

    for file, summary in summaries:
        add(file.name, *_of_summary_file(text, file, WholeText(summary, file.name)))
    for task, name, target in read_summaries(note.path):
        place = Place(document=note.name, section=name)
        everything = (0, len(text.whole.text))
        example = summary_example(
            text.whole, everything, text.left_out, target, place, origin="front_matter", task=task
        )
        add(f"{note.name} ({name})", *filter(None, [example]))
    for summary, example in of_sections(text.whole, inside, text.left_out):
        add(f"{note.name} ({summary.title})", *filter(None, [example]))


def _of_summary_file(text: _Text, file: SummaryFile, summary: WholeText) -> Iterator[Example]:
    """One example for each heading that both files have, where they share several; else one of the whole."""
    said = parts_of(summary)
    pairs = _same_headings(text.whole, text.parts, said)
    if len(pairs) > 1:
        for part, about in pairs:
            target = summary.read(part.body, part.end, section=part.title)
            yield from _of_span(text, (about.body, about.end), file, *target)
        return
    titled = said and not summary.text[: said[0].start].strip()
    target = summary.read(said[0].body if titled else 0, len(summary.text))
    yield from _of_span(text, (0, len(text.whole.text)), file, *target)


def _of_span(text: _Text, span: Span, file: SummaryFile, target: str, place: Place) -> Iterator[Example]:
    example = summary_example(
        text.whole,
        span,
        text.left_out,
        plain_target(target),
        place,
        origin=file.origin,
        task=file.task,
        doubts=file.doubts,
    )
    if example:
        yield example


def _same_headings(whole: WholeText, parts: Sequence[Part], said: Sequence[Part]) -> list[tuple[Part, Part]]:
    """(part of the summary, part of the text) of the same title; none of the text twice or inside another."""
    by_title = {plain_title(part.title): part for part in reversed(parts)}
    pairs = list[tuple[Part, Part]]()
    for part in said:
        about = by_title.get(plain_title(part.title))
        is_all = about is not None and about.end - about.start > _MOST_OF_IT * len(whole.text)
        if about is not None and not is_all and all(about.start >= other.end for _part, other in pairs):
            pairs.append((part, about))
    return pairs


def _sources(result: NoteExamples, text: _Text, borders: Sequence[int]) -> list[Source]:
    """Stretches of the text that nobody summarized."""
    whole = text.whole
    human = [(example.place.start, example.place.end) for example in result.examples if example.tier == "A"]
    chunks = [
        chunk
        for chunk in whole.chunks(SOURCE_WORDS, borders, [part.start for part in text.parts], text.left_out)
        if not any(start <= chunk[0] and chunk[1] <= end for start, end in human)
    ]
    found = list[Source]()
    for chunk in spread(chunks, MOST_SOURCES):
        said, place = whole.read(*chunk, text.left_out, section_at(text.parts, chunk[0]))
        if count_words(said) >= 2 * MIN_TEXT_WORDS:
            found.append(Source(said, detect_language(said) or whole.language, place, result.group(place)))
    return found
