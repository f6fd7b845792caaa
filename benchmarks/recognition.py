"""How well text is recognised on scans, and what it costs, by the resolution and by how ink is told from paper.

    python -m benchmarks.recognition [PAGES]

Pages with known text are made into scans of several kinds, drawn again at 200, 300 and 400 dpi, and given to tesseract
the way Sunto does; at 300 dpi also with tesseract's own single threshold for the whole page. Word recall and precision
are against the known text, words and accents exactly alike. The time is what one processor core needs to draw and
recognise a page, so that a busy machine does not change it much. Needs tesseract 5 with Italian and English, and
Pillow; the times a POSIX system.
"""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

from assistant.documents.ocr.bitmaps import pdf_bitmaps
from assistant.documents.ocr.reading import PageReader
from assistant.documents.ocr.running import Command
from assistant.documents.ocr.tesseract import find_tesseract
from assistant.documents.pdf.cleaning import clean_document
from assistant.hardware import describe_machine
from benchmarks.measure import RESULTS, ROOT
from benchmarks.reading.corpus import Case, cases
from benchmarks.reading.scoring import Score, score

DRAWN = ((200, True), (300, True), (400, True), (300, False))
"""(dpi, whether the threshold follows the light)"""
CHOSEN = (300, True)
GOOD_SCANS = ("clean", "office scanner")
LEAST_RECALL = 0.95
"""On good scans, the way Sunto reads them: below this the exit code is 1."""


@dataclass(frozen=True)
class Scan:
    """What a scanner or a phone makes of a sheet."""

    name: str
    dpi: int
    skew_degrees: float
    noise: float
    """Standard deviation of the gray values, of 255."""
    blur_pixels: float
    paper: int
    """Gray value of the sheet."""
    shadow: float = 0.0
    """How much darker it is at its right edge than at its left, 0 to 1."""
    reduced: float = 1.0
    """Size of the print: 0.6 is two pages on a sheet, 10-point type becomes 6."""

    def of(self, page: Image.Image, seed: int) -> Image.Image:
        """`page` is drawn in gray at `dpi`."""
        page = self._reduced(page)
        turn = self.skew_degrees * random.Random(seed).choice((-1, 1))
        scan = page.rotate(turn, Image.Resampling.BICUBIC, expand=False, fillcolor=255)
        scan = scan.filter(ImageFilter.GaussianBlur(self.blur_pixels)) if self.blur_pixels else scan
        scan = scan.point([value * self.paper // 255 + (255 - value) // 5 for value in range(256)])
        if self.shadow:
            light = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_270).resize(scan.size)
            scan = ImageChops.multiply(scan, light.point([round(255 - self.shadow * (255 - v)) for v in range(256)]))
        if self.noise:
            scan = ImageChops.add(scan, Image.effect_noise(scan.size, self.noise), 1, -128)
        return scan

    def _reduced(self, page: Image.Image) -> Image.Image:
        if self.reduced == 1.0:
            return page
        sheet = Image.new("L", page.size, 255)
        small = page.resize(
            (round(page.width * self.reduced), round(page.height * self.reduced)), Image.Resampling.LANCZOS
        )
        sheet.paste(small, (page.width // 10, page.height // 10))
        return sheet


SCANS = (
    Scan("clean", 300, 0.0, 0.0, 0.0, 255),
    Scan("office scanner", 300, 0.7, 12.0, 0.6, 245),
    Scan("small print", 300, 0.7, 12.0, 0.6, 245, reduced=0.6),
    Scan("photo, shadow", 250, 1.0, 6.0, 0.6, 245, shadow=0.8),
    Scan("three degrees askew", 300, 3.0, 12.0, 0.6, 245),
    Scan("poor copy", 150, 1.5, 15.0, 0.5, 215),
)


@dataclass(frozen=True)
class Run:
    document: str
    page: int
    scan: str
    dpi: int
    follows_light: bool
    recall: float
    precision: float
    confidence: float
    core_seconds: float


def main(pages: int = 10) -> int:
    tesseract = find_tesseract()
    if tesseract.lacking:
        print(f"tesseract lacks {', '.join(tesseract.lacking)}")
        return 2
    commands = {
        adapts: Command(tesseract.program, tesseract.languages, tesseract.data, adapts, 300.0)
        for adapts in (True, False)
    }
    runs, totals = list[Run](), dict[tuple[str, int, bool], Score]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scan.pdf"
        for case, number in _pages(pages):
            for scan in SCANS:
                scan.of(_drawn(case.path, number, scan.dpi), seed=number).save(path, resolution=scan.dpi)
                for dpi, follows in DRAWN:
                    text, confidence, seconds = _recognised(path, commands[follows], dpi)
                    found = score(case.pages[number], text)
                    runs.append(
                        Run(
                            case.name,
                            number,
                            scan.name,
                            dpi,
                            follows,
                            found.recall,
                            found.precision,
                            confidence,
                            seconds,
                        )
                    )
                    totals[scan.name, dpi, follows] = totals.get((scan.name, dpi, follows), Score()) + found
            print(f"{case.name} {number}", file=sys.stderr)
    return _report(runs, totals, tesseract.version)


def _pages(count: int) -> list[tuple[Case, int]]:
    """The first scored page of each found document, then the second …: Italian and English as they come."""
    suitable = [case for case in cases() if case.pages and not case.made]
    queues = [list(case.pages) for case in suitable]
    found: list[tuple[Case, int]] = []
    while len(found) < count and any(queues):
        for case, queue in zip(suitable, queues, strict=True):
            if queue and len(found) < count:
                found.append((case, queue.pop(0)))
    return found


def _drawn(path: Path, number: int, dpi: int) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    try:
        return document[number - 1].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    finally:
        document.close()


def _recognised(path: Path, command: Command, dpi: int) -> tuple[str, float, float]:
    started = _core_seconds()
    bitmaps = pdf_bitmaps(str(path), "", dpi)
    found = PageReader(bitmaps, command, can_find_way_up=True, dpi=dpi).read(0, bitmaps.page(0))
    (text,) = clean_document([found.text], [], [found.lines]).texts
    return text, found.confidence, _core_seconds() - started


def _core_seconds() -> float:
    """Of this process and those it has started."""
    return sum(os.times()[:4])


def _report(runs: list[Run], totals: dict[tuple[str, int, bool], Score], version: str) -> int:
    print(f"{'scan':<20} {'dpi':>4} {'threshold':<10} {'recall':>8} {'precision':>10} {'confidence':>11} {'core s':>7}")
    rows = []
    for (scan, dpi, follows), total in totals.items():
        mine = [run for run in runs if (run.scan, run.dpi, run.follows_light) == (scan, dpi, follows)]
        row = {
            "scan": scan,
            "dpi": dpi,
            "follows_light": follows,
            "recall": total.recall,
            "precision": total.precision,
            "confidence": statistics.mean(run.confidence for run in mine),
            "core_seconds_per_page": statistics.mean(run.core_seconds for run in mine),
        }
        rows.append(row)
        print(
            f"{scan:<20} {dpi:>4} {'local' if follows else 'one':<10} {total.recall:>8.3f} {total.precision:>10.3f} "
            f"{row['confidence']:>11.1f} {row['core_seconds_per_page']:>7.2f}"
        )
    content = {
        "benchmark": "recognition",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        "versions": {"tesseract": version, "pypdfium2": importlib.metadata.version("pypdfium2")},
        "chosen": CHOSEN,
        "rows": rows,
        "runs": [dataclasses.asdict(run) for run in runs],
    }
    target = RESULTS / "recognition.json"
    target.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
    print(f"raw numbers: {target.relative_to(ROOT)}")
    good = [row["recall"] for row in rows if (row["dpi"], row["follows_light"]) == CHOSEN and row["scan"] in GOOD_SCANS]
    return int(min(good) < LEAST_RECALL)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
