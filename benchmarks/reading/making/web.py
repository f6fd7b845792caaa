"""Web pages printed by Chromium: an article in two columns, and one with tables and the browser's own heads."""

from __future__ import annotations

import html
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

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
from benchmarks.reading.making.hyphens import soft_hyphens
from benchmarks.reading.making.made import Made

_STYLE = """
body { font: 12pt/1.45 "DejaVu Serif", serif; text-align: justify; hyphens: manual }
.columns { column-count: 2; column-gap: 2em; font-size: 10pt }
table { border-collapse: collapse; width: 100% } td { border: 1px solid #888; padding: 2pt 6pt; text-align: left }
nav { font-size: 9pt } aside { float: right; width: 30%; margin: 0 0 1em 1em; padding: .5em; background: #eee }
"""
ASIDE = (
    "In breve. L’acqua dolce disponibile è poca, e si rinnova: conta perciò il tempo di residenza più del volume. "
    "Misure e stime non si devono confondere."
)
MENU = "Materiali  Lezioni  Esercizi  Glossario  Contatti"


def columns(folder: Path) -> Made:
    blocks = [block for block in read_source("manzoni.md") if not isinstance(block, Heading)][:12]
    blocks = [Paragraph(block.text) for block in blocks if isinstance(block, Paragraph)]
    title = Heading("Il curato e i bravi", 1)
    body = f'{_body([title])}<div class="columns">{_body(blocks)}</div>'
    _print("web-columns", "it", body, folder, "--no-pdf-header-footer")
    return Made("web-columns", "Web page, printed", true_text([title, *blocks]))


def with_tables(folder: Path) -> Made:
    blocks = read_source("idrologia.md")
    plain = [Paragraph(block.text) if isinstance(block, Paragraph) else block for block in blocks]
    links = "".join(f'<a href="#{name}">{name}</a>&nbsp;&nbsp;' for name in MENU.split())
    body = f"<nav>{links}</nav>{_body(plain[:2])}<aside>{html.escape(ASIDE)}</aside>{_body(plain[2:])}"
    _print("web-tables", "it", body, folder)
    truth = true_text(plain, before=MENU) + f"\n[^] {ASIDE}\n"
    return Made("web-tables", "Web page, printed", truth)


def _body(blocks: Sequence[Block]) -> str:
    return "\n".join(_as_html(block) for block in blocks)


def _as_html(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{html.escape(block.text)}</h{block.level}>"
        case Paragraph():
            return f"<p>{html.escape(soft_hyphens(block.text))}</p>"
        case Items():
            return "<ul>" + "".join(f"<li>{html.escape(text)}</li>" for text in block.texts) + "</ul>"
        case Table():
            rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in block.rows)
            return "<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>"
        case Figure() | Formula():
            raise ValueError(f"A web page has no {type(block).__name__}.")


def _print(name: str, language: str, body: str, folder: Path, *options: str) -> None:
    page = f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>Appunti in rete</title>'
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, f"{name}.html")
        source.write_text(f"{page}<style>{_STYLE}</style></head><body>{body}</body></html>", encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={scratch}/profile"]
        target = folder / f"{name}.pdf"
        subprocess.run([*command, *options, f"--print-to-pdf={target}", str(source)], capture_output=True, check=True)
