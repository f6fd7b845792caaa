"""A PDF to print or to read on a phone: fonts embedded, notes at the end with links there and back.

Formulas stand as their LaTeX: reportlab draws none.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from assistant.export.study_text import Block, Run, StudyText, study_text
from assistant.i18n import _

_FONTS = Path(__file__).parent / "fonts"
_FAMILY = {
    "SuntoSans": "DejaVuSans.ttf",
    "SuntoSans-Bold": "DejaVuSans-Bold.ttf",
    "SuntoSans-Oblique": "DejaVuSans-Oblique.ttf",
}
MISSING_GLYPH = "\ufffd"
"""For what the fonts do not have (they have Latin, Greek, Cyrillic and the signs of mathematics)."""


def write(result: Mapping[str, Any]) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.platypus import SimpleDocTemplate

    _register_fonts()
    text = study_text(result)
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        leftMargin=24 * mm,
        rightMargin=24 * mm,
        topMargin=22 * mm,
        bottomMargin=20 * mm,
        title=_drawable(text.title),
        author="",
        creator="Sunto",
        lang=text.language or None,
    )
    document.build(list(_story(text)), onFirstPage=_page_number, onLaterPages=_page_number)
    return file.getvalue()


def _story(text: StudyText) -> Iterator[Any]:
    from reportlab.platypus import HRFlowable, Paragraph, Spacer

    styles = _styles()
    yield Paragraph(_markup(Run(text.title)), styles["title"])
    seen: set[int] = set()
    for block, after in zip_longest(text.blocks, text.blocks[1:]):
        for flowable in _block(block, styles, seen):
            if _introduces(block, after):
                flowable.keepWithNext = 1
            yield flowable
    if text.notes or text.about:
        yield Spacer(1, 14)
        yield HRFlowable(width="100%", thickness=0.5)
    for note in text.notes:
        back = f'<a href="#at-{note.number}">{note.number}</a>' if note.number in seen else str(note.number)
        words = f'<a name="note-{note.number}"/>{back}&#160; {_markup(Run(f"{note.mark} {note.text}"))}'
        yield Paragraph(words, styles["note"])
    for line in text.about:
        yield Paragraph(_markup(Run(line, italic=True)), styles["note"])


def _introduces(block: Block, after: Block | None) -> bool:
    """Whether it is a question and what comes after its answer, which may not be left to the next page alone."""
    return block.kind == "item" and bool(block.number) and after is not None and after.level > block.level


def _block(block: Block, styles: Mapping[str, Any], seen: set[int]) -> Iterator[Any]:
    from reportlab.platypus import Paragraph, XPreformatted

    if block.kind == "table":
        yield from _table(block.rows, styles, seen)
        return
    words = _inner(block.runs, seen)
    match block.kind:
        case "heading":
            yield Paragraph(words, styles[f"heading{min(block.level, 3)}"])
        case "item":
            yield Paragraph(words, _indented(styles["item"], block.level), bulletText=_bullet(block))
        case "code":
            yield XPreformatted(words, styles["code"])
        case "quote":
            yield Paragraph(words, styles["quote"])
        case _:
            yield Paragraph(words, styles["text"])


def _bullet(block: Block) -> str:
    return f"{block.number}." if block.number else "•"


def _indented(style: Any, level: int) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        f"item{level}", style, leftIndent=style.leftIndent + 14 * level, bulletIndent=style.bulletIndent + 14 * level
    )


def _table(rows: Sequence[Sequence[Sequence[Run]]], styles: Mapping[str, Any], seen: set[int]) -> Iterator[Any]:
    from reportlab.lib import colors
    from reportlab.platypus import Paragraph, Table, TableStyle

    width = max((len(row) for row in rows), default=0)
    if not width:
        return
    cells = [
        [Paragraph(_inner(runs, seen), styles["cell"]) for runs in (*row, *[()] * (width - len(row)))] for row in rows
    ]
    grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.4, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")])
    yield Table(cells, style=grid, repeatRows=1, spaceBefore=4, spaceAfter=8)


def _inner(runs: Sequence[Run], seen: set[int]) -> str:
    """reportlab's own markup. `seen` are the notes that were referred to: the first reference is what links go to."""
    pieces: list[str] = []
    for run in runs:
        if not run.note:
            pieces.append(_markup(run))
            continue
        anchor = "" if run.note in seen else f'<a name="at-{run.note}"/>'
        seen.add(run.note)
        pieces.append(f'{anchor}<super><a href="#note-{run.note}">{run.note}</a></super>')
    return "".join(pieces)


def _markup(run: Run) -> str:
    text = escape(_drawable(run.text))
    if not run.code:
        text = text.replace("\n", "<br/>")
    if run.bold:
        text = f"<b>{text}</b>"
    return f"<i>{text}</i>" if run.italic or run.formula else text


def _page_number(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont("SuntoSans", 8)
    canvas.drawCentredString(document.pagesize[0] / 2, 28, _("Page {number}").format(number=document.page))
    canvas.restoreState()


@cache
def _register_fonts() -> None:
    from reportlab.lib.fonts import addMapping
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    for name, file in _FAMILY.items():
        registerFont(TTFont(name, str(_FONTS / file)))
    addMapping("SuntoSans", 0, 0, "SuntoSans")
    addMapping("SuntoSans", 1, 0, "SuntoSans-Bold")
    addMapping("SuntoSans", 0, 1, "SuntoSans-Oblique")
    addMapping("SuntoSans", 1, 1, "SuntoSans-Bold")


@cache
def _drawn_characters() -> frozenset[int]:
    from reportlab.pdfbase.pdfmetrics import getFont

    _register_fonts()
    font: Any = getFont("SuntoSans")
    return frozenset(font.face.charToGlyph)


def _drawable(text: str) -> str:
    drawn = _drawn_characters()
    return "".join(c if ord(c) in drawn or c in "\t\n" else MISSING_GLYPH for c in text)


@cache
def _styles() -> dict[str, Any]:
    from reportlab.lib.styles import ParagraphStyle

    text = ParagraphStyle(
        "text", fontName="SuntoSans", fontSize=10, leading=14.5, spaceAfter=6, linkUnderline=0, splitLongWords=1
    )

    def style(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, text, **changes)

    return {
        "text": text,
        "title": style("title", fontName="SuntoSans-Bold", fontSize=17, leading=22, spaceAfter=12),
        "heading1": style(
            "heading1", fontName="SuntoSans-Bold", fontSize=14, leading=18, spaceBefore=8, keepWithNext=1
        ),
        "heading2": style(
            "heading2", fontName="SuntoSans-Bold", fontSize=12, leading=16, spaceBefore=6, keepWithNext=1
        ),
        "heading3": style("heading3", fontName="SuntoSans-Bold", fontSize=10.5, spaceBefore=4, keepWithNext=1),
        "item": style("item", leftIndent=16, bulletIndent=4, spaceAfter=3),
        "quote": style("quote", leftIndent=16, rightIndent=16, textColor="#444444"),
        "code": style("code", fontSize=9, leading=12, leftIndent=10),
        "cell": style("cell", fontSize=9, leading=12, spaceAfter=0),
        "note": style("note", fontSize=7.5, leading=10.5, spaceAfter=2, spaceBefore=1),
    }
