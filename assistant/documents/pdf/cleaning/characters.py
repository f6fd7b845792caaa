"""The characters of a raw page: ligatures apart, accents on their letters, junk gone. Keeps every line end."""

from __future__ import annotations

import re
import unicodedata

from assistant.documents.pdf.cleaning.page_lines import SOFT_HYPHEN
from assistant.safe_text import printable

# By table: blanket NFKC would also turn ² into 2 and ½ into 1/2.
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "ĳ": "ij", "Ĳ": "IJ"}
_HYPHENS = dict.fromkeys("\ufffe\x02", SOFT_HYPHEN)
"""pdfium's marks for a hyphen at the end of a line, which it joins to the next."""
_DASHES = dict.fromkeys("\u2010\u2011", "-")
"""Hyphens, breaking and not: browsers print the first at line ends."""
_LINE_ENDS = dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", " ")
"""Inside a line of the child's: it has counted its lines already."""
_SPACES = dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " ")
_QUOTES = {"ʺ": '"', "ʹ": "'"}
"""Letters to Unicode, but nobody means them so."""
_ZERO_WIDTH = dict.fromkeys("\u200b\u2060", "")
_TABS = {"\t": " "}
_TABLE = _LIGATURES | _HYPHENS | _DASHES | _LINE_ENDS | _SPACES | _TABS | _QUOTES | _ZERO_WIDTH
_ODD = re.compile("[" + "".join(_TABLE) + "]")
_BULLET = re.compile(r"^[ \t]*[\x88\uf0a7\uf0a8\uf0b7\uf0d8\uf0e0\uf0fc\uf06e\uf076]+[ \t\u00a0]+", re.MULTILINE)
"""TeX's bullet and those of Wingdings and Symbol, in fonts that do not say what they show."""
_LEADER = re.compile(r" ?(?:(?:\. ?){5,}|…{2,}|_{6,}) ?")
_GLYPH_NUMBER = re.compile(r"\(cid:\d{1,9}\)")
_WIDE_SPACE = re.compile("  +")

_MARK = "[\u0300-\u0304\u0306-\u0308\u030a-\u030c\u0327\u0328]"
_ANY_MARK = re.compile(_MARK)
_DOTLESS = re.compile(f"ı(?={_MARK})")
_LONELY_MARK = re.compile(f"(?:(?<=[bcdfghlmnpqrstvz]) )?({_MARK})([AEIOUaeiou])|(?<=[A-Za-z]) ({_MARK})(?![A-Za-z])")
"""A mark behind a space belongs to the letter that follows at once ("perch ́e"), else to the one before ("citta ̀")."""

_PLAIN = re.compile("[\n -~\xa1-\u02ff\u0370-\u1fff\u2010-\u2027\u2030-\u205f\u2070-\ud7ff]*")
"""Nothing to repair and nothing to fear."""

LEADER = " …"
"""What becomes of the row of dots between a title and its page number."""
CELL_END = " | "
"""Between the cells of a row, put there by the child."""


def normalise(text: str) -> str:
    """The page's text with as many lines as before, each stripped."""
    text = _ODD.sub(_replaced, text.replace("\r\n", "\n"))
    if not _PLAIN.fullmatch(text):
        text = _composed(printable(_BULLET.sub("• ", text)))
    text = unicodedata.normalize("NFC", text)
    if "(cid:" in text:
        text = _GLYPH_NUMBER.sub("", text)
    if "  " in text:
        text = _WIDE_SPACE.sub(" ", text)
    lines = [line.strip() for line in text.split("\n")]
    if "...." in text or ". . ." in text or "……" in text or "____" in text:
        lines = [_without_leader(line) for line in lines]
    return "\n".join(lines)


def _replaced(match: re.Match[str]) -> str:
    return _TABLE[match[0]]


def _without_leader(line: str) -> str:
    """The row of dots of a table of contents becomes one sign; the child may have taken it for a cell of a table."""
    short = _LEADER.sub(f"{LEADER} ", line)
    return short if short == line else " ".join(short.replace(CELL_END, " ").split())


def _composed(text: str) -> str:
    """With the marks that stand apart from their letters on them."""
    text = unicodedata.normalize("NFC", text)
    if _ANY_MARK.search(text) is None:
        return text
    return _LONELY_MARK.sub(lambda match: (match[2] or "") + (match[1] or match[3]), _DOTLESS.sub("i", text))
