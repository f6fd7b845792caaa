"""Where pdfium puts the characters of one page: a thin layer over its C interface. Runs in the child.

Every call costs about a microsecond, so nothing here is asked for each character of a page.
Coordinates are a reader's: x to the right, y down from the top, in points, on a page turned so that most of its
text is upright.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Set
from typing import Any, NamedTuple

_BOLD_NAME = re.compile(r"(?i)bold|black|heavy|demi(?!light)|(?:^|\+)(?:cm|sf|ec|t1)(?:ss|csc|r|o)?bx")
_MATHEMATICAL_NAME = re.compile(
    r"(?i)(?:^|\+)(?:cm(?:mi|sy|ex|bsy|mib)|ms[ab]m|lmmath|eu[fr][mbs]|rsfs|esint|stmary|[np]x(?:mi|sy|ex)|mtmi)|math"
)
_TEXT_IN_MATHEMATICAL_FONTS = frozenset(".,•·<>|{}\\*-−–—")
"""Old TeX takes these from there in prose, too: dot leaders, bullets, signs of programs."""
_FIXED_PITCH = 1
_FORCE_BOLD = 1 << 18
"""Flags of a font's descriptor."""
_HEAVY = 700
"""pdfium's reckoning of weight, from the width of stems: for fonts whose names tell nothing."""
_NAME_BYTES = 64


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float


class Font(NamedTuple):
    bold: bool
    mathematical: bool
    fixed: bool
    """All its characters are as wide, as on a typewriter."""


class Glyphs:
    """The characters of a page, asked for by their index in `text`. Of no use once the page is closed."""

    def __init__(self, page: Any, text_page: Any) -> None:
        from pypdfium2 import raw

        self._raw = raw
        self._handle = text_page.raw
        self.text: str = text_page.get_text_range()
        """pdfium's own: lines end in CR LF; a hyphen that ends a line is U+FFFE, with the next line right behind it."""
        self._left, self._bottom, self._right, self._top = page.get_bbox()
        self._turn = 0
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._matrix, self._loose = raw.FS_MATRIX(), raw.FS_RECTF()
        self._name, self._flags = ctypes.create_string_buffer(_NAME_BYTES), ctypes.c_int()
        self._fonts: dict[bytes, Font] = {}
        self.fonts_asked = self.mathematical = 0
        """How often `font` was asked, and how often the answer was a mathematical one; of letters and rarer signs."""
        self._astral = not self.text.isascii() and max(self.text) > "\uffff"
        self.as_listed = not self._astral and len(self.text) == raw.FPDFText_CountChars(self._handle)
        """Each character of the text is one of pdfium's list, at the same place."""
        self._places: list[int] | None = None

    @property
    def width(self) -> float:
        return max(1.0, self._top - self._bottom if self._turn % 2 else self._right - self._left)

    @property
    def height(self) -> float:
        return max(1.0, self._right - self._left if self._turn % 2 else self._top - self._bottom)

    def turn(self, quarters: int) -> None:
        """Look at the page turned: 1 makes text upright that runs upwards, as on a page rotated by 90 degrees."""
        self._turn = quarters % 4

    def respace(self, missing: Set[int], false: Set[int]) -> None:
        """Another text: with a space before each of the `missing`, which stands for the character in front of it,
        and without the `false`. Both are indices in the text as it is now; needs `as_listed`."""
        places = [
            place
            for index in range(len(self.text))
            if index not in false
            for place in ((index - 1, index) if index in missing else (index,))
        ]
        self.text = "".join(
            " " * (index in missing) + character for index, character in enumerate(self.text) if index not in false
        )
        self._places = places

    def origin(self, index: int) -> tuple[float, float]:
        self._raw.FPDFText_GetCharOrigin(self._handle, self._listed(index), self._x, self._y)
        return self._seen(self._x.value, self._y.value)

    def box(self, index: int) -> Box:
        """As high as its font, as wide as its advance."""
        loose = self._loose
        self._raw.FPDFText_GetLooseCharBox(self._handle, self._listed(index), loose)
        return self.seen_box(loose.left, loose.bottom, loose.right, loose.top)

    def type_of(self, index: int) -> tuple[float, int]:
        """Size in points, and the quarter turns anticlockwise in which its line runs, as the page is seen now."""
        listed, matrix = self._listed(index), self._matrix
        self._raw.FPDFText_GetMatrix(self._handle, listed, matrix)
        a, b = matrix.a, matrix.b
        size = self._raw.FPDFText_GetFontSize(self._handle, listed)
        quarters = (0 if a >= 0 else 2) if abs(a) >= abs(b) else (1 if b > 0 else 3)
        return abs(size) * (matrix.c**2 + matrix.d**2) ** 0.5, (quarters - self._turn) % 4

    def font(self, index: int) -> Font:
        name = self._name
        listed = self._listed(index)
        self._raw.FPDFText_GetFontInfo(self._handle, listed, name, _NAME_BYTES, self._flags)
        known = self._fonts.get(name.value)
        if known is None:
            text = name.value.decode("latin-1")
            heavy = self._raw.FPDFText_GetFontWeight(self._handle, listed) >= _HEAVY and not text
            bold = heavy or bool(self._flags.value & _FORCE_BOLD) or _BOLD_NAME.search(text) is not None
            known = self._fonts[name.value] = Font(
                bold, _MATHEMATICAL_NAME.search(text) is not None, bool(self._flags.value & _FIXED_PITCH)
            )
        if self.text[index] not in _TEXT_IN_MATHEMATICAL_FONTS:
            self.fonts_asked += 1
            self.mathematical += known.mathematical
        return known

    def runs(self) -> list[Box]:
        """The boxes of the ink of what was drawn in one go, in the order of drawing: mostly a line or a cell each."""
        raw, handle = self._raw, self._handle
        left, top, right, bottom = (ctypes.c_double() for _ in range(4))
        boxes: list[Box] = []
        for number in range(raw.FPDFText_CountRects(handle, 0, -1)):
            raw.FPDFText_GetRect(handle, number, left, top, right, bottom)
            boxes.append(self.seen_box(left.value, bottom.value, right.value, top.value))
        return boxes

    def seen_box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the file, as a reader sees it."""
        if not self._turn:
            return Box(left - self._left, self._top - top, right - self._left, self._top - bottom)
        x0, y0 = self._seen(left, bottom)
        x1, y1 = self._seen(right, top)
        return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))

    def _listed(self, index: int) -> int:
        """pdfium keeps a list of characters and a text in UTF-16, which need not match one to one."""
        if self._places is not None:
            return self._places[index]
        if self.as_listed:
            return index
        units = index + sum(c > "\uffff" for c in self.text[:index]) if self._astral else index
        return self._raw.FPDFText_GetCharIndexFromTextIndex(self._handle, units)

    def _seen(self, x: float, y: float) -> tuple[float, float]:
        match self._turn:
            case 0:
                return x - self._left, self._top - y
            case 1:
                return y - self._bottom, x - self._left
            case 2:
                return self._right - x, y - self._bottom
            case _:
                return self._top - y, self._right - x
