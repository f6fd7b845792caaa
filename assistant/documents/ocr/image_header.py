"""Format and size of an image, from its header: known before anybody unpacks it. Reads a few hundred bytes.

PNG (ISO 15948), JPEG (ITU T.81), TIFF 6.0, WebP (RFC 9649), BMP.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

PICTURES = (".png", ".jpg", ".jpeg", ".tiff", ".tif", ".webp", ".bmp")
"""The endings of such files."""
_JPEG_SEGMENTS = 1_000
_JPEG_NO_SIZE = frozenset({0xC4, 0xC8, 0xCC})
"""Among the markers SOF0 to SOF15, those that are something else."""
_TIFF_PAGES = 1_000
_TIFF_FIELDS = 1_000
_TIFF_FORMATS = {3: "H", 4: "I"}
"""Field types SHORT and LONG, in the letters of `struct`."""


@dataclass(frozen=True)
class ImageHeader:
    kind: str
    """`PNG`, `JPEG`, `TIFF`, `WebP`, `BMP`."""
    sizes: tuple[tuple[int, int], ...]
    """(width, height) in pixels of each page: only a TIFF has more than one."""

    @property
    def pixels(self) -> int:
        """Of the largest page."""
        return max(width * height for width, height in self.sizes)


def read_image_header(file: BinaryIO) -> ImageHeader | None:
    """None for anything that is not an image of these kinds with a size. Raises OSError."""
    file.seek(0)
    start = file.read(32)
    for kind, matches, sizes in _FORMATS:
        if matches(start):
            try:
                found = tuple(sizes(file, start))
            except struct.error:  # cut off within its header
                return None
            return ImageHeader(kind, found) if found and all(w > 0 and h > 0 for w, h in found) else None
    return None


def _png(_file: BinaryIO, start: bytes) -> list[tuple[int, int]]:
    return [struct.unpack_from(">II", start, 16)]


def _bmp(_file: BinaryIO, start: bytes) -> list[tuple[int, int]]:
    (header_bytes,) = struct.unpack_from("<I", start, 14)
    if header_bytes == 12:
        return [struct.unpack_from("<HH", start, 18)]
    width, height = struct.unpack_from("<ii", start, 18)
    return [(width, abs(height))]  # negative: the first row is the top one


def _webp(_file: BinaryIO, start: bytes) -> list[tuple[int, int]]:
    chunk = start[12:16]
    if chunk == b"VP8X":
        width, height = int.from_bytes(start[24:27], "little"), int.from_bytes(start[27:30], "little")
        return [(width + 1, height + 1)]
    if chunk == b"VP8L":
        (bits,) = struct.unpack_from("<I", start, 21)
        return [((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)]
    if chunk == b"VP8 ":
        width, height = struct.unpack_from("<HH", start, 26)
        return [(width & 0x3FFF, height & 0x3FFF)]
    return []


def _jpeg(file: BinaryIO, _start: bytes) -> list[tuple[int, int]]:
    """The size is in the first frame header, behind metadata that may hold a preview of any size."""
    file.seek(2)
    for _ in range(_JPEG_SEGMENTS):
        (prefix, marker) = struct.unpack(">BB", file.read(2))
        while marker == 0xFF:  # fill bytes
            (marker,) = struct.unpack(">B", file.read(1))
        if prefix != 0xFF:
            return []
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:  # markers without a length
            continue
        (length,) = struct.unpack(">H", file.read(2))
        if 0xC0 <= marker <= 0xCF and marker not in _JPEG_NO_SIZE:
            height, width = struct.unpack(">xHH", file.read(5))
            return [(width, height)]
        if marker in (0xD9, 0xDA) or length < 2:  # the picture itself begins, and no size was given
            return []
        file.seek(length - 2, 1)
    return []


def _tiff(file: BinaryIO, start: bytes) -> list[tuple[int, int]]:
    order = "<" if start[:2] == b"II" else ">"
    (place,) = struct.unpack_from(order + "I", start, 4)
    sizes: list[tuple[int, int]] = []
    seen: set[int] = set()
    while place and place not in seen and len(sizes) < _TIFF_PAGES:
        seen.add(place)
        size, place = _tiff_page(file, order, place)
        sizes.append(size)
    return sizes


def _tiff_page(file: BinaryIO, order: str, place: int) -> tuple[tuple[int, int], int]:
    """The size of the page whose directory is at `place`, and where the next directory is; 0 behind the last."""
    file.seek(place)
    (count,) = struct.unpack(order + "H", file.read(2))
    width = height = 0
    for _ in range(min(count, _TIFF_FIELDS)):
        entry = file.read(12)
        tag, kind = struct.unpack_from(order + "HH", entry)
        if tag in (256, 257) and kind in _TIFF_FORMATS:
            (value,) = struct.unpack_from(order + _TIFF_FORMATS[kind], entry, 8)
            width, height = (value, height) if tag == 256 else (width, value)
    file.seek(place + 2 + 12 * count)
    (following,) = struct.unpack(order + "I", file.read(4))
    return (width, height), following


_FORMATS: tuple[tuple[str, Callable[[bytes], bool], Callable[[BinaryIO, bytes], list[tuple[int, int]]]], ...] = (
    ("PNG", lambda start: start.startswith(b"\x89PNG\r\n\x1a\n") and start[12:16] == b"IHDR", _png),
    ("JPEG", lambda start: start.startswith(b"\xff\xd8\xff"), _jpeg),
    ("TIFF", lambda start: start.startswith((b"II*\0", b"MM\0*")), _tiff),
    ("WebP", lambda start: start.startswith(b"RIFF") and start[8:12] == b"WEBP", _webp),
    ("BMP", lambda start: start.startswith(b"BM"), _bmp),
)
