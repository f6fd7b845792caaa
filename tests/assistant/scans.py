"""Scans for tests: pages drawn from known text, as pictures in a PDF or as files of their own."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

BODY = ParagraphStyle("body", fontName="Times-Roman", fontSize=11.5, leading=15, spaceAfter=8)


def flowing(paragraphs: Sequence[str], *, columns: int = 1) -> Image.Image:
    """One page with these paragraphs, in one or two columns of equal height."""
    return drawn([Paragraph(text, BODY) for text in paragraphs], columns=columns)


def drawn(flowables: Sequence[Flowable], *, columns: int = 1, dpi: int = 200) -> Image.Image:
    """The first page of these, in gray."""
    width, height = A4
    inner = (width - 4 * cm - (columns - 1) * cm) / columns
    frames = [Frame(2 * cm + number * (inner + cm), 2 * cm, inner, height - 4 * cm) for number in range(columns)]
    file = io.BytesIO()
    template = BaseDocTemplate(file, pagesize=A4)
    template.addPageTemplates(PageTemplate(frames=frames))
    template.build(list(flowables))
    document = pypdfium2.PdfDocument(file.getvalue())
    try:
        return document[0].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def scanned(path: Path, *pages: Image.Image, dpi: int = 200) -> Path:
    """A PDF whose pages are these pictures."""
    pages[0].save(path, "PDF", resolution=dpi, save_all=True, append_images=pages[1:])
    return path


def marked(path: Path, count: int) -> Path:
    """A scan of `count` pages without text, which a program tells apart by the gray at the bottom: 10, 20, 30 …"""
    sheets = []
    for number in range(1, count + 1):
        sheet = Image.new("L", (60, 84), 10 * number)
        sheet.paste(255, (0, 0, 60, 20))
        sheets.append(sheet)
    return scanned(path, *sheets, dpi=8)
