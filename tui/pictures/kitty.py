"""A picture for kitty and ghostty: sent once under a number, then stood for by placeholder characters.

https://sw.kovidgoyal.net/kitty/graphics-protocol/#unicode-placeholders. Being text, the placeholders are moved, covered
and rubbed out like text.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_PLACEHOLDER = "\U0010eeee"
_CHUNK_CHARACTERS = 4096
_DIACRITICS = [
    *(0x305, 0x30D, 0x30E, 0x310, 0x312, 0x33D, 0x33E, 0x33F, 0x346, 0x34A, 0x34B, 0x34C, 0x350, 0x351, 0x352, 0x357),
    *(0x35B, *range(0x363, 0x370), *range(0x483, 0x488), 0x592, 0x593, 0x594, 0x595, 0x597, 0x598, 0x599, 0x59C, 0x59D),
    *(0x59E, 0x59F, 0x5A0, 0x5A1, 0x5A8, 0x5A9, 0x5AB, 0x5AC, 0x5AF, 0x5C4, *range(0x610, 0x618)),
    *(*range(0x657, 0x65C), 0x65D, 0x65E, *range(0x6D6, 0x6DD), 0x6DF, 0x6E0, 0x6E1, 0x6E2, 0x6E4, 0x6E7, 0x6E8, 0x6EB),
    *(0x6EC, 0x730, 0x732, 0x733, 0x735, 0x736, 0x73A, 0x73D, 0x73F, 0x740, 0x741, 0x743, 0x745, 0x747, 0x749, 0x74A),
]
"""What says which row of the picture a placeholder is in: the first of kitty's rowcolumn-diacritics.txt."""
MOST_ROWS = len(_DIACRITICS)


def sent(number: int, width: int, height: int, pixels: bytes, columns: int, rows: int) -> Iterator[str]:
    """The sequences that give the picture to the terminal, to be shown in so many cells. `number` is below 2**24."""
    data = base64.b64encode(zlib.compress(pixels)).decode("ascii")
    facts = f"a=T,U=1,i={number},f=24,o=z,s={width},v={height},c={columns},r={rows},q=2,"
    for start in range(0, len(data), _CHUNK_CHARACTERS):
        more = int(start + _CHUNK_CHARACTERS < len(data))
        yield f"\x1b_G{facts}m={more};{data[start : start + _CHUNK_CHARACTERS]}\x1b\\"
        facts = "q=2,"


def taken_back(number: int) -> str:
    """The sequence that makes the terminal forget the picture."""
    return f"\x1b_Ga=d,d=I,i={number},q=2\x1b\\"


def placeholder_strips(number: int, columns: int, rows: int) -> list[Strip]:
    """The characters that stand for it. The colour says which picture; each takes its column from its neighbour."""
    style = Style.from_color(Color.from_rgb(number >> 16 & 255, number >> 8 & 255, number & 255))
    first = chr(_DIACRITICS[0])
    return [
        Strip([Segment(f"{_PLACEHOLDER}{chr(row)}{first}{_PLACEHOLDER * (columns - 1)}", style)], columns)
        for row in _DIACRITICS[:rows]
    ]
