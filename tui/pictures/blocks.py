"""A picture of half blocks: each character is two pixels, one above the other, in a colour each. Works everywhere."""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_UPPER_HALF = "▀"
_WHITE = b"\xff\xff\xff"


def block_strips(width: int, height: int, pixels: bytes) -> list[Strip]:
    """A line of `width` characters for each two rows of pixels (red, green, blue)."""
    stride = 3 * width
    rows = [pixels[row * stride : (row + 1) * stride] for row in range(height)]
    if height % 2:
        rows.append(_WHITE * width)
    return [_strip(upper, lower) for upper, lower in zip(rows[::2], rows[1::2], strict=True)]


def _strip(upper: bytes, lower: bytes) -> Strip:
    """Neighbours of the same colours become one segment."""
    segments: list[Segment] = []
    begun, colours = 0, (upper[:3], lower[:3])
    width = len(upper) // 3
    for column in range(1, width + 1):
        here = (upper[3 * column : 3 * column + 3], lower[3 * column : 3 * column + 3])
        if here != colours:
            segments.append(Segment(_UPPER_HALF * (column - begun), _style(*colours)))
            begun, colours = column, here
    return Strip(segments, width)


@lru_cache(4096)
def _style(upper: bytes, lower: bytes) -> Style:
    return Style.from_color(Color.from_rgb(*upper), Color.from_rgb(*lower))
