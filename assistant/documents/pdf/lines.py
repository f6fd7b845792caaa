"""Where paragraphs end on a PDF page, seen from where its lines stand. Runs in the child, on pdfium's text page.

PDF knows no paragraphs; pdfium gives lines. A wider gap, another size of type or an indented first line is what
a reader sees. The result is the same text with a blank line at each such place.
"""

from __future__ import annotations

import ctypes
import statistics
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

_WIDE_GAP = 1.3
"""Times the usual distance between baselines."""
_OTHER_SIZE = 0.08
"""Relative difference of type size between body text and a heading."""
_INDENT_EMS = (0.7, 4.0)
_ALIGNED_EMS = 0.4
_FEWEST_GAPS = 3
"""Below this many lines a usual distance cannot be told."""


@dataclass(frozen=True)
class Line:
    text: str
    left: float
    """x of its first character's origin, in points from the left edge."""
    top: float
    """Baseline of its first character, in points from the bottom edge."""
    bottom: float
    """Baseline of its last characters: pdfium joins hyphenated lines, so one `Line` may be two on paper."""
    size: float
    """Nominal size of type; only differences mean anything."""


def with_paragraphs(text_page: Any, text: str) -> str:
    """`text` (pdfium's, of this page) with a blank line between paragraphs."""
    return "\n".join(_spaced(_lines(text_page, text)))


def _spaced(lines: list[Line]) -> list[str]:
    gaps = [a.bottom - b.top for a, b in pairwise(lines)]
    falling = [gap for gap in gaps if gap > 1]
    usual = statistics.median_low(falling) if len(falling) >= _FEWEST_GAPS else None
    spaced: list[str] = []
    for number, line in enumerate(lines):
        if number and _starts_paragraph(lines, number, gaps[number - 1], usual):
            spaced.append("")
        spaced.append(line.text)
    return spaced


def _starts_paragraph(lines: list[Line], number: int, gap: float, usual: float | None) -> bool:
    before, line = lines[number - 1], lines[number]
    if usual is not None and gap > _WIDE_GAP * usual:
        return True
    if abs(before.size - line.size) > _OTHER_SIZE * max(before.size, line.size) and gap > 1:
        return True
    return number + 1 < len(lines) and _indented(before, line, lines[number + 1])


def _indented(before: Line, line: Line, after: Line) -> bool:
    em = line.size if line.size > 4 else 10.0  # some files scale type by a matrix and call its size 1
    shift = line.left - after.left
    aligned = abs(before.left - after.left) <= _ALIGNED_EMS * em
    return aligned and _INDENT_EMS[0] * em <= shift <= _INDENT_EMS[1] * em


def _lines(text_page: Any, text: str) -> list[Line]:
    lines: list[Line] = []
    units = 0
    """Position in UTF-16 code units, which is how pdfium counts."""
    for piece in text.split("\n"):
        visible = piece.strip()
        if visible:
            start = units + _utf16_units(piece[: piece.index(visible[0])])
            end = start + _utf16_units(visible)
            left, top = _origin(text_page, start)
            # The lowest of the last few: a footnote mark at the end of a line stands higher.
            bottom = min(_origin(text_page, max(start, end - back))[1] for back in (1, 2, 3, 4))
            lines.append(Line(visible, left, top, bottom, _size(text_page, start)))
        units += _utf16_units(piece) + 1
    return lines


def _utf16_units(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _origin(text_page: Any, text_index: int) -> tuple[float, float]:
    from pypdfium2 import raw

    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, raw.FPDFText_GetCharIndexFromTextIndex(text_page, text_index), x, y)
    return x.value, y.value


def _size(text_page: Any, text_index: int) -> float:
    from pypdfium2 import raw

    return raw.FPDFText_GetFontSize(text_page, raw.FPDFText_GetCharIndexFromTextIndex(text_page, text_index))
