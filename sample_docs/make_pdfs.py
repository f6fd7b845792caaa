"""Make the sample PDFs from the texts in `sources/`: `python sample_docs/make_pdfs.py [FOLDER]`.

Needs reportlab (in the extra `test`). The same input gives the same text, and with the same versions the same bytes.
"""

from __future__ import annotations

import io
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph

HERE = Path(__file__).parent
PASSWORD = "sunto"
AUTHOR = "The Sunto project"
MARGIN = 2.5 * cm

BODY = ParagraphStyle(
    "body", fontName="Times-Roman", fontSize=11.5, leading=15, spaceAfter=8, alignment=TA_JUSTIFY, allowWidows=0
)
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=26, spaceAfter=14)
HEADING = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", fontSize=13.5, leading=18, spaceBefore=8, spaceAfter=6, keepWithNext=1
)
NARROW_BODY = ParagraphStyle("narrow", parent=BODY, fontSize=10, leading=12.5, spaceAfter=5)
NARROW_HEADING = ParagraphStyle("narrow-heading", parent=HEADING, fontSize=11.5, leading=15)


class Outlined(Paragraph):
    """A heading that also stands in the PDF's outline."""

    def __init__(self, text: str, style: ParagraphStyle, level: int) -> None:
        super().__init__(text, style)
        self.entry = (text, level)

    def draw(self) -> None:
        text, level = self.entry
        key = f"{level}:{text}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level)
        super().draw()


def story(source: str, body: ParagraphStyle = BODY, heading: ParagraphStyle = HEADING) -> list[Flowable]:
    """The paragraphs and headings of a text in `sources/`."""
    flowables: list[Flowable] = []
    for block in _blocks(source):
        if block.startswith("## "):
            flowables.append(Outlined(block[3:], heading, 1))
        elif block.startswith("# "):
            flowables.append(Outlined(block[2:], TITLE, 0))
        else:
            flowables.append(Paragraph(_soft_hyphens(block) if body is NARROW_BODY else block, body))
    return flowables


def make_photosynthesis(path: Path) -> None:
    """Three pages of a course reader, which it numbers from 41: headings, outline, running head, page labels."""

    def decorate(canvas: Canvas, template: BaseDocTemplate) -> None:
        if template.page == 1:
            canvas.addPageLabel(0, style="ARABIC", start=41)
        canvas.setFont("Helvetica", 9)
        canvas.drawString(MARGIN, A4[1] - 1.5 * cm, "Biology reader, chapter 4")
        canvas.drawCentredString(A4[0] / 2, 1.3 * cm, str(40 + template.page))

    _build(path, "Photosynthesis", story("photosynthesis.md"), _columns(1), decorate)


def make_two_columns(path: Path) -> None:
    """Two narrow justified columns in Italian, with words broken at line ends."""
    _build(path, "Domanda e offerta", story("domanda-e-offerta.md", NARROW_BODY, NARROW_HEADING), _columns(2))


def make_scan(path: Path) -> None:
    """A picture of a page and no text: what comes out of a scanner."""
    width, height = 1240, 1754  # A4 at 150 dots per inch
    picture = Image.new("L", (width, height), 250)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), 28)
    y = 160
    for block in _blocks("la-cellula.md"):
        for line in textwrap.wrap(block.removeprefix("# "), 66):
            draw.text((130, y), line, fill=20, font=font)
            y += 46
        y += 34
    picture = picture.rotate(0.6, fillcolor=250, resample=Image.Resampling.BICUBIC)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=40)
    jpeg.seek(0)
    canvas = Canvas(str(path), pagesize=A4, invariant=1)
    canvas.setTitle("La cellula")
    canvas.drawImage(ImageReader(jpeg), 0, 0, *A4)
    canvas.showPage()
    canvas.save()


def make_encrypted(path: Path) -> None:
    """Opens with the password `sunto`."""
    lock = StandardEncryption(PASSWORD, ownerPassword="the owner's own", strength=128)
    _build(path, "How DNA is copied", story("dna.md"), _columns(1), encrypt=lock)


def make_damaged(path: Path) -> None:
    """The first 2,000 bytes of a PDF, as after a download that broke off."""
    whole = io.BytesIO()
    _build(whole, "How DNA is copied", story("dna.md"), _columns(1))
    path.write_bytes(whole.getvalue()[:2000])


SAMPLES: dict[str, Callable[[Path], None]] = {
    "photosynthesis.pdf": make_photosynthesis,
    "domanda-e-offerta.pdf": make_two_columns,
    "la-cellula-scansione.pdf": make_scan,
    "dna-encrypted.pdf": make_encrypted,
    "dna-damaged.pdf": make_damaged,
}


def _blocks(source: str) -> list[str]:
    return (HERE / "sources" / source).read_text(encoding="utf-8").strip().split("\n\n")


def _build(
    target: Path | io.BytesIO,
    title: str,
    flowables: list[Flowable],
    frames: list[Frame],
    decorate: Callable[[Canvas, BaseDocTemplate], None] | None = None,
    encrypt: StandardEncryption | None = None,
) -> None:
    document = BaseDocTemplate(
        str(target) if isinstance(target, Path) else target,
        pagesize=A4,
        title=title,
        author=AUTHOR,
        subject="A study text for trying Sunto",
        invariant=1,
        encrypt=encrypt,
    )
    document.addPageTemplates(PageTemplate(frames=frames, onPage=decorate or _plain_page))
    document.build(flowables)


def _plain_page(_canvas: Canvas, _template: BaseDocTemplate) -> None:
    """Nothing but the text."""


def _columns(count: int) -> list[Frame]:
    gap = 0.8 * cm
    width = (A4[0] - 2 * MARGIN - (count - 1) * gap) / count
    height = A4[1] - 2 * MARGIN
    return [
        Frame(MARGIN + number * (width + gap), MARGIN, width, height, 0, 0, 0, 0, id=f"column{number}")
        for number in range(count)
    ]


def _soft_hyphens(text: str) -> str:
    """Mark where longer Italian words may be broken: before a consonant and its vowel, as in `con-su-ma-to-ri`."""
    return " ".join(_hyphenated(word) if len(word) >= 8 and word.isalpha() else word for word in text.split(" "))


def _hyphenated(word: str) -> str:
    vowels, single = "aeiouàèéìòù", "bcdfglmnprtvz"
    parts = word[:2]
    for before, letter, after in zip(word[1:], word[2:], word[3:], strict=False):
        if letter in single and before in vowels and after in vowels:
            parts += "\u00ad"
        parts += letter
    return parts + word[-1]


def main(folder: Path) -> None:
    for name, make in SAMPLES.items():
        make(folder / name)
        print(f"{name}: {(folder / name).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
