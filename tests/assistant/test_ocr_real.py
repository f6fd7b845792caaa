"""Recognition with the real tesseract, on scans of known text. Skipped where it is not installed."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from reportlab.lib import colors
from reportlab.lib.units import cm
from reportlab.platypus import Table

from assistant.documents import load_document
from assistant.documents.ocr.tesseract import NoTesseract, find_tesseract
from assistant.errors import DamagedDocumentError, NoTextError, UnsupportedDocumentError
from tests.assistant import pdf_files
from tests.assistant.scans import drawn, flowing, scanned


def _lacking() -> str:
    """Why these tests cannot run here; "" where they can."""
    try:
        tesseract = find_tesseract()
    except NoTesseract as answer:
        return f"tesseract: {answer.problem}"
    if tesseract.lacking or not tesseract.sees_orientation:
        return f"tesseract has only {' '.join(tesseract.installed)}"
    return ""


pytestmark = pytest.mark.skipif(bool(_lacking()), reason=_lacking() or "never")

ENGLISH = [
    "Photosynthesis is the process by which green plants turn light into chemical energy.",
    "The light reactions take place in the thylakoid membranes of the chloroplast. Water is split, oxygen is set free, "
    "and the energy is stored in molecules that the plant can use later on.",
    "In the second stage, carbon dioxide is fixed and sugar is built from it, step by step, without any light at all.",
]
ITALIAN = [
    "L'università è il luogo in cui la società riflette su di sé: perciò ogni città dovrebbe averne più d'una.",
    "Già nel Medioevo gli studenti andavano di città in città, perché il sapere non aveva frontiere; pagavano le "
    "lezioni e, se non erano contenti, cambiavano maestro. Così nacquero le libertà accademiche.",
    "I professori, dal canto loro, si riunirono in collegi: l'esame finale dava la facoltà di insegnare ovunque.",
]


@pytest.fixture(autouse=True)
def real_tesseract(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUNTO_TESSERACT")


def recall(expected: list[str], text: str) -> float:
    """Share of the words of `expected`, accents and all, that are in `text`, each as often as it occurs."""
    words = Counter(re.findall(r"\w+", " ".join(expected)))
    return (words & Counter(re.findall(r"\w+", text))).total() / words.total()


def poor(page: Image.Image, seed: int = 1) -> Image.Image:
    """As from a bad copier: askew, gray, blurred, with grain and specks."""
    page = page.rotate(1.5, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    page = ImageChops.add(
        page.point([40 + value * 180 // 255 for value in range(256)]), Image.effect_noise(page.size, 18), 1, -128
    )
    draw, chance = ImageDraw.Draw(page), random.Random(seed)
    for _ in range(150):
        x, y = chance.randrange(page.width), chance.randrange(page.height)
        draw.ellipse((x, y, x + chance.randrange(1, 4), y + chance.randrange(1, 4)), fill=60)
    return page


def test_the_italian_sample_is_read_accents_and_all(sample_docs: Path) -> None:
    document = load_document(sample_docs / "la-cellula-scansione.pdf")
    truth = (sample_docs / "sources" / "la-cellula.md").read_text(encoding="utf-8").split("\n")
    assert recall(truth, document.pages[0].text) >= 0.99
    assert (document.language, document.pages[0].engine) == ("it", "ocr")
    assert not document.pages[0].warnings


@pytest.mark.parametrize("text", [ITALIAN, ENGLISH], ids=["it", "en"])
def test_a_clean_page_is_read_whole_with_its_paragraphs(text: list[str], tmp_path: Path) -> None:
    (page,) = load_document(scanned(tmp_path / "scan.pdf", flowing(text))).pages
    assert recall(text, page.text) >= 0.99
    assert len(re.split(r"\n\s*\n", page.text)) == len(text)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_was_scanned_lying_or_standing_on_its_head_is_read(turn: int, tmp_path: Path) -> None:
    page = flowing(ITALIAN).rotate(turn, expand=True)
    document = load_document(scanned(tmp_path / "scan.pdf", page))
    assert recall(ITALIAN, document.pages[0].text) >= 0.97
    assert not document.pages[0].warnings


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    text = [sentence for number in range(5) for sentence in (ENGLISH if number % 2 else ITALIAN)]
    (page,) = load_document(scanned(tmp_path / "scan.pdf", flowing(text, columns=2))).pages
    assert recall(text, page.text) >= 0.97
    read = page.text.split()
    places = [read.index(word) for word in ("frontiere;", "accademiche.", "thylakoid") if word in read]
    assert places == sorted(places)


def test_words_broken_at_the_line_end_are_joined(tmp_path: Path) -> None:
    sheet = Image.new("L", (1654, 2339), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(40)
    lines = (
        "La fotosintesi delle piante verdi si svolge nei cloro-",
        "plasti, dove la luce viene catturata dalla cloro-",
        "filla e diventa energia chimica per tutta la pianta.",
    )
    for number, line in enumerate(lines):
        draw.text((200, 300 + 70 * number), line, fill=0, font=font)
    (page,) = load_document(scanned(tmp_path / "scan.pdf", sheet)).pages
    assert "cloroplasti," in page.text
    assert "clorofilla e" in page.text


def test_the_rows_of_a_table_stay_rows(tmp_path: Path) -> None:
    rows = [["Anno", "Domanda", "Offerta"], ["2021", "1200", "800"], ["2022", "1350", "910"], ["2023", "1500", "1040"]]
    table = Table(
        rows,
        colWidths=4 * cm,
        style=[("GRID", (0, 0), (-1, -1), 0.7, colors.black), ("FONTSIZE", (0, 0), (-1, -1), 12)],
    )
    (page,) = load_document(scanned(tmp_path / "scan.pdf", drawn([table]))).pages
    for row in rows:
        assert re.search(r"[\s|]+".join(row), page.text), page.text


def test_a_poor_copy_is_read_for_the_most_part(tmp_path: Path) -> None:
    document = load_document(scanned(tmp_path / "scan.pdf", poor(flowing(ITALIAN))))
    assert recall(ITALIAN, document.pages[0].text) >= 0.9


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg", ".tiff", ".webp", ".bmp"])
def test_an_image_file_is_a_document_of_one_page(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / ("pagina" + suffix)
    flowing(ITALIAN).convert("RGB").save(path)
    document = load_document(path)
    assert len(document.pages) == 1
    assert recall(ITALIAN, document.pages[0].text) >= 0.98
    assert (document.pages[0].engine, document.language, document.recognised_with) == ("ocr", "it", "ita+eng")


def test_a_tiff_of_several_pages_is_a_document_of_as_many(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    sheets = [flowing([sentence]) for sentence in ITALIAN[:2]]
    sheets[0].save(path, save_all=True, append_images=sheets[1:])
    document = load_document(path)
    assert [recall([text], page.text) >= 0.98 for text, page in zip(ITALIAN, document.pages, strict=False)] == [
        True
    ] * 2


def _landscape() -> Image.Image:
    """A picture without words: sky, hills, grain."""
    sheet = Image.linear_gradient("L").resize((1200, 900))
    draw = ImageDraw.Draw(sheet)
    for number in range(12):
        draw.ellipse((100 * number - 200, 500 + 20 * (number % 3), 100 * number + 250, 1300), fill=40 + 12 * number)
    return ImageChops.add(sheet, Image.effect_noise(sheet.size, 20), 1, -128).filter(ImageFilter.GaussianBlur(1))


@pytest.mark.parametrize("name", ["foto.png", "foto.jpg"])
def test_a_photo_without_words_is_said_to_have_none(name: str, tmp_path: Path) -> None:
    _landscape().save(tmp_path / name)
    with pytest.raises(NoTextError, match="no words could be recognised"):
        load_document(tmp_path / name)


def test_a_page_with_a_picture_only_is_named_beside_those_that_are_read(tmp_path: Path) -> None:
    document = load_document(scanned(tmp_path / "scan.pdf", flowing(ITALIAN), _landscape()))
    assert [page.warnings for page in document.pages] == [(), ("scanned",)]


@pytest.mark.parametrize(
    ("damage", "error"),
    [
        (lambda data: data[: len(data) // 3], (DamagedDocumentError, NoTextError)),
        (lambda data: data[:20], UnsupportedDocumentError),
        (lambda data: data[:200] + bytes(len(data) - 200), (DamagedDocumentError, NoTextError)),
    ],
    ids=["cut off", "cut off in its header", "overwritten"],
)
def test_a_damaged_image_is_an_error_with_a_hint(
    damage: Callable[[bytes], bytes], error: type[Exception], tmp_path: Path
) -> None:
    path = tmp_path / "pagina.png"
    flowing(ITALIAN).save(path)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(error) as caught:
        load_document(path)
    assert caught.value.hint


_STROKES = {
    "T": ((0, 50, 40, 10), (15, 0, 10, 60)),
    "H": ((0, 0, 10, 60), (30, 0, 10, 60), (0, 25, 40, 10)),
    "E": ((0, 0, 10, 60), (0, 0, 36, 10), (0, 25, 32, 10), (0, 50, 36, 10)),
    "L": ((0, 0, 10, 60), (0, 0, 36, 10)),
    "I": ((15, 0, 10, 60),),
}
"""Letters as rectangles: left, bottom, width, height."""


def outlined(text: str) -> bytes:
    """A content stream that draws the text in curves, as exported slides often do: there are no letters in it."""
    rectangles = [
        b"%d %d %d %d re" % (60 + 24 * place + left // 2, 600 + bottom // 2, width // 2, height // 2)
        for place, letter in enumerate(text)
        for left, bottom, width, height in _STROKES.get(letter, ())
    ]
    return b" ".join([*rectangles, b"f"])


def test_text_drawn_as_outlines_is_read_from_its_picture(tmp_path: Path) -> None:
    path = tmp_path / "outlines.pdf"
    text = pdf_files.show("The leaf takes in light and gives out oxygen, as everybody learns.")
    path.write_bytes(pdf_files.pages(text, outlined("THE LITTLE HILL")))
    (_, page) = load_document(path).pages
    assert (page.text, page.engine, page.reason) == ("THE LITTLE HILL", "ocr", "empty")


def test_a_photo_in_the_shadow_of_a_hand_is_read_on_both_sides(tmp_path: Path) -> None:
    page = flowing(ITALIAN * 2)
    light = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_270).resize(page.size)
    dark = ImageChops.multiply(page, light.point([60 + value * 195 // 255 for value in range(256)]))
    document = load_document(scanned(tmp_path / "scan.pdf", dark))
    assert recall(ITALIAN * 2, document.pages[0].text) >= 0.95


@pytest.mark.parametrize(("name", "degrees"), [("scan.pdf", -4), ("scan.pdf", 2), ("foto.jpg", -2), ("foto.jpg", 4)])
def test_a_page_that_lay_askew_is_straightened(name: str, degrees: float, tmp_path: Path) -> None:
    page = flowing(ITALIAN * 6).rotate(degrees, Image.Resampling.BICUBIC, fillcolor=255)
    page.save(tmp_path / name, resolution=200, quality=85)
    document = load_document(tmp_path / name)
    assert recall(ITALIAN * 6, document.pages[0].text) >= 0.98
