"""Bytes → text, whatever wrote them; never fails, and never loses a byte.

`decode(data)` guesses; `Decoded.to_bytes()` gives exactly `data` back, so a wrong guess can be undone.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from assistant.documents.content import wide_encoding

# UTF-32's little-endian mark begins with UTF-16's: it has to be asked for first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNITS = {"utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
# The five bytes that cp1252 leaves undefined, as the control characters latin-1 makes of them, and back.
_GAPS = (0x81, 0x8D, 0x8F, 0x90, 0x9D)
_GAP_CHARACTERS = frozenset(chr(byte) for byte in _GAPS)
_GAP_ERRORS = "sunto-latin-1-gaps"

_WIDE_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_LEAST_VALID_PER_INVALID = 4
"""UTF-8 with some stray bytes in it (a paragraph pasted by an old editor) has many more good characters."""

# Accented vowels behind a small letter: with these bytes in Mac Roman, with those in cp1252.
_MAC_ACCENTS = re.compile(rb"(?<=[a-z])[\x88\x8d\x8e\x8f\x98\x9d](?![\x80-\xff])")
_CP1252_ACCENTS = re.compile(rb"(?<=[a-z])[\xe0\xe8\xe9\xec\xf2\xf9](?![\x80-\xff])")
_LEAST_MAC_ACCENTS = 5

# UTF-8 read as cp1252: a lead byte's letter, then the letters of its continuation bytes.
_CONTINUATION = "".join(
    bytes([byte]).decode("cp1252") if byte not in _GAPS else chr(byte) for byte in range(0x80, 0xC0)
)
_MOJIBAKE = re.compile(
    f"[Â-ß][{re.escape(_CONTINUATION)}]|[à-ï][{re.escape(_CONTINUATION)}]{{2}}|[ð-ô][{re.escape(_CONTINUATION)}]{{3}}"
)
_SPOKEN_OF = re.compile(r"[\"'`“”‘«(\[]")
_LEAST_MOJIBAKE = 4
_CHARACTERS_PER_MOJIBAKE = 1_000
_SPOKEN_OF_SHARE = 0.2
_MOST_REPAIRS = 3


@dataclass(frozen=True)
class Decoded:
    raw: str
    """One to one with the bytes behind the mark: bytes that fit nowhere are lone surrogates (U+DC80 to U+DCFF)."""
    encoding: str
    mark: bytes = b""
    """The byte-order mark it began with."""
    rest: bytes = b""
    """A last, incomplete character."""
    repairs: int = 0
    """How often UTF-8 had been taken for cp1252 before it was written (“perchÃ©”), and was turned back."""

    @property
    def text(self) -> str:
        """What a person reads: stray bytes as cp1252, which is what they nearly always are."""
        return _STRAY.sub(_as_cp1252, self.raw)

    def to_bytes(self) -> bytes:
        """Exactly the bytes that were decoded."""
        text = self.raw
        for _repair in range(self.repairs):
            text = _broken_again(text)
        return self.mark + _encoded(text, self.encoding) + self.rest


_STRAY = re.compile("[\udc80-\udcff]")


def _as_cp1252(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", _GAP_ERRORS)


def decode_text(data: bytes) -> str:
    return decode(data).text


def decode(data: bytes) -> Decoded:
    """By its byte-order mark; else UTF-8, UTF-16 where its null bytes show it, and at last an eight-bit encoding."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark) and (decoded := _exactly(data[len(mark) :], encoding, mark)):
            return _repaired(decoded)
    if (wide := wide_encoding(data)) and (decoded := _exactly(data, wide)):
        return decoded
    return _repaired(_exactly(data, "utf-8") or _eight_bit(data))


def _exactly(data: bytes, encoding: str, mark: bytes = b"") -> Decoded | None:
    """None where the bytes are not that encoding, or would not come out the same again."""
    whole = len(data) - len(data) % _UNITS.get(encoding, 1)
    data, rest = data[:whole], data[whole:]
    try:
        raw = data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "strict")
    except UnicodeDecodeError:
        return None
    if encoding == "utf-8" and not mark and not _mostly_utf8(data, len(_STRAY.findall(raw))):
        return None
    return Decoded(raw, encoding, mark, rest) if _encoded(raw, encoding) == data else None


def _mostly_utf8(data: bytes, strays: int) -> bool:
    return not strays or len(_WIDE_CHARACTER.findall(data)) >= _LEAST_VALID_PER_INVALID * strays


def _eight_bit(data: bytes) -> Decoded:
    """cp1252, which every Windows editor once wrote, unless the accents stand where only an old Mac puts them."""
    macs = len(_MAC_ACCENTS.findall(data))
    if macs >= _LEAST_MAC_ACCENTS and macs > 10 * len(_CP1252_ACCENTS.findall(data)):
        return Decoded(data.decode("mac_roman"), "mac_roman")
    return Decoded(data.decode("cp1252", _GAP_ERRORS), "cp1252")


def _encoded(text: str, encoding: str) -> bytes:
    return text.encode(encoding, {"utf-8": "surrogateescape", "cp1252": _GAP_ERRORS}.get(encoding, "strict"))


# --- mojibake -----------------------------------------------------------------------------------------------------


def _repaired(decoded: Decoded) -> Decoded:
    raw, repairs = decoded.raw, 0
    while repairs < _MOST_REPAIRS and (better := _repair(raw)) is not None:
        raw, repairs = better, repairs + 1
    return Decoded(raw, decoded.encoding, decoded.mark, decoded.rest, repairs)


def _repair(text: str) -> str | None:
    """The text with UTF-8 read as UTF-8; None without strong evidence that it was read as something else.

    Every character beyond ASCII has to be part of it, so a text that also writes one accent right, as one about
    such accidents does, is left alone. So is one where they are few, or stand in quotes.
    """
    hits = list(_MOJIBAKE.finditer(text))
    if len(hits) < max(_LEAST_MOJIBAKE, len(text) / _CHARACTERS_PER_MOJIBAKE):
        return None
    if sum(_is_spoken_of(text, hit) for hit in hits) > _SPOKEN_OF_SHARE * len(hits):
        return None
    try:
        better = text.encode("cp1252", _GAP_ERRORS).decode("utf-8")
    except UnicodeError:
        return None
    return better if _broken_again(better) == text else None


def _is_spoken_of(text: str, hit: re.Match[str]) -> bool:
    """Does it stand alone between quotes?"""
    before, after = text[max(0, hit.start() - 1) : hit.start()], text[hit.end() : hit.end() + 1]
    return bool(_SPOKEN_OF.match(before)) and not after.isalnum()


def _broken_again(text: str) -> str:
    return text.encode("utf-8").decode("cp1252", _GAP_ERRORS)


# --- cp1252 without gaps ------------------------------------------------------------------------------------------


def _fill_gap(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        return chr(error.object[error.start]), error.start + 1
    if isinstance(error, UnicodeEncodeError) and error.object[error.start] in _GAP_CHARACTERS:
        return bytes([ord(error.object[error.start])]), error.start + 1
    raise error


codecs.register_error(_GAP_ERRORS, _fill_gap)
