"""A picture as sixels, the bitmap graphics of the VT340: strips of six rows, one pass over each for every colour.

DEC STD 070; https://vt100.net/docs/vt3xx-gp/chapter14.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

COLOURS = 48
"""Of the palette: pages are black on white for the most part, and a mark is of one colour."""
_RUN = re.compile(r"(.)\1{3,254}")


def sixels(width: int, height: int, pixels: bytes) -> str:
    """The control sequence that draws the picture at the cursor. `pixels` are red, green and blue, row by row."""
    from PIL import Image  # deferred: only where a picture is shown

    picture = Image.frombytes("RGB", (width, height), pixels).quantize(COLOURS, dither=Image.Dither.NONE)
    palette = picture.getpalette() or []
    indices = picture.tobytes()
    colours = "".join(_definition(number, palette[3 * number : 3 * number + 3]) for number in range(len(palette) // 3))
    bands = (_band(indices[top * width : (top + 6) * width], width) for top in range(0, height, 6))
    return f'\x1bP0;1q"1;1;{width};{height}{colours}{"-".join(bands)}\x1b\\'


def _definition(number: int, colour: list[int]) -> str:
    red, green, blue = (round(value * 100 / 255) for value in colour)
    return f"#{number};2;{red};{green};{blue}"


def _band(indices: bytes, width: int) -> str:
    """Up to six rows of palette indices."""
    return "$".join(f"#{colour}{_shortened(_columns(indices, width, colour))}" for colour in sorted(set(indices)))


def _columns(indices: bytes, width: int, colour: int) -> str:
    """For each column a character whose six bits say which rows have this colour, the top one in the lowest bit."""
    bits = 0
    for row in range(len(indices) // width):
        table = bytearray(256)
        table[colour] = 1 << row
        bits |= int.from_bytes(indices[row * width : (row + 1) * width].translate(bytes(table)), "big")
    return bits.to_bytes(width, "big").translate(_PRINTED).decode("ascii")


_PRINTED = bytes(min(value + 63, 126) for value in range(256))
"""The six bits as a printable character, from `?` on."""


def _shortened(columns: str) -> str:
    """Runs as `!12~`."""
    return _RUN.sub(lambda run: f"!{len(run[0])}{run[1]}", columns.rstrip("?"))


def drawn_at(column: int, row: int, data: str) -> Iterator[str]:
    """The sequences that draw it there, counted from 0, and put the cursor back."""
    yield "\x1b7"
    yield f"\x1b[{row + 1};{column + 1}H"
    yield data
    yield "\x1b8"
