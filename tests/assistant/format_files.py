"""Office files and e-books made by hand, so that a test can say exactly what is in them; and a way to read them."""

from __future__ import annotations

import importlib
import io
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from assistant.documents.child.limits import LIMITS, Limits
from assistant.documents.child.messages import OutlineEntry, PageRead, Structure
from assistant.documents.formats.draft import Draft
from assistant.documents.formats.reading import RECURSION_LIMIT
from assistant.documents.model import Engine

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WORD_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ODF_NAMESPACES = (
    " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}"'
        for prefix, name in (
            ("office", "office:1.0"),
            ("text", "text:1.0"),
            ("table", "table:1.0"),
            ("style", "style:1.0"),
            ("fo", "xsl-fo-compatible:1.0"),
            ("draw", "drawing:1.0"),
            ("manifest", "manifest:1.0"),
        )
    )
    + ' xmlns:xlink="http://www.w3.org/1999/xlink"'
)


def zipped(members: Mapping[str, str | bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def relationships(targets: Mapping[str, str]) -> str:
    """Kind → target; the kind is the id as well."""
    entries = "".join(
        f'<Relationship Id="{kind}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f'<Relationships xmlns="{_RELATIONSHIPS}">{entries}</Relationships>'


def docx(body: str, **parts: str) -> bytes:
    """`body` is what stands in w:body; `parts` are styles, numbering, footnotes and endnotes without their roots."""
    members: dict[str, str | bytes] = {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": relationships({"officeDocument": "word/document.xml"}),
        "word/document.xml": f"<w:document {WORD_NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": relationships({name: f"{name}.xml" for name in parts}),
    }
    for name, inside in parts.items():
        members[f"word/{name}.xml"] = f"<w:{name} {WORD_NAMESPACES}>{inside}</w:{name}>"
    return zipped(members)


def paragraph(*runs: str, properties: str = "") -> str:
    """Runs are text, or XML that begins with `<`."""
    inside = "".join(
        run if run.startswith("<") else f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{inside}</w:p>"


def odt(text: str, *, styles: str = "", **members: str) -> bytes:
    """`text` is what stands in office:text, `styles` in the automatic styles."""
    content = (
        f"<office:document-content {ODF_NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{text}</office:text></office:body></office:document-content>"
    )
    return zipped(
        {"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **members},
        compression=zipfile.ZIP_STORED,
    )


def epub(parts: Mapping[str, str], *, nav: str = "", ncx: str = "", **members: str) -> bytes:
    """`parts`: file name → what stands in the body, in the order of the spine."""
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in parts)
    items += '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>' if nav else ""
    items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>' if ncx else ""
    spine = "".join(f'<itemref idref="{name}"/>' for name in parts)
    files: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
        ),
        "OEBPS/book.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
            "<dc:title>Il libro</dc:title><dc:creator>Ada</dc:creator><dc:creator>Bo</dc:creator></metadata>"
            f'<manifest>{items}</manifest><spine toc="ncx">{spine}</spine></package>'
        ),
    }
    for name, body in parts.items():
        files[f"OEBPS/{name}"] = (
            f'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">'
            f"<head><title>{name}</title></head><body>{body}</body></html>"
        )
    if nav:
        files["OEBPS/nav.xhtml"] = (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
            f"<body>{nav}</body></html>"
        )
    if ncx:
        files["OEBPS/toc.ncx"] = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{ncx}</navMap></ncx>'
    return zipped(files | members, compression=zipfile.ZIP_STORED)


@dataclass(frozen=True)
class Read:
    """What a format's reader said, put together."""

    pages: list[str]
    labels: tuple[str, ...]
    outline: tuple[OutlineEntry, ...]
    metadata: dict[str, str]
    warnings: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    @property
    def text(self) -> str:
        return "\n\f\n".join(self.pages)

    @property
    def sections(self) -> list[tuple[str, int, int]]:
        return [(entry.title, entry.level, entry.page) for entry in self.outline]


def read_here(folder: Path, engine: str, data: bytes | str, limits: Limits = LIMITS) -> Read:
    """With the format's reader in this process, which is much faster than starting a child for each example."""
    path = folder / f"file.{engine}"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    draft = Draft(cast(Engine, engine), limits)
    sys.setrecursionlimit(RECURSION_LIMIT)
    importlib.import_module(f"assistant.documents.formats.{engine}").read(path, draft)
    messages = list(draft.messages())
    pages = [message for message in messages if isinstance(message, PageRead)]
    structure = next(message for message in messages if isinstance(message, Structure))
    for title, _level, index, offset in structure.outline:
        assert 0 <= offset <= len(pages[index].text), title
    return Read(
        [page.text for page in pages],
        structure.labels,
        structure.outline,
        structure.metadata,
        [page.warnings for page in pages],
    )
