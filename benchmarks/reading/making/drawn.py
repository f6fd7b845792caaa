"""Pages drawn letter by letter with reportlab, in the orders and ways that real programs do and readers trip over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from reportlab.lib.colors import grey
from reportlab.lib.pagesizes import A5, landscape
from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from benchmarks.reading.making.blocks import Paragraph, Table, paragraphs, read_source, true_text, words_up_to
from benchmarks.reading.making.hyphens import SOFT_HYPHEN, soft_hyphens
from benchmarks.reading.making.made import Made

FONT, BOLD, SIZE, LEADING = "Times-Roman", "Times-Bold", 10.5, 13.0
MARGIN = 42.0
DEJAVU = Path("/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf")
LIGATURES = {"ffi": "ﬃ", "ffl": "ﬄ", "ff": "ﬀ", "fi": "ﬁ", "fl": "ﬂ"}
Line = tuple[str, bool]
"""Text, and whether its paragraph ends here."""


def row_by_row(folder: Path) -> Made:
    """Two columns, drawn line by line across both, as some layout programs and all scanners' text layers do."""
    texts = words_up_to(paragraphs(read_source("manzoni.md")), 1100)
    canvas, (width, height) = _canvas("drawn-rows", folder), A5
    column = (width - 2 * MARGIN - 18) / 2
    lines = list(_wrapped(texts, column, 9))
    deep = int((height - 2 * MARGIN) / 11)
    for start in range(0, len(lines), 2 * deep):
        left, right = lines[start : start + deep], lines[start + deep : start + 2 * deep]
        for row in range(deep):
            for lines_of_column, x in ((left, MARGIN), (right, MARGIN + column + 18)):
                if row < len(lines_of_column):
                    _draw(canvas, x, height - MARGIN - 11 * row, lines_of_column[row], column, 9)
        canvas.showPage()
    canvas.save()
    return Made("drawn-rows", "Drawn: columns row by row", "\n\n".join(texts) + "\n")


def bottom_up(folder: Path) -> Made:
    """One column whose last line is drawn first."""
    texts = words_up_to(paragraphs(read_source("idrologia.md")), 560)
    canvas, (width, height) = _canvas("drawn-bottom-up", folder), A5
    lines = list(_wrapped(texts, width - 2 * MARGIN, SIZE))
    deep = int((height - 2 * MARGIN) / LEADING)
    for start in range(0, len(lines), deep):
        page = lines[start : start + deep]
        for row in reversed(range(len(page))):
            _draw(canvas, MARGIN, height - MARGIN - LEADING * row, page[row], width - 2 * MARGIN, SIZE)
        canvas.showPage()
    canvas.save()
    return Made("drawn-bottom-up", "Drawn: from the bottom up", "\n\n".join(texts) + "\n")


def rotated(folder: Path) -> Made:
    """Four pages with /Rotate 0, 90, 180 and 270, all upright on the screen; the second one in two columns."""
    texts = paragraphs(read_source("idrologia.md"))
    texts += paragraphs(read_source("accenti.md"))
    canvas = _canvas("drawn-rotated", folder)
    truths: list[str] = []
    for number, angle in enumerate((0, 90, 180, 270)):
        page = texts[number * 3 : number * 3 + 3]
        width, height = landscape(A5) if angle % 180 else A5
        canvas.setPageSize((width, height))  # as seen: reportlab turns the box of a rotated page
        canvas.setPageRotation(angle)
        canvas.translate(*{0: (0, 0), 90: (A5[0], 0), 180: A5, 270: (0, A5[1])}[angle])
        canvas.rotate(angle)
        columns = 2 if angle == 90 else 1
        room = (width - 2 * MARGIN - 20 * (columns - 1)) / columns
        lines = list(_wrapped(page, room, SIZE))
        deep = -(-len(lines) // columns)
        for index, line in enumerate(lines):
            x = MARGIN + index // deep * (room + 20)
            _draw(canvas, x, height - MARGIN - LEADING * (index % deep), line, room, SIZE)
        canvas.showPage()
        truths.append("\n\n".join(page) + "\n")
    canvas.save()
    return Made("drawn-rotated", "Drawn: rotated pages", pages=tuple(truths))


def tables(folder: Path) -> Made:
    """Tables with and without rules; the second is drawn column by column."""
    blocks = read_source("idrologia.md")
    found = [block for block in blocks if isinstance(block, Table)]
    texts = paragraphs(blocks)[2:]
    canvas, (width, height) = _canvas("drawn-tables", folder), A5
    truths: list[str] = []
    for number, table in enumerate([*found, Table(GRADES)]):
        y = height - MARGIN
        for line in _wrapped(texts[number : number + 1], width - 2 * MARGIN, SIZE):
            _draw(canvas, MARGIN, y, line, width - 2 * MARGIN, SIZE)
            y -= LEADING
        _draw_table(canvas, table, y - 20, column_by_column=number == 1, rules=number != 2)
        canvas.showPage()
        truths.append(true_text([Paragraph(texts[number]), table]))
    canvas.save()
    return Made("drawn-tables", "Drawn: tables", pages=tuple(truths))


GRADES = (
    ("Studente", "Scritto", "Orale", "Laboratorio", "Media"),
    ("Aiello Chiara", "7,5", "8", "9", "8,2"),
    ("Brambilla Niccolò", "6", "6,5", "8", "6,8"),
    ("D’Amico Nicolò", "9", "8,5", "9,5", "9,0"),
    ("Però Eleonora", "5,5", "7", "7,5", "6,7"),
    ("Zanni Giosuè", "8", "7", "6", "7,0"),
)


def ligatures(folder: Path) -> Made:
    """Code points of ligatures in the text, and accents drawn as letter and combining mark."""
    texts = LIGATURE_TEXTS
    canvas, (width, height) = _canvas("drawn-ligatures", folder), A5
    registerFont(TTFont("DejaVuSerif", DEJAVU))
    y = height - MARGIN
    for text, _ends in _wrapped(texts, width - 2 * MARGIN, 9, "DejaVuSerif"):
        for letters, ligature in LIGATURES.items():
            text = text.replace(letters, ligature)
        canvas.setFont("DejaVuSerif", 9)
        canvas.drawString(MARGIN, y, text)
        y -= LEADING
    canvas.showPage()
    canvas.save()
    return Made("drawn-ligatures", "Drawn: ligatures, accents", "\n\n".join(texts) + "\n")


LIGATURE_TEXTS = [
    "L’ufficio affitti affida gli affari più difficili a un ufficiale efficace: sfoglia i fascicoli, classifica i "
    "profili, verifica le firme e fissa le scadenze. Il traffico delle raffinerie, la diffusione dei gas, l’efficienza "
    "dei filtri e le modifiche al flusso del fluido fanno parte della relazione finale.",
    "Il baffo del gufo, il soffio del vento e l’inflazione; un fiore fiammingo, una raffica, l’affluente, lo "
    "scaffale e il conflitto si scrivono con le stesse legature tipografiche: effetto, effluvio, officina, riflesso.",
    "The office staff filed the final figures after a difficult flight; the effluent first flowed off the cliff. "
    "An efficient affidavit reflects the classification of the conflicting findings, and suffices.",
]


def across_pages(folder: Path) -> Made:
    """Running heads, page numbers at alternating sides, and words broken at the ends of lines and of pages."""
    texts = words_up_to(paragraphs(read_source("manzoni.md"))[8:], 1500)
    canvas, (width, height) = _canvas("drawn-across-pages", folder), A5
    lines = list(_wrapped([soft_hyphens(text) for text in texts], width - 2 * MARGIN, SIZE))
    deep = int((height - 2 * MARGIN - 30) / LEADING)
    for page, start in enumerate(range(0, len(lines), deep)):
        head = "I promessi sposi" if page % 2 else "Capitolo primo"
        canvas.setFont("Times-Italic", 9)
        number, y = str(112 + page), height - 28
        canvas.drawString(MARGIN, y, f"{number}   {head}") if page % 2 else canvas.drawRightString(
            width - MARGIN, y, f"{head}   {number}"
        )
        for row, line in enumerate(lines[start : start + deep]):
            _draw(canvas, MARGIN, height - MARGIN - 15 - LEADING * row, line, width - 2 * MARGIN, SIZE)
        canvas.showPage()
    canvas.save()
    return Made("drawn-across-pages", "Drawn: text across pages", "\n\n".join(texts) + "\n")


def accents(folder: Path) -> Made:
    """Italian apostrophes and accents in a standard font, each word placed on its own and no space drawn at all."""
    texts = [
        text
        for text in paragraphs(read_source("accenti.md"))
        if all(letter in "’«»“”" or ord(letter) < 256 for letter in text)
    ]
    canvas, (width, height) = _canvas("drawn-accents", folder), A5
    room, y = width - 2 * MARGIN, height - MARGIN
    canvas.setFont(FONT, SIZE)
    for text, ends in _wrapped(texts, room, SIZE):
        words = text.split(" ")
        gap = 3.0 if ends else (room - sum(stringWidth(word, FONT, SIZE) for word in words)) / max(1, len(words) - 1)
        x = MARGIN
        for word in words:
            canvas.drawString(x, y, word)
            x += stringWidth(word, FONT, SIZE) + gap
        y -= LEADING
    canvas.showPage()
    canvas.save()
    return Made("drawn-accents", "Drawn: ligatures, accents", "\n\n".join(texts) + "\n")


FIELDS = (
    ("Cognome e nome", "D'Angelo Niccolò"),
    ("Matricola", "0512/98347"),
    ("Corso di laurea", "Scienze della comunicazione"),
    ("Insegnamento", "Storia dell'età moderna"),
    ("Data dell’appello", "14 febbraio 2025"),
    ("Docente", "prof.ssa Elena Però"),
)
FORM_TEXT = (
    "Domanda di ammissione all’esame",
    "Da consegnare alla segreteria didattica entro dieci giorni dall’appello. Compilare in stampatello.",
    "Il sottoscritto dichiara che i dati sono veritieri e allega copia della ricevuta di pagamento.",
)


def form(folder: Path) -> Made:
    """A form with fields that are filled in, a choice and boxes to tick, then the same printed flat."""
    canvas, (width, height) = _canvas("form-fields", folder), A5
    for flat in (False, True):
        canvas.setFont(BOLD, 14)
        canvas.drawString(MARGIN, height - 50, FORM_TEXT[0])
        y = height - 74
        for line in _wrapped(FORM_TEXT[1:2], width - 2 * MARGIN, 10):
            _draw(canvas, MARGIN, y, line, width - 2 * MARGIN, 10)
            y -= LEADING
        y -= 14
        for number, (label, value) in enumerate(FIELDS):
            canvas.setFont("Helvetica", 9)
            canvas.drawString(MARGIN, y, label + ":")
            if flat:
                canvas.drawString(MARGIN + 105, y, value)
                canvas.line(MARGIN + 100, y - 3, width - MARGIN, y - 3)
            else:
                canvas.acroForm.textfield(
                    name=f"field{number}",
                    value=value,
                    fontSize=9,
                    borderColor=grey,
                    x=int(MARGIN) + 100,
                    y=int(y) - 5,
                    width=int(width - 2 * MARGIN) - 100,
                    height=16,
                )
            y -= 24
        for line in _wrapped(FORM_TEXT[2:], width - 2 * MARGIN, 10):
            _draw(canvas, MARGIN, y - 10, line, width - 2 * MARGIN, 10)
            y -= LEADING
        canvas.showPage()
    canvas.save()
    page = "\n\n".join([*FORM_TEXT[:2], *(f"{label}: {value}" for label, value in FIELDS), FORM_TEXT[2]]) + "\n"
    return Made("form-fields", "Form", pages=(page, page))


def _canvas(name: str, folder: Path) -> Canvas:
    canvas = Canvas(str(folder / f"{name}.pdf"), pagesize=A5, invariant=1)
    canvas.setTitle(name)
    return canvas


def _wrapped(texts: Sequence[str], room: float, size: float, font: str = FONT) -> Iterator[Line]:
    """The lines of justified text; a word with soft hyphens may be broken at the last that fits."""
    for text in texts:
        line = ""
        for word in text.split():
            longer = f"{line} {word}" if line else word
            while stringWidth(longer.replace(SOFT_HYPHEN, ""), font, size) > room:
                head, rest = _broken(longer, len(line), room, size, font)
                yield head.replace(SOFT_HYPHEN, ""), False
                longer = rest
            line = longer
        yield line.replace(SOFT_HYPHEN, ""), True


def _broken(text: str, safe: int, room: float, size: float, font: str) -> tuple[str, str]:
    """A line that fits, and what goes on the next: broken at a soft hyphen behind `safe` where one fits."""
    for place in reversed([index for index, letter in enumerate(text) if letter == SOFT_HYPHEN and index > safe]):
        head = text[:place].replace(SOFT_HYPHEN, "") + "-"
        if stringWidth(head, font, size) <= room:
            return head, text[place + 1 :]
    return text[:safe], text[safe:].lstrip()


def _draw(canvas: Canvas, x: float, y: float, line: Line, room: float, size: float) -> None:
    """One line, justified by wider spaces unless it ends its paragraph."""
    text, ends = line
    spaces = text.count(" ")
    drawn = canvas.beginText(x, y)
    drawn.setFont(FONT, size)
    if spaces and not ends:
        drawn.setWordSpace((room - stringWidth(text, FONT, size)) / spaces)
    drawn.textOut(text)
    canvas.drawText(drawn)


def _draw_table(canvas: Canvas, table: Table, top: float, *, column_by_column: bool, rules: bool) -> None:
    widths = [max(stringWidth(row[column], FONT, 9) for row in table.rows) + 14 for column in range(len(table.rows[0]))]
    cells = [(row, column) for row in range(len(table.rows)) for column in range(len(widths))]
    if column_by_column:
        cells.sort(key=lambda cell: (cell[1], cell[0]))
    canvas.setFont(FONT, 9)
    for row, column in cells:
        x, y = MARGIN + sum(widths[:column]), top - 17 * row
        canvas.drawString(x + 4, y, table.rows[row][column])
        if rules:
            canvas.rect(x, y - 5, widths[column], 17)
