"""Write the sample documents that are neither PDFs nor plain text: python sample_docs/make_office.py"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import docx
import pptx
from docx.enum.text import WD_BREAK

HERE = Path(__file__).parent


def sound(path: Path) -> None:
    """Italian, two pages: headings, lists, a table."""
    document = docx.Document()
    document.core_properties.title = "Il suono"
    document.core_properties.author = "Sunto"
    document.add_heading("Il suono", 1)
    document.add_paragraph(
        "Il suono è una vibrazione che si propaga in un mezzo: nell'aria, nell'acqua o in un solido. Nel vuoto non c'è "
        "suono, perché non c'è nulla che possa vibrare."
    )
    document.add_heading("Le tre qualità", 2)
    for name in ("l'altezza, che dipende dalla frequenza", "l'intensità, che dipende dall'ampiezza", "il timbro"):
        document.add_paragraph(name, style="List Bullet")
    document.add_paragraph(
        "Un orecchio giovane sente le frequenze da 20 a 20.000 hertz. Sotto si parla di infrasuoni, sopra "
        "di ultrasuoni."
    )
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    document.add_heading("La velocità", 2)
    document.add_paragraph("La velocità del suono cambia con il mezzo: più è rigido, più il suono va veloce.")
    table = document.add_table(rows=0, cols=2)
    for row in (("Mezzo", "Velocità (m/s)"), ("aria a 20 °C", "343"), ("acqua", "1.480"), ("acciaio", "5.960")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph("Per questo chi appoggia l'orecchio alle rotaie sente il treno prima degli altri.")
    document.save(str(path))


def volcanoes(path: Path) -> None:
    """English, three slides with notes; the last one is hidden."""
    deck = pptx.Presentation()
    deck.core_properties.title = "Volcanoes"
    for title, lines, notes in (
        (
            "Why volcanoes exist",
            ("Magma is lighter than the rock around it, so it rises", "Most volcanoes stand where plates meet"),
            "Draw the ring of fire on the board.",
        ),
        (
            "Two kinds of eruption",
            ("Effusive: thin lava flows out, as on Hawaii", "Explosive: gas bursts out of thick lava, as at Vesuvius"),
            "Thick lava holds its gas until the pressure is too high.",
        ),
        ("Answers", ("Silica makes lava thick", "Water in the magma becomes the gas of the explosion"), ""),
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        frame = slide.placeholders[1].text_frame
        frame.text = lines[0]
        for line in lines[1:]:
            frame.add_paragraph().text = line
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
        else:
            slide._element.set("show", "0")
    deck.save(str(path))


def pendulum(path: Path) -> None:
    """Italian, a notebook: prose with a formula, code, and what the code printed."""
    prose = (
        "# Il pendolo\n\nIl periodo di un pendolo dipende dalla **lunghezza** del filo e non dalla massa:\n\n"
        "$$T = 2\\pi\\sqrt{L / g}$$\n\nLa formula vale per piccole oscillazioni, sotto i quindici gradi circa."
    )
    code = (
        "from math import pi, sqrt\n\n"
        "for metri in (0.25, 1.0, 4.0):\n"
        "    print(metri, round(2 * pi * sqrt(metri / 9.81), 2))"
    )
    printed = {"output_type": "stream", "name": "stdout", "text": ["0.25 1.0\n", "1.0 2.01\n", "4.0 4.01\n"]}
    end = (
        "## Che cosa si vede\n\nUn filo quattro volte più lungo dà un periodo doppio, perché la lunghezza è sotto "
        "radice."
    )
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": prose.splitlines(keepends=True)},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": code, "outputs": [printed]},
        {"cell_type": "markdown", "metadata": {}, "source": end.splitlines(keepends=True)},
    ]
    notebook = {"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


SAMPLES: dict[str, Callable[[Path], None]] = {
    "il-suono.docx": sound,
    "volcanoes.pptx": volcanoes,
    "il-pendolo.ipynb": pendulum,
}

if __name__ == "__main__":
    for name, make in SAMPLES.items():
        make(HERE / name)
