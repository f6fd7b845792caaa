"""Documents exported by LibreOffice: a text with header, footer, footnotes, lists and tables, and slides."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.reading.making.blocks import (
    Block,
    Figure,
    Formula,
    Heading,
    Items,
    Paragraph,
    Table,
    read_source,
    true_text,
)
from benchmarks.reading.making.made import Made

HEAD = "Scienze della Terra – dispensa 3"
FOOT = "Liceo scientifico, anno 2024/25 – pagina"
SLIDE_FOOT = "Biologia, classe terza"

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "presentation": "presentation",
    }.items()
)
_TEXT_STYLES = """
<office:styles><style:default-style style:family="paragraph">
<style:paragraph-properties fo:text-align="justify" fo:margin-bottom="0.2cm"/>
<style:text-properties style:font-name="Liberation Serif" fo:font-size="11pt" fo:language="it" fo:country="IT"/>
</style:default-style></office:styles>
<office:automatic-styles>
<style:style style:name="h1" style:family="paragraph"><style:paragraph-properties fo:margin-top="0.6cm"
 fo:text-align="left"/><style:text-properties fo:font-size="18pt" fo:font-weight="bold"/></style:style>
<style:style style:name="h2" style:family="paragraph"><style:paragraph-properties fo:margin-top="0.4cm"
 fo:text-align="left"/><style:text-properties fo:font-size="13pt" fo:font-weight="bold"/></style:style>
<style:style style:name="cell" style:family="table-cell"><style:table-cell-properties
 fo:border="0.5pt solid #000000" fo:padding="0.1cm"/></style:style>
<style:style style:name="left" style:family="paragraph"><style:paragraph-properties fo:text-align="left"/></style:style>
<text:list-style style:name="bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">
<style:list-level-properties text:space-before="0.5cm" text:min-label-width="0.5cm"/></text:list-level-style-bullet>
</text:list-style>
<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="14.8cm" fo:page-height="21cm"
 fo:margin="1.6cm"/><style:header-style><style:header-footer-properties fo:margin-bottom="0.4cm"/></style:header-style>
<style:footer-style><style:header-footer-properties fo:margin-top="0.4cm"/></style:footer-style></style:page-layout>
</office:automatic-styles>
"""


def text(folder: Path) -> Made:
    blocks = [*read_source("idrologia.md"), *read_source("accenti.md")]
    master = (
        '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page">'
        f"<style:header><text:p>{HEAD}</text:p></style:header>"
        f"<style:footer><text:p>{FOOT} <text:page-number/></text:p></style:footer>"
        "</style:master-page></office:master-styles>"
    )
    numbers = count(1)
    body = "\n".join(_as_text(block, numbers) for block in blocks)
    _export("office-text", "text", _TEXT_STYLES + master, f"<office:text>{body}</office:text>", folder)
    return Made("office-text", "LibreOffice text", true_text(blocks))


def slides(folder: Path) -> Made:
    blocks = read_source("slide-cellula.md")
    starts = [index for index, block in enumerate(blocks) if isinstance(block, Heading)]
    groups = [blocks[start:end] for start, end in zip(starts, [*starts[1:], len(blocks)], strict=True)]
    body = "".join(_slide(group, number) for number, group in enumerate(groups, 1))
    body = f"<office:presentation>{body}</office:presentation>"
    _export("office-slides", "presentation", _SLIDE_STYLES, body, folder)
    return Made("office-slides", "LibreOffice slides", pages=tuple(true_text(group) for group in groups))


_SLIDE_STYLES = """
<office:automatic-styles>
<style:page-layout style:name="page"><style:page-layout-properties fo:page-width="28cm" fo:page-height="15.75cm"
 fo:margin="0cm" style:print-orientation="landscape"/></style:page-layout>
<style:style style:name="plain" style:family="graphic"><style:graphic-properties draw:stroke="none" draw:fill="none"
 draw:auto-grow-height="true"/></style:style>
<style:style style:name="title" style:family="paragraph"><style:text-properties fo:font-size="32pt"/></style:style>
<style:style style:name="body" style:family="paragraph"><style:text-properties fo:font-size="20pt"/></style:style>
<style:style style:name="cell" style:family="paragraph"><style:text-properties fo:font-size="15pt"/></style:style>
<style:style style:name="foot" style:family="paragraph"><style:text-properties fo:font-size="11pt"/></style:style>
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="page"/></office:master-styles>
"""


def _slide(blocks: Sequence[Block], number: int) -> str:
    """The foot is drawn first, and of four items two stand beside the other two, as slides like to have it."""
    boxes = [_box(1, 14.5, 12, 1, "foot", [SLIDE_FOOT]), _box(25, 14.5, 2, 1, "foot", [str(number)])]
    top = 3.5
    for block in blocks:
        match block:
            case Heading():
                boxes.append(_box(1.5, 1, 25, 2, "title", [block.text]))
            case Items() if len(block.texts) == 4:
                boxes.append(_box(1.5, top, 12, 8, "body", [f"• {text}" for text in block.texts[:2]]))
                boxes.append(_box(14.5, top, 12, 8, "body", [f"• {text}" for text in block.texts[2:]]))
            case Items():
                boxes.append(_box(1.5, top, 25, 6, "body", [f"• {text}" for text in block.texts]))
            case Table():
                columns = zip(*block.rows, strict=True)
                for index, column in enumerate(columns):
                    for line, cell in enumerate(column):
                        boxes.append(_box(1.5 + 8.4 * index, top + 5 + 1.3 * line, 8.2, 1.2, "cell", [cell]))
            case _:
                raise ValueError(f"A slide has no {type(block).__name__}.")
    return f'<draw:page draw:name="p{number}" draw:master-page-name="Standard">{"".join(boxes)}</draw:page>'


def _box(left: float, top: float, width: float, height: float, style: str, lines: Sequence[str]) -> str:
    place = f'svg:x="{left}cm" svg:y="{top}cm" svg:width="{width}cm" svg:height="{height}cm"'
    inside = "".join(f'<text:p text:style-name="{style}">{escape(line)}</text:p>' for line in lines)
    return f'<draw:frame draw:style-name="plain" {place}><draw:text-box>{inside}</draw:text-box></draw:frame>'


def _as_text(block: Block, numbers: count[int]) -> str:
    match block:
        case Heading():
            level = block.level
            return f'<text:h text:style-name="h{level}" text:outline-level="{level}">{escape(block.text)}</text:h>'
        case Paragraph():
            first, *rest = block.pieces
            pairs = zip(rest[::2], rest[1::2], strict=True)
            notes = "".join(_note(note, after, next(numbers)) for note, after in pairs)
            return f"<text:p>{escape(first)}{notes}</text:p>"
        case Items():
            items = "".join(f"<text:list-item><text:p>{escape(text)}</text:p></text:list-item>" for text in block.texts)
            return f'<text:list text:style-name="bullets">{items}</text:list>'
        case Table():
            columns = f'<table:table-column table:number-columns-repeated="{len(block.rows[0])}"/>'
            rows = "".join(f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>" for row in block.rows)
            return f"<table:table>{columns}{rows}</table:table>"
        case Figure() | Formula():
            raise ValueError(f"This text has no {type(block).__name__}.")


def _note(note: str, after: str, number: int) -> str:
    return (
        f'<text:note text:id="n{number}" text:note-class="footnote"><text:note-citation>{number}</text:note-citation>'
        f"<text:note-body><text:p>{escape(note)}</text:p></text:note-body></text:note>{escape(after)}"
    )


def _cell(text: str) -> str:
    paragraph = f'<text:p text:style-name="left">{escape(text)}</text:p>'
    return f'<table:table-cell table:style-name="cell">{paragraph}</table:table-cell>'


def _export(name: str, kind: str, styles: str, body: str, folder: Path) -> None:
    suffix = {"text": "fodt", "presentation": "fodp"}[kind]
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, f"{name}.{suffix}")
        source.write_text(
            f'<?xml version="1.0" encoding="UTF-8"?><office:document {_SPACES} office:version="1.3" '
            f'office:mimetype="application/vnd.oasis.opendocument.{kind}">{styles}'
            f"<office:body>{body}</office:body></office:document>",
            encoding="utf-8",
        )
        command = ["soffice", f"-env:UserInstallation=file://{scratch}/profile", "--headless", "--convert-to", "pdf"]
        subprocess.run([*command, "--outdir", str(folder), str(source)], capture_output=True, check=True, timeout=180)
