"""A real file → a damaged one, the same for the same seed.

Half of what goes wrong with a file goes wrong inside its containers, where random bytes on the outside never reach:
zip members are damaged and packed again with right checksums, PDF streams are unpacked, damaged and packed again.
"""

from __future__ import annotations

import contextlib
import io
import random
import re
import zipfile
import zlib
from collections.abc import Callable

MAX_BYTES = 4 << 20
"""A mutant is cut to this, so that doubling stays cheap."""
_MEMBER_BYTES = 2 << 20
_CUT_OFF_SHARE = 0.1
"""Of the files. More would hide the rest: hardly any program reads half a PDF."""

_NUMBERS = (b"0", b"-1", b"1", b"255", b"65536", b"2147483647", b"-2147483648", b"4294967296", b"99999999999999999999")
_NUMBER = re.compile(rb"\d{1,10}")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_TOKENS = (
    # PDF
    b"/Type /Pages",
    b"/Kids [1 0 R]",
    b"/Filter [/FlateDecode /FlateDecode]",
    b"endobj",
    b"xref",
    b"1 0 R",
    b"/Encrypt",
    b"/Contents 1 0 R",
    b" BT ",
    b" ET ",
    b" q " * 500,
    b"[" * 2000,
    b"(" * 2000,
    b"<<" * 1000,
    b"/Rotate 37",
    # XML and HTML
    b"<w:p>" * 500,
    b"<div>" * 3000,
    b"</",
    b"<![CDATA[",
    b'<!DOCTYPE a [<!ENTITY b "c">]>&b;',
    b"&#0;",
    b"&#xD800;",
    b"&lt" * 300,
    # notebooks, TeX, reStructuredText, Markdown, tables
    b'{"cells":' * 500,
    b"\\begin{itemize}" * 300,
    b"\\" * 500,
    b"{" * 2000,
    b".. include:: /etc/passwd\n",
    b"> " * 1000,
    b"`" * 999,
    b'"' * 501,
    b";" * 3000,
    # text
    b"\x1b[2J\x1b]0;x\x07",
    b"\x00" * 64,
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xe2\x80\xae",
    b"\xed\xa0\x80",
    b"\xc3\x83\xc2\xa8" * 40,
    b"\r",
    b"\n" * 3000,
    b"\f" * 300,
    b"\xcc\x81" * 3000,
)

_Edit = Callable[[bytearray, random.Random], None]


def mutate(data: bytes, rng: random.Random) -> bytes:
    """A damaged copy of at most `MAX_BYTES` bytes, never empty."""
    for inside, share in ((_inside_zip, 0.75), (_inside_pdf, 0.5)):
        if rng.random() < share and (changed := inside(data, rng)) is not None:
            return changed[:MAX_BYTES]
    return _damaged(data, rng)[:MAX_BYTES] or b"\0"


def _damaged(data: bytes, rng: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 6))):
        rng.choice(_EDITS)(changed, rng)
    if rng.random() < _CUT_OFF_SHARE:
        del changed[_place(changed, rng) :]
    return bytes(changed)


def _inside_zip(data: bytes, rng: random.Random) -> bytes | None:
    """One or two members damaged, everything packed again; None when it is not a zip."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(item, archive.read(item)[:_MEMBER_BYTES]) for item in archive.infolist()]
    except (zipfile.BadZipFile, RuntimeError, zlib.error, NotImplementedError, EOFError):
        return None
    targets = {rng.randrange(len(members)) for _ in range(rng.choice((1, 1, 2)))} if members else set[int]()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for position, (item, content) in enumerate(members):
            if position not in targets:
                archive.writestr(item.filename, content)
            elif rng.random() < 0.9:  # otherwise it is missing
                name = rng.choice(("../../" + item.filename, "/" + item.filename, item.filename * 3))
                archive.writestr(name if rng.random() < 0.05 else item.filename, _damaged(content, rng))
    return packed.getvalue()


def _inside_pdf(data: bytes, rng: random.Random) -> bytes | None:
    """One stream unpacked, damaged and packed again; None when there is none."""
    streams = [match for match in _STREAM.finditer(data) if match[1].startswith((b"x\x9c", b"x\xda", b"x^", b"x\x01"))]
    if not data[:1024].count(b"%PDF-") or not streams:
        return None
    chosen = rng.choice(streams)
    with contextlib.suppress(zlib.error):
        content = zlib.decompressobj().decompress(chosen[1], _MEMBER_BYTES)
        return data[: chosen.start(1)] + zlib.compress(_damaged(content, rng)) + data[chosen.end(1) :]
    return None


# --- single edits -----------------------------------------------------------------------------------------------


def _place(data: bytearray, rng: random.Random) -> int:
    return rng.randrange(len(data) + 1)


def _flip_bits(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 3, 30))):
        if data:
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _set_bytes(data: bytearray, rng: random.Random) -> None:
    start = _place(data, rng)
    length = rng.choice((1, 4, 100, 2000))
    data[start : start + length] = rng.randbytes(min(length, max(0, len(data) - start)))


def _cut_out(data: bytearray, rng: random.Random) -> None:
    start = _place(data, rng)
    del data[start : start + rng.choice((1, 10, 500, 20_000))]


def _repeat(data: bytearray, rng: random.Random) -> None:
    start = _place(data, rng)
    piece = bytes(data[start : start + rng.choice((5, 300, 5000))])
    data[start:start] = piece * rng.choice((1, 2, 50))


def _move(data: bytearray, rng: random.Random) -> None:
    start, length = _place(data, rng), rng.choice((10, 1000, 20_000))
    piece = bytes(data[start : start + length])
    del data[start : start + length]
    to = _place(data, rng)
    data[to:to] = piece


def _put_token(data: bytearray, rng: random.Random) -> None:
    start = _place(data, rng)
    data[start:start] = rng.choice(_TOKENS)


def _change_numbers(data: bytearray, rng: random.Random) -> None:
    """As lengths, offsets, counts and references are numbers, this goes deeper than noise."""
    start = _place(data, rng)
    count = rng.choice((1, 3, 20))
    data[start:] = _NUMBER.sub(lambda _: rng.choice(_NUMBERS), bytes(data[start:]), count=count)


_EDITS: tuple[_Edit, ...] = (
    _flip_bits, _flip_bits, _set_bytes, _cut_out, _repeat, _move, _put_token, _put_token, _change_numbers,
)  # fmt: skip
