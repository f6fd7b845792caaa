"""Text from documents and models, made harmless for a terminal.

What is covered: escape sequences, control characters, characters that reorder or hide text.
What is not: Rich and Textual markup, which is harmless as long as nobody interprets it (`markup=False`).
"""

from __future__ import annotations

import re

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# ECMA-48: a string sequence (title, clipboard, hyperlink …) up to its terminator, a control sequence, or any
# other escape. A string that is never terminated must not swallow the text behind it: only its opening goes.
# The one-byte forms (U+009B …) lose only that character: they also come from misread cp1252, before real words.
_ESCAPES = re.compile(
    r"\x1b[\]PX^_][^\x07\x1b\n]{0,4096}(?:\x07|\x1b\\)"
    r"|\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]"
    r"|\x1b[ -/]{0,8}[0-~]"
)

_PLANE_ENDS = "".join(chr((plane << 16) + 0xFFFE) + chr((plane << 16) + 0xFFFF) for plane in range(1, 15))
_UNWANTED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f-\x9f"  # C0 but tab and line feed, C1
    "\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides, isolates: they reorder what is read
    "\ufeff\ufffe\uffff\ufdd0-\ufdef" + _PLANE_ENDS + "\ud800-\udfff"  # byte-order marks, noncharacters, surrogates
    "\U000e0000-\U000e007f"  # tags: invisible copies of ASCII
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use
    "]+"
)

# Everything else of the first plane, as one table: a page that is nothing but this, and most are, takes a tenth of the
# time that looking for the unwanted takes.
_WANTED = re.compile("[\t\n -~\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd]*")


def printable(text: str) -> str:
    """The text without anything that could act on a terminal instead of being seen there.

    Tabs and line feeds stay; other line ends become line feeds. Nothing else is normalised (NFC, ligatures …).
    """
    if _WANTED.fullmatch(text):
        return text
    text = _LINE_ENDS.sub("\n", text)
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    return _UNWANTED.sub("", text)


def one_line(text: str) -> str:
    """The same, as it can stand in a line: names and titles may hold line ends and runs of spaces."""
    return " ".join(printable(text).split())
