"""What a report on the command line is made of: lines, headings, excerpts, and bars around a zero. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tui.cli.columns import wrapped
from tui.evaluation.bars import Span, gain_bar
from tui.output import Tone

MAX_COLUMNS = 100
"""On a wider terminal lines are kept short enough to read."""
_MAX_CHARACTERS = 4000
"""Of a text, before it is cut to lines."""
_WORD_COLUMNS = 22
"""`= no difference shown`"""
_NUMBER_COLUMNS = 8
_LIMITS_COLUMNS = 22
_MAX_BAR_COLUMNS = 41


class Line(NamedTuple):
    text: str = ""
    tone: Tone = ""


class Gain(NamedTuple):
    """A difference as it is drawn: better must be above zero."""

    span: Span
    mark: str
    word: str
    number: str
    """The mean, with its sign."""
    limits: str
    tone: Tone


def heading(title: str, columns: int) -> Iterator[Line]:
    yield Line()
    yield Line(f"── {title} ".ljust(columns, "─"))


def paragraph(text: str, columns: int, indent: int = 0, tone: Tone = "") -> Iterator[Line]:
    for piece in wrapped(text, columns - indent):
        yield Line(" " * indent + piece, tone)


def item(mark: str, text: str, columns: int, tone: Tone = "") -> Iterator[Line]:
    """Its first line behind the mark, the others below the text."""
    hang = " " * (len(mark) + 1)
    for number, line in enumerate(wrapped(text, columns - len(hang))):
        yield Line(hang + line if number else f"{mark} {line}", tone)


def excerpt(text: str, columns: int, indent: int, most: int) -> Iterator[Line]:
    """The first lines of a text that a stranger or a model wrote."""
    lines = [line for line in wrapped(text[:_MAX_CHARACTERS].strip(), columns - indent - 1) if line.strip()]
    cut = len(lines) > most or len(text) > _MAX_CHARACTERS
    for number, line in enumerate(lines[:most], 1):
        yield Line(" " * indent + line + (" …" if cut and number == min(most, len(lines)) else ""))


def aside(left: str, right: str, columns: int, tone: Tone = "") -> Iterator[Line]:
    """Both at the ends of one line, or below each other where there is no room."""
    gap = columns - len(left) - len(right)
    if gap >= 2:
        yield Line((left + " " * gap + right).rstrip(), tone)
    else:
        yield from paragraph(left, columns, tone=tone)
        yield from (Line(line.rjust(columns), tone) for line in wrapped(right, columns))


def gain_line(gain: Gain, columns: int) -> Line:
    """`  ▲ better                │ ━━●━━   −0.261 (−0.378 to −0.144)`"""
    room = columns - 2 - _WORD_COLUMNS - 1 - _NUMBER_COLUMNS - 1 - _LIMITS_COLUMNS
    width = max(0, min(room, _MAX_BAR_COLUMNS))
    # Without limits the mean would stand at the far end, however small it is.
    bar = gain_bar(gain.span, width) if gain.span.low is not None else ""
    limits = f" ({gain.limits})" if gain.limits else ""
    return Line(
        f"  {gain.mark} {gain.word:<{_WORD_COLUMNS - 2}} {bar:<{width}} {gain.number:>{_NUMBER_COLUMNS}}{limits}",
        gain.tone,
    )
