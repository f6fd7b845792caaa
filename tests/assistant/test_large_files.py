"""Files that are large in one way or another stay inside the bounds, for this process and for the child."""

from __future__ import annotations

from pathlib import Path

import psutil
from reportlab.pdfgen import canvas

from assistant.documents import load_document
from tests.assistant.pdf_files import pdf, show, stream


def test_a_pdf_of_a_million_objects_is_read(tmp_path: Path):
    objects: dict[int, bytes | str] = {
        1: "<< /Type /Catalog /Pages 2 0 R >>",
        2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        4: stream(show("Some honest text on the page.")),
        5: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    path = tmp_path / "million.pdf"
    path.write_bytes(pdf(objects | dict.fromkeys(range(6, 1_000_006), "null")))
    assert load_document(path).pages[0].text == "Some honest text on the page."


def test_a_book_of_a_thousand_pages_costs_our_own_process_little_memory(tmp_path: Path):
    path = tmp_path / "book.pdf"
    book = canvas.Canvas(str(path))
    for number in range(1, 1001):
        for line in range(30):
            book.drawString(72, 760 - 16 * line, f"Riga {line} della pagina {number} di un libro lungo assai.")
        book.showPage()
    book.save()
    before = psutil.Process().memory_info().rss
    document = load_document(path)
    grown = psutil.Process().memory_info().rss - before
    assert len(document.readable_pages) == 1000
    assert "della pagina 1000" in document.pages[-1].text
    assert grown < 60 << 20
