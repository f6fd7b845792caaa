"""What a file really is, from its first and last bytes, whatever its name says.

Nothing is unpacked here: this runs in our own process, and the file may be anybody's.
"""

from __future__ import annotations

import re
from typing import Literal

HEAD_BYTES = 64 << 10
"""How much of a file's beginning is looked at. A PDF may have some junk in front of its header."""
TAIL_BYTES = 256 << 10
"""And of its end, where a zip archive lists its members."""

Kind = Literal[
    "text", "html", "ipynb", "pdf", "docx", "pptx", "odt", "epub",
    "xlsx", "ods", "odp", "iwork", "zip", "archive",
    "locked-office", "doc", "ppt", "xls", "office", "rtf",
    "png", "jpeg", "gif", "tiff", "bmp", "webp", "heic", "jp2",
    "djvu", "postscript", "program", "media", "database", "binary",
]  # fmt: skip
"""`zip` is an archive of something else, `office` an old Office file of some other kind, `binary` anything unknown."""

_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"\x00\x00\x00\x0cjP  ", "jp2"),
    (b"{\\rtf", "rtf"),
    (b"AT&TFORM", "djvu"),
    (b"%!PS", "postscript"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!\x1a\x07", "archive"),
    (b"\x1f\x8b\x08", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\x00", "archive"),
    (b"\x28\xb5\x2f\xfd", "archive"),
    (b"\x7fELF", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"ID3", "media"),
    (b"OggS", "media"),
    (b"fLaC", "media"),
    (b"\x1a\x45\xdf\xa3", "media"),
    (b"SQLite format 3\x00", "database"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_NOTEBOOK = re.compile(rb'\s*\{\s*"(?:cells|metadata|worksheets)"\s*:')
_ODF_TYPES: tuple[tuple[bytes, Kind], ...] = (
    (b"application/epub+zip", "epub"),
    (b"application/vnd.oasis.opendocument.text", "odt"),
    (b"application/vnd.oasis.opendocument.spreadsheet", "ods"),
    (b"application/vnd.oasis.opendocument.presentation", "odp"),
)
_MEMBERS: tuple[tuple[bytes, Kind], ...] = (
    (b"word/document", "docx"),
    (b"ppt/presentation", "pptx"),
    (b"xl/workbook", "xlsx"),
    (b"META-INF/container.xml", "epub"),
    (b".iwa", "iwork"),
)
_OLE_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("EncryptedPackage", "locked-office"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)

_NULL_SHARE = 0.01
_CONTROL_SHARE = 0.04
_FEW_CONTROLS = 8
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\v\f\r\x1b") + b"\x7f"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff", b"\xef\xbb\xbf")


def looks_like(head: bytes, tail: bytes = b"") -> Kind:
    """From the first HEAD_BYTES and the last TAIL_BYTES of a file."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(head, tail)
    if head.startswith(_OLE):
        return _kind_of_ole(head, tail)
    return _kind_of_container(head) or _kind_of_text(head)


def _kind_of_zip(head: bytes, tail: bytes) -> Kind:
    # OpenDocument and EPUB say what they are in their first member, which is not compressed.
    if head[30:38] == b"mimetype":
        for name, kind in _ODF_TYPES:
            if head.startswith(name, 38):
                return kind
    for name, kind in _MEMBERS:
        if name in tail or name in head:
            return kind
    return "zip"


def _kind_of_ole(head: bytes, tail: bytes) -> Kind:
    for name, kind in _OLE_STREAMS:
        entry = name.encode("utf-16-le") + b"\0\0"
        if entry in head or entry in tail:
            return kind
    return "office"


def _kind_of_container(head: bytes) -> Kind | None:
    if head[:4] == b"RIFF":
        return "webp" if head[8:12] == b"WEBP" else "media"
    if head[4:8] == b"ftyp":
        return "heic" if head[8:12] in (b"heic", b"heix", b"mif1") else "media"
    if head[:2] == b"MZ" and b"\0" in head[:128]:
        return "program"
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0":
        return "bmp"
    return None


def _kind_of_text(head: bytes) -> Kind:
    if head.startswith(_BYTE_ORDER_MARKS[:3]) or (not head.startswith(_BYTE_ORDER_MARKS) and wide_encoding(head)):
        return "text"
    # A text file damaged by a crash may hold some null bytes; a binary one is full of them. In one that is packed
    # or scrambled they are few, but every tenth byte is some control character.
    if head.count(0) > _NULL_SHARE * len(head) or _controls(head) > _FEW_CONTROLS + _CONTROL_SHARE * len(head):
        return "binary"
    text = head.removeprefix(b"\xef\xbb\xbf")
    if _HTML.match(text):
        return "html"
    return "ipynb" if _NOTEBOOK.match(text) and b'"cell_type"' in head else "text"


def _controls(data: bytes) -> int:
    return len(data) - len(data.translate(None, _CONTROLS))


def wide_encoding(data: bytes) -> str:
    """`"utf-16-le"` or `"utf-16-be"` for text without a byte-order mark that shows its null bytes; else "".

    In European text nearly every second byte is null, and always on the same side.
    """
    pairs = len(data) // 2
    if pairs < 4:
        return ""
    even, odd = data[: 2 * pairs : 2].count(0), data[1 : 2 * pairs : 2].count(0)
    for encoding, nulls, others in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if nulls >= 0.7 * pairs and others <= 0.002 * pairs:
            return encoding
    return ""
