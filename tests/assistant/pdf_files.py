"""PDF files for tests, written by hand: small, and broken or hostile in exactly one way."""

from __future__ import annotations

import io
import zlib

FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"


def show(*lines: str) -> bytes:
    """A content stream with these lines of text, from the top down."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in lines]
    body = " ".join(f"({line}) Tj 0 -14 Td" for line in escaped)
    return f"BT /F 11 Tf 72 750 Td {body} ET".encode("cp1252")


def stream(content: bytes, entries: str = "") -> bytes:
    return f"<< /Length {len(content)} {entries} >>\nstream\n".encode() + content + b"\nendstream"


def pdf(objects: dict[int, bytes | str], *, trailer: str = "") -> bytes:
    """A file of these numbered objects; 1 is the catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = {}
    for number, value in objects.items():
        places[number] = out.tell()
        out.write(f"{number} 0 obj\n".encode() + (value.encode() if isinstance(value, str) else value) + b"\nendobj\n")
    start = out.tell()
    size = max(objects) + 1
    out.write(f"xref\n0 {size}\n0000000000 65535 f \n".encode())
    for number in range(1, size):
        out.write(f"{places.get(number, 0):010d} 00000 {'n' if number in places else 'f'} \n".encode())
    out.write(f"trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n".encode())
    return out.getvalue()


def pages(*contents: bytes, resources: str = "", extra: dict[int, bytes | str] | None = None) -> bytes:
    """A file with one page for each content stream. `extra` objects are numbered from 1000."""
    objects: dict[int, bytes | str] = {1: "<< /Type /Catalog /Pages 2 0 R >>", 3: FONT}
    kids = []
    for index, content in enumerate(contents):
        page, body = 10 + 2 * index, 11 + 2 * index
        kids.append(f"{page} 0 R")
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {body} 0 R "
            f"/Resources << /Font << /F 3 0 R >> {resources} >> >>"
        )
        objects[body] = content if content.startswith(b"<<") else stream(content)
    objects[2] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    return pdf(dict(sorted((objects | (extra or {})).items())))


def simple(*texts: str) -> bytes:
    return pages(*(show(*text.split("\n")) for text in texts))


def flate_bomb(megabytes: int = 600) -> bytes:
    """A few kilobytes that unpack, twice, to this much."""
    packer = zlib.compressobj(9)
    once = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(megabytes)) + packer.flush()
    return pages(stream(zlib.compress(once, 9), "/Filter [/FlateDecode /FlateDecode]"))


def recursive_form() -> bytes:
    """A form that draws itself: pdfium runs out of memory and takes its process with it."""
    form = stream(
        b"/X Do /X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 1000 0 R >> >>"
    )
    return pages(
        show("The page before is fine and has enough words to be read."),
        show("The words on the page of the recursive form.") + b" /X Do",
        show("The page after it is fine as well, and is not lost."),
        resources="/XObject << /X 1000 0 R >>",
        extra={1000: form},
    )


def billion_laughs(levels: int = 12, width: int = 10) -> bytes:
    extra: dict[int, bytes | str] = {}
    for level in range(levels):
        inner = f"/Resources << /XObject << /X {1001 + level} 0 R >> >>" if level < levels - 1 else "/Resources << >>"
        content = b" ".join([b"/X Do"] * width) if level < levels - 1 else b"0 0 m"
        extra[1000 + level] = stream(content, f"/Type /XObject /Subtype /Form /BBox [0 0 9 9] {inner}")
    return pages(b"/X Do", resources="/XObject << /X 1000 0 R >>", extra=extra)


def page_tree_loop() -> bytes:
    return pdf({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Count 3 /Kids [2 0 R 2 0 R] >>"})


def outline_loop() -> bytes:
    text = simple("A page with an outline that bites its own tail.").replace(
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>"
    )
    objects = (
        b"4 0 obj << /First 5 0 R /Last 5 0 R >> endobj\n"
        b"5 0 obj << /Title (Loop) /Dest [10 0 R /Fit] /Next 5 0 R /First 4 0 R >> endobj\n"
    )
    return text.replace(b"xref\n", objects + b"xref\n", 1)


def nested_arrays(depth: int = 200_000) -> bytes:
    return pages(b"BT /F 11 Tf 72 750 Td " + b"[" * depth + b" (x) " + b"]" * depth + b" TJ ET")


def many_operators(count: int = 3_000_000) -> bytes:
    content = zlib.compress(b"BT /F 11 Tf " + b"(a)Tj " * count + b"ET", 9)
    return pages(stream(content, "/Filter /FlateDecode"))


def lying_count() -> bytes:
    return simple("One page.").replace(b"/Count 1", b"/Count 2147483000")


PICTURE = stream(
    b"\x80" * 16, "/Type /XObject /Subtype /Image /Width 4 /Height 4 /ColorSpace /DeviceGray /BitsPerComponent 8"
)


def image_page(cover: float = 1.0) -> bytes:
    """A page whose only content is a grey picture over this share of its height."""
    draw = f"q 595 0 0 {842 * cover} 0 0 cm /I Do Q".encode()
    return pages(draw, resources="/XObject << /I 1000 0 R >>", extra={1000: PICTURE})
