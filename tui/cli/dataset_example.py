"""One example of a data set on a terminal: its text, what is wanted of it, and which sentences bear that out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant.grades import WARNING, grade_sign
from assistant.grounding.index import pieces
from assistant.i18n import _, plural
from assistant.safe_text import one_line
from tui.dataset_words import origin_name, place_name, split_name, status_name, task_name

Row = Mapping[str, Any]
Span = tuple[int, int]

EXCERPT_LINES = 9
"""Of the text, unless all of it is asked for."""
SHOWN_CHARACTERS = 40_000
"""Of a text even then: more is no reading for a terminal."""

_LEFT_OUT = "[…]"
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n|\n[^\S\n]*(?:[-*•–#]|\d{1,3}[.)])")
"""Between two sentences: a blank line, or the mark of a list or heading."""


@dataclass(frozen=True)
class Line:
    text: str
    marks: tuple[Span, ...] = ()
    """What stands out on it."""


class _Prose:
    """Text put together piece by piece, some of it marked."""

    def __init__(self) -> None:
        self.text = ""
        self._marks: list[Span] = []

    def add(self, piece: str, *, marked: bool = False) -> None:
        if marked and piece:
            self._marks.append((len(self.text), len(self.text) + len(piece)))
        self.text += piece

    def lines(self, columns: int, indent: str) -> Iterator[Line]:
        """Wrapped to that many cells, the indent among them."""
        for start, end in _wrapped(self.text, max(columns - len(indent), 20)):
            shift = len(indent) - start
            marks = ((max(first, start) + shift, min(last, end) + shift) for first, last in self._marks)
            yield Line(indent + self.text[start:end], tuple(mark for mark in marks if mark[0] < mark[1]))


def example_lines(row: Row, columns: int, *, whole: bool = False) -> Iterator[Line]:
    """The example as a reviewer reads it; the text cut down to what the target is about, unless `whole`."""
    yield from _text_and_place(row, columns, whole=whole)
    yield Line("")
    yield from _target_and_remarks(row, columns)


def target_first_lines(row: Row, columns: int) -> Iterator[Line]:
    """The same where one scrolls: what is wanted and what is wrong with it, then the whole text."""
    yield from _target_and_remarks(row, columns)
    yield Line("")
    yield from _text_and_place(row, columns, whole=True)


def _text_and_place(row: Row, columns: int, *, whole: bool) -> Iterator[Line]:
    words = plural("{count} word", "{count} words", len(row["text"].split()))
    yield from _plain(f"{place_name(row['place'])} ({words})", columns, "")
    yield Line("")
    yield from _text(row, columns, whole=whole)


def _target_and_remarks(row: Row, columns: int) -> Iterator[Line]:
    yield from _plain(f"{task_name(row['task'])} · {_facts(row)}", columns, "")
    yield from _target(row, columns)
    yield from _remarks(row, columns)


def _facts(row: Row) -> str:
    """`written by the model · to learn from`, and what a person said of it."""
    facts = [origin_name(row["origin"]), split_name(row["split"])]
    if row["status"] != "pending":
        facts.append(status_name(row["status"]))
    return " · ".join(facts)


# --- the text ----------------------------------------------------------------------------------------------------


def _text(row: Row, columns: int, *, whole: bool) -> Iterator[Line]:
    text = row["text"][:SHOWN_CHARACTERS]
    sentences = list(pieces(text))
    numbers = _numbers(row, sentences)
    room = EXCERPT_LINES * (columns - 2)
    chosen = range(len(sentences)) if whole else excerpt(sentences, sorted(numbers), room)
    prose, before = _Prose(), -1
    for position in chosen:
        start, end = sentences[position]
        prose.add(_joint(text, sentences, before, position))
        prose.add(one_line(text[start:end]), marked=position in numbers)
        prose.add("".join(f"[{number}]" for number in numbers.get(position, ()) if number))
        before = position
    if before + 1 < len(sentences) or len(row["text"]) > SHOWN_CHARACTERS:
        prose.add(f" {_LEFT_OUT}")
    yield from prose.lines(columns, "  ")


def _joint(text: str, sentences: Sequence[Span], before: int, position: int) -> str:
    """What stands between two sentences that are shown one after the other."""
    if position != before + 1:
        return f"{_LEFT_OUT} " if before < 0 else f" {_LEFT_OUT} "
    if before < 0:
        return ""
    between = text[sentences[before][1] : sentences[position][0] + 1]
    return "\n" if _PARAGRAPH.search(between) else " "


def _numbers(row: Row, sentences: Sequence[Span]) -> dict[int, list[int]]:
    """By the place of a sentence that bears something out: the numbers that stand behind it.

    A passage may be several sentences; its number stands behind the last, and the others have a 0.
    """
    found: dict[int, list[int]] = {}
    for number, passage in _numbered(row):
        start, end = passage
        inside = [place for place, (first, last) in enumerate(sentences) if first < end and last > start]
        for place in inside:
            found.setdefault(place, []).append(number if place == inside[-1] else 0)
    return found


def _numbered(row: Row) -> Iterator[tuple[int, Span]]:
    """The passages of the claims that have one, counted from 1."""
    borne_out = (claim for claim in row["evidence"] if claim["passages"])
    for number, claim in enumerate(borne_out, start=1):
        start, end = claim["passages"][0]
        yield number, (start, end)


def excerpt(sentences: Sequence[Span], wanted: Sequence[int], room: int) -> list[int]:
    """The places of the sentences to show in `room` characters: those wanted, then their neighbours, nearest first.

    The beginning where none is wanted. There is always one, however long, unless there are no sentences at all.
    """
    centres = list(wanted) or [0]
    reach = len(sentences)
    order = dict.fromkeys(
        place
        for distance in range(reach)
        for centre in centres
        for place in (centre + distance, centre - distance)
        if 0 <= place < reach
    )
    chosen: list[int] = []
    for place in order:
        start, end = sentences[place]
        room -= end - start + 1
        if room < 0 and chosen:
            break
        chosen.append(place)
    return sorted(chosen)


# --- the target --------------------------------------------------------------------------------------------------


def _target(row: Row, columns: int) -> Iterator[Line]:
    """Each sentence with its grade and the number of the passage that bears it out."""
    target, prose, position, number = row["target"], _Prose(), 0, 0
    for claim in row["evidence"]:
        prose.add(_kept_lines(target[position : claim["end"]]))
        number += bool(claim["passages"])
        warning = WARNING if claim["warnings"] else ""
        place = f"[{number}]" if claim["passages"] else ""
        prose.add(f" {grade_sign(claim['support'])}{warning}{place}{_missing(claim['missing'])}")
        position = claim["end"]
    prose.add(_kept_lines(target[position:]))
    yield from prose.lines(columns, "  ")


def _kept_lines(text: str) -> str:
    """White space at both ends and line ends stay: the target is shown as it would be learned."""
    lines = [one_line(line) for line in text.splitlines()]
    lead = " " if text[:1].isspace() and lines and lines[0] else ""
    return lead + "\n".join(lines) + ("\n" if text.endswith("\n") else "")


def _missing(items: Sequence[str]) -> str:
    """Details that the text does not have."""
    names = ", ".join(f"“{one_line(item)}”" for item in items)
    return " " + _("({names}: not in the text)").format(names=names) if names else ""


def _remarks(row: Row, columns: int) -> Iterator[Line]:
    """What a reviewer should look at."""
    remarks = [f"{WARNING} {one_line(doubt)}" for doubt in row["suspicions"]]
    if row["original"] and row["original"] != row["target"]:
        remarks.append(_("Before it was edited: {text}").format(text=one_line(row["original"])))
    if remarks:
        yield Line("")
    for remark in remarks:
        yield from _plain(remark, columns, "")


# --- lines -------------------------------------------------------------------------------------------------------


def _plain(text: str, columns: int, indent: str) -> Iterator[Line]:
    prose = _Prose()
    prose.add(text)
    return prose.lines(columns, indent)


def _wrapped(text: str, width: int) -> Iterator[Span]:
    """(start, end) of each line, in at most `width` cells; broken at white space where there is any."""
    offset = 0
    for line in text.split("\n"):
        yield from ((offset + start, offset + end) for start, end in _wrapped_line(line, width))
        offset += len(line) + 1


def _wrapped_line(line: str, width: int) -> Iterator[Span]:
    from rich.cells import cell_len

    start = end = 0
    for word in re.finditer(r"\S+", line):
        if end and cell_len(line[start : word.end()]) > width:
            yield start, end
            start = word.start()
        while cell_len(line[start : word.end()]) > width:  # a word wider than a line
            cut = start + width // 2  # no character takes more than two cells
            yield start, cut
            start = cut
        end = word.end()
    yield start, end
