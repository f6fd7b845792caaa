"""Summaries that stand in the document itself: sections called "Riassunto" or "Abstract", and closing paragraphs.

Whatever is found is taken out of every text of the document: a target must never stand in a source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from adapters.dataset.example import Example
from adapters.dataset.notes.drafts import MIN_TEXT_WORDS, summary_example
from adapters.dataset.notes.names import KINDS, SummaryKind, summary_kind
from adapters.dataset.notes.parts import Part, paragraphs
from adapters.dataset.notes.whole_text import Span, WholeText, count_words, taken_out
from assistant.i18n import _

MAX_SUMMARY_WORDS = 600
"""What is longer is a chapter that happens to be called so."""
MOST_SECTIONS, MOST_PARAGRAPHS = 300, 60
"""Of one document that are looked at and used; it has no more chapters than that."""
LONGEST_SCOPE = 40_000
"""Characters: a closing paragraph sums up a section or a chapter, no book."""

_RUN_IN = re.compile(
    r"(?:abstract|riassunto|sintesi|summary|in breve|tl;? ?dr)\s?[.:—–-]{1,2}\s*(?=[^\W\d_])", re.IGNORECASE
)
"""A paragraph that says itself what it is: "Abstract. We show …"."""
_CLOSING = re.compile(
    r"(?:in (?:conclusione|sintesi|breve|sostanza)|per (?:riassumere|concludere)|riassumendo|ricapitolando|concludendo"
    r"|in (?:summary|conclusion|short|brief|a nutshell)|to (?:sum up|summarize|summarise|conclude)|summing up)"
    r"\s?[,:]\s*",
    re.IGNORECASE,
)

_SpanOf = Callable[[Part], Span]


@dataclass(frozen=True)
class Summary:
    """A summary inside a document."""

    kind: SummaryKind
    title: str
    start: int
    """Where its heading begins."""
    body: int
    end: int
    scope: Span
    """What it sums up: a span in which it may itself lie."""


def summary_sections(whole: WholeText, parts: Sequence[Part]) -> list[Summary]:
    """Every section that is called a summary, with what it sums up: the section that it stands in."""
    found = list[Summary]()
    for index, part in enumerate(parts):
        if len(found) == MOST_SECTIONS:
            break
        kind = summary_kind(part.title)
        if kind and (end := _end(whole, part, kind)) > part.body:
            found.append(Summary(kind, part.title, part.start, part.body, end, _around(whole, parts, index)))
    return [_between_its_like(whole, summary, found) for summary in found]


def _end(whole: WholeText, part: Part, kind: SummaryKind) -> int:
    """Where a summary ends; where it begins for what is none.

    In a file without further headings its section may go on to the end of everything: it is then its first paragraph.
    """
    words = count_words(whole.text[part.body : part.end])
    if words <= MAX_SUMMARY_WORDS and 2 * words <= count_words(whole.text):
        return part.end
    first = next(paragraphs(whole.text, part.body, part.end), None)
    if first is None or kind == "conclusions" or count_words(whole.text[slice(*first)]) > MAX_SUMMARY_WORDS:
        return part.body
    return first[1]


def of_sections(
    whole: WholeText, summaries: Sequence[Summary], left_out: list[Span]
) -> Iterator[tuple[Summary, Example | None]]:
    """Tier A: for each stretch of text its best summary; no example of one that does not look like it."""
    best: dict[Span, Summary] = {}
    for summary in sorted(summaries, key=lambda summary: (KINDS.index(summary.kind), summary.start)):
        best.setdefault(summary.scope, summary)
    for summary in best.values():
        target, place = whole.read(summary.body, summary.end, section=summary.title)
        doubts = (_conclusions(summary.title),) if summary.kind == "conclusions" else ()
        example = summary_example(
            whole, summary.scope, left_out, plain_target(target), place, origin="section", doubts=doubts
        )
        yield summary, example


def of_paragraphs(whole: WholeText, parts: Sequence[Part], left_out: list[Span]) -> tuple[list[Example], list[Span]]:
    """Tier B: paragraphs that begin with "Abstract:" or "In conclusione," → what stands around or before them.

    Also where these paragraphs are. Nothing is looked for in what is left out.
    """
    examples, spans = list[Example](), list[Span]()
    for start, end in paragraphs(whole.text, 0, len(whole.text)):
        if len(examples) == MOST_PARAGRAPHS:
            break
        run_in, closing = _RUN_IN.match(whole.text, start, end), _CLOSING.match(whole.text, start, end)
        begin = run_in or closing
        if begin is None or any(first <= start < last for first, last in left_out):
            continue
        if count_words(whole.text[start:end]) > MAX_SUMMARY_WORDS // 2:
            continue
        own = taken_out(whole.text, [(start, end)])
        scope = _around_paragraph(whole, parts, start) if run_in else _before(whole, parts, start)
        if closing and scope[1] - scope[0] > LONGEST_SCOPE:
            continue
        target, place = whole.read(begin.end(), end)
        example = summary_example(
            whole, scope, [*left_out, *own], _capitalised(target), place, tier="B", origin="abstract"
        )
        if example is not None:
            examples.append(example)
            spans += own
    return examples, spans


def plain_target(text: str) -> str:
    """A summary as the model should write it: list marks are those that its prompts ask for."""
    return re.sub(r"^[•▪◦–]\s+", "- ", text, flags=re.MULTILINE)


# --- what a summary sums up -------------------------------------------------------------------------------------


def _around(whole: WholeText, parts: Sequence[Part], index: int) -> Span:
    """The section that a part stands in; the whole document for one at the top."""
    part = parts[index]
    outer = [other for other in parts[:index] if other.level < part.level and other.end >= part.end]
    return (outer[-1].body, outer[-1].end) if outer else (0, len(whole.text))


def _between_its_like(whole: WholeText, summary: Summary, found: Sequence[Summary]) -> Summary:
    """Where one follows each chapter on the same level, it sums up what stands since the one before, or to the next."""
    alike = [other for other in found if other.kind == summary.kind and other.scope == summary.scope]
    if len(alike) < 2:
        return summary
    place = alike.index(summary)
    first, last = summary.scope
    if count_words(whole.text[first : alike[0].start]) < MIN_TEXT_WORDS:  # they stand before what they sum up
        scope = (summary.end, alike[place + 1].start if place + 1 < len(alike) else last)
    else:
        scope = (alike[place - 1].end if place else first, summary.start)
    return Summary(summary.kind, summary.title, summary.start, summary.body, summary.end, scope)


def _around_paragraph(whole: WholeText, parts: Sequence[Part], start: int) -> Span:
    """The innermost section with enough other text; the document where none has."""
    return (_enclosing(whole, parts, start, lambda part: (part.body, part.end))) or (0, len(whole.text))


def _before(whole: WholeText, parts: Sequence[Part], start: int) -> Span:
    """What leads to a closing paragraph, in the innermost section where that is enough."""
    return (_enclosing(whole, parts, start, lambda part: (part.body, start))) or (0, start)


def _enclosing(whole: WholeText, parts: Sequence[Part], start: int, span_of: _SpanOf) -> Span | None:
    for part in reversed([part for part in parts if part.body <= start < part.end]):
        span = span_of(part)
        if count_words(whole.text[slice(*span)]) >= 2 * MIN_TEXT_WORDS:
            return span
    return None


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def _conclusions(title: str) -> str:
    return _("it is called “{title}”: look whether it sums the text up, or goes beyond it").format(title=title)
