"""Make the PDFs of the corpus and their true texts from the sources.

    python -m benchmarks.reading.make_corpus [NAME...]

Needs reportlab (in the extra `test`), and where they are to be made anew pdflatex with babel, lmodern and beamer,
LibreOffice and Chromium. What a missing program makes is left as it is committed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.reading.corpus import HERE
from benchmarks.reading.making import drawn, office, tex, web
from benchmarks.reading.making.made import Made

MAKERS: dict[str, Callable[[Path], Made]] = {
    "tex-book": tex.book,
    "tex-ot1": tex.old_accents,
    "tex-two-columns": tex.paper,
    "tex-maths": tex.mathematics,
    "tex-slides": tex.slides,
    "office-text": office.text,
    "office-slides": office.slides,
    "web-columns": web.columns,
    "web-tables": web.with_tables,
    "drawn-rows": drawn.row_by_row,
    "drawn-bottom-up": drawn.bottom_up,
    "drawn-rotated": drawn.rotated,
    "drawn-tables": drawn.tables,
    "drawn-ligatures": drawn.ligatures,
    "drawn-accents": drawn.accents,
    "drawn-across-pages": drawn.across_pages,
    "form-fields": drawn.form,
}


def main(names: Sequence[str]) -> None:
    folder = HERE / "corpus"
    for name in names or MAKERS:
        try:
            MAKERS[name](folder).write_truth(folder)
        except FileNotFoundError as error:
            print(f"{name}: left as it is, there is no {error.filename}")
        else:
            print(f"{name}: {(folder / name).with_suffix('.pdf').stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
