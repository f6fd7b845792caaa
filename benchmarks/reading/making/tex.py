"""Documents set by TeX: a book, an article with the accents of old, a paper in two columns, mathematics, slides."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reading.making.blocks import (
    Block,
    Figure,
    Formula,
    Heading,
    Items,
    Paragraph,
    Table,
    as_printed,
    read_source,
    true_text,
)
from benchmarks.reading.making.made import Made

_ESCAPED = {character: "\\" + character for character in "&%#_{}"} | {"~": r"\textasciitilde{}", "^": r"\^{}"}
_CONTENTS = re.compile(r"\\contentsline \{(chapter|section)\}\{(?:\\numberline \{([\d.]+)\})?(.*)\}\{(\w+)\}\{[^}]*\}%")
MODERN = r"\usepackage[T1]{fontenc}\usepackage{lmodern}\usepackage{microtype}"
OLD = r"\usepackage[OT1]{fontenc}"


@dataclass(frozen=True)
class Style:
    """How blocks become TeX."""

    levels: tuple[str, ...]
    """The commands of headings of level 1, 2."""
    quotes: bool = True
    """Keep « », which the OT1 fonts do not have."""
    slides: bool = False


def book(folder: Path) -> Made:
    blocks = read_source("manzoni.md")
    source = "\n".join(
        [
            r"\documentclass[10pt,a5paper,twoside]{book}",
            r"\usepackage[utf8]{inputenc}" + MODERN + r"\usepackage[italian]{babel}",
            r"\title{Il curato e i bravi}\author{Alessandro Manzoni}\date{1840}\begin{document}\frontmatter\maketitle",
            r"\chapter{Prefazione}",
            _body([Paragraph(PREFACE)], Style(("chapter",))),
            r"\tableofcontents\mainmatter",
            _body(blocks, Style(("chapter", "section"))),
            r"\end{document}",
        ]
    )
    contents = _typeset("tex-book", source, folder)
    numbers = _Numbers("Capitolo")
    front = f"Il curato e i bravi\n\nAlessandro Manzoni\n\n1840\n\nPrefazione\n\n{PREFACE}\n\nIndice\n\n{contents}"
    return Made("tex-book", "TeX book", true_text(blocks, numbers.printed, front))


PREFACE = (
    "Queste pagine riuniscono il primo capitolo di un romanzo che a scuola si legge in fretta. Le abbiamo divise in "
    "capitoletti, con titoli nostri, perché si possano studiare un poco alla volta; le note spiegano soltanto ciò che "
    "serve a capire la lettera del testo. L’ortografia è quella dell’edizione del 1840: si leggano perciò senza "
    "sorpresa nè e perchè con l’accento grave."
)


def old_accents(folder: Path) -> Made:
    blocks = [*read_source("idrologia.md"), *read_source("accenti.md")[1:4:2]]
    source = "\n".join(
        [
            r"\documentclass[11pt,a5paper]{article}\usepackage[utf8]{inputenc}" + OLD + r"\usepackage[italian]{babel}",
            r"\usepackage{amsmath}\DeclareUnicodeCharacter{00B3}{\ensuremath{^3}}\pagestyle{headings}",
            r"\title{Appunti di idrologia}\author{Corso di scienze della Terra}\date{}\begin{document}\maketitle",
            _body(blocks, Style(("section", "subsection"), quotes=False)),
            r"\end{document}",
        ]
    )
    _typeset("tex-ot1", source, folder)
    before = "Appunti di idrologia\n\nCorso di scienze della Terra"
    return Made("tex-ot1", "TeX, accents of old", true_text(blocks, _Numbers().printed, before) + "\n[?] km3\n")


ABSTRACT = (
    "We reprint the introduction and a part of the first chapter of a work of 1859 in the layout of a present-day "
    "journal, in two narrow columns with hyphenation, to see whether programs that read such a page follow the columns "
    "or the lines. The figures and the table are ours and are placed by the typesetting program."
)


def paper(folder: Path) -> Made:
    blocks = read_source("darwin.md")
    blocks.insert(4, Figure("Relations between varieties, as an empty frame that floats to the top of a column."))
    blocks.insert(14, Table((("Domestic race", "Years", "Pairs"), ("Pouter", "12", "40"), ("Fantail", "9", "31"))))
    blocks.insert(22, Figure("A second frame, wider than a column, with nothing in it but a line."))
    source = "\n".join(
        [
            r"\documentclass[10pt,a4paper,twocolumn]{article}\usepackage[utf8]{inputenc}" + MODERN,
            r"\usepackage[english]{babel}\title{Variation in a Narrow Measure}\author{Charles Darwin}\date{1859}",
            r"\begin{document}\twocolumn[\begin{@twocolumnfalse}\maketitle\begin{abstract}",
            ABSTRACT,
            r"\end{abstract}\bigskip\end{@twocolumnfalse}]",
            _body(blocks, Style(("section", "subsection"))),
            r"\end{document}",
        ]
    )
    _typeset("tex-two-columns", source, folder)
    before = f"Variation in a Narrow Measure\n\nCharles Darwin\n\n1859\n\nAbstract\n\n{ABSTRACT}"
    truth = true_text(blocks, _Numbers().printed, before)
    return Made("tex-two-columns", "TeX, two columns", truth + "\n[?] Figure 1 2\n")


def mathematics(folder: Path) -> Made:
    blocks = read_source("analisi.md")
    source = "\n".join(
        [
            r"\documentclass[11pt,a5paper]{article}\usepackage[utf8]{inputenc}" + MODERN,
            r"\usepackage[italian]{babel}\usepackage{amsmath,amssymb}\begin{document}",
            _body(blocks, Style(("section", "subsection"))),
            r"\end{document}",
        ]
    )
    _typeset("tex-maths", source, folder)
    return Made("tex-maths", "TeX, mathematics", true_text(blocks, _Numbers().printed) + "\n[?] lim per sin cos\n")


def slides(folder: Path) -> Made:
    blocks = read_source("slide-cellula.md")
    source = "\n".join(
        [
            r"\documentclass{beamer}\usetheme{Madrid}\usepackage[utf8]{inputenc}\usepackage[T1]{fontenc}\usepackage{lmodern}",
            r"\usepackage[italian]{babel}\title{Biologia della cellula}\author{C. Bianchi}\institute{Liceo}\date{2024}",
            r"\begin{document}\begin{frame}\titlepage\end{frame}\begin{frame}",
            _body(blocks, Style((), slides=True)).removeprefix(r"\end{frame}\begin{frame}"),
            r"\end{frame}\end{document}",
        ]
    )
    _typeset("tex-slides", source, folder)
    before = "Biologia della cellula\n\nC. Bianchi\n\nLiceo\n\n2024"
    return Made("tex-slides", "TeX slides", true_text(blocks, before=before))


class _Numbers:
    """Headings as LaTeX prints them: `Capitolo 1`, or `1`, and `1.1` below."""

    def __init__(self, chapter: str = "") -> None:
        self.chapter = chapter
        self.top = self.below = 0

    def printed(self, heading: Heading) -> str:
        if heading.level == 1:
            self.top, self.below = self.top + 1, 0
            return f"{self.chapter} {self.top}\n{as_printed(heading)}"
        self.below += 1
        return f"{self.top}.{self.below} {as_printed(heading)}"


def _body(blocks: Sequence[Block], style: Style) -> str:
    return "\n\n".join(_as_tex(block, style) for block in blocks)


def _as_tex(block: Block, style: Style) -> str:
    match block:
        case Heading():
            if style.slides:
                return r"\end{frame}\begin{frame}\frametitle{" + _escaped(block.text, style) + "}"
            return f"\\{style.levels[block.level - 1]}{{{_escaped(block.text, style)}}}"
        case Paragraph():
            text, *rest = block.pieces
            notes = zip(rest[::2], rest[1::2], strict=True)
            return _escaped(text, style) + "".join(
                f"\\footnote{{{_escaped(note, style)}}}{_escaped(after, style)}" for note, after in notes
            )
        case Items():
            items = "\n".join(r"\item " + _escaped(text, style) for text in block.texts)
            return f"\\begin{{itemize}}\n{items}\n\\end{{itemize}}"
        case Table():
            rows = "\\\\\n".join(" & ".join(_escaped(cell, style) for cell in row) for row in block.rows)
            columns = "l" * len(block.rows[0])
            return f"\\begin{{center}}\\small\\begin{{tabular}}{{{columns}}}\n{rows}\n\\end{{tabular}}\\end{{center}}"
        case Figure():
            frame = r"\fbox{\rule{0pt}{2.2cm}\rule{0.8\linewidth}{0pt}}"
            return f"\\begin{{figure}}\\centering {frame}\\caption{{{_escaped(block.caption, style)}}}\\end{{figure}}"
        case Formula():
            return f"\\[ {block.tex} \\]"


def _escaped(text: str, style: Style) -> str:
    if not style.quotes:
        text = text.replace("«", "“").replace("»", "”")
    pieces = re.split(r"(\$[^$]*\$)", text)
    return "".join(
        piece if piece.startswith("$") else "".join(_ESCAPED.get(letter, letter) for letter in piece)
        for piece in pieces
    )


def _typeset(name: str, source: str, folder: Path) -> str:
    """Write NAME.pdf into the folder; returns the contents as printed, with the page numbers free."""
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch, f"{name}.tex").write_text(source, encoding="utf-8")
        for _run in range(3):  # contents and running heads settle
            done = subprocess.run(
                ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", f"{name}.tex"],
                cwd=scratch,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                env={"SOURCE_DATE_EPOCH": "1700000000", "PATH": "/usr/bin:/bin", "HOME": scratch},
            )
            if done.returncode:
                raise RuntimeError(done.stdout[-3000:])
        Path(scratch, f"{name}.pdf").replace(folder / f"{name}.pdf")
        contents = Path(scratch, f"{name}.toc")
        return _contents(contents.read_text(encoding="utf-8")) if contents.exists() else ""


def _contents(toc: str) -> str:
    entries = [match.groups() for match in _CONTENTS.finditer(toc)]
    lines = "\n".join(f"{number or ''} {title}" for _kind, number, title, _page in entries)
    pages = " ".join(page for *_entry, page in entries)
    return f"{lines}\n\n[?] {pages}"
