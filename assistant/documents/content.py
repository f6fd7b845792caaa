"""What a file really is, from its first bytes, whatever its name says."""

from __future__ import annotations

import re

HEAD_BYTES = 64 << 10
"""How much of a file is looked at. A PDF may have some junk in front of its header."""

_HTML = re.compile(rb"\s*(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_SIGNATURES = (
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "office"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"{\\rtf", "rtf"),
)
_NULL_SHARE = 0.01
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf")


def looks_like(head: bytes) -> str:
    """`"pdf"`, `"html"`, `"zip"`, `"office"`, `"image"`, `"rtf"`, `"binary"` or `"text"`."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"%PDF-"):
        return "pdf"
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "html"
    # A text file damaged by a crash may hold some null bytes; a binary one is full of them.
    if head.count(0) > _NULL_SHARE * len(head) and not head.startswith(_BYTE_ORDER_MARKS):
        return "binary"
    return "text"
