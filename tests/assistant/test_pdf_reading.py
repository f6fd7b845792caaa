"""The child's side of reading PDFs, in this process: real pages made for the purpose, read by real pdfium."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from assistant.documents.child.limits import LIMITS
from assistant.documents.child.messages import ChildMessage, Done, Job, Opened, PageRead, Refused, Structure
from assistant.documents.pdf import with_pdfium, with_pypdf
from assistant.documents.pdf.engines import CannotOpen, PageText
from assistant.documents.pdf.quality import Reading, better, judged
from assistant.documents.pdf.reading import read
from assistant.documents.pdf.with_pdfium import PdfiumEngine
from tests.assistant import pdf_files

WORDS = "the leaf takes in light and gives out oxygen while roots drink water from below".split()  # noqa: SIM905
PROSE = "The leaf takes in light and gives out oxygen, as everybody learns at school."
Draw = Callable[[Canvas], None]


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[[Draw], PageText]:
    """What pdfium and geometry make of a page of 595 × 842 points."""

    def draw_and_read(draw: Draw) -> PageText:
        path = tmp_path / "drawn.pdf"
        canvas = Canvas(str(path), pagesize=(595, 842))
        canvas.setFont("Helvetica", 10)
        draw(canvas)
        canvas.save()
        return PdfiumEngine(str(path), "").read_page(0)

    return draw_and_read


@pytest.fixture
def no_pypdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """pypdf opens slowly: it may not be asked."""

    def refuse(*_: object) -> None:
        raise AssertionError("pypdf was opened")

    monkeypatch.setattr(with_pypdf, "PypdfEngine", refuse)


def messages(tmp_path: Path, data: bytes, **job: object) -> list[ChildMessage]:
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    said: list[ChildMessage] = []
    read(Job(str(path), **job), LIMITS, said.append)  # type: ignore[arg-type]
    return said


def pages_in(said: list[ChildMessage]) -> dict[int, PageRead]:
    return {message.index: message for message in said if isinstance(message, PageRead)}


def column(name: str, rows: int = 20) -> list[str]:
    chance = random.Random(name)
    return [f"{name}{row} " + " ".join(chance.sample(WORDS, 7)) for row in range(rows)]


def lines_of(page: PageText) -> list[str]:
    return [line for line in page.text.split("\n") if line]


# --- order ------------------------------------------------------------------------------------------------------


def test_columns_drawn_row_by_row_are_put_back_in_order(drawn: Callable[[Draw], PageText]) -> None:
    left, right = column("a"), column("b")

    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 790, "A title over the whole width of the page, above both columns and their text")
        for row in range(20):
            canvas.drawString(50, 760 - 12 * row, left[row])
            canvas.drawString(310, 760 - 12 * row, right[row])

    page = drawn(draw)
    assert (page.engine, page.reason) == ("geometry", "row-by-row")
    assert lines_of(page)[1:] == [*left, *right]
    assert len(page.lines) == 41


def test_columns_drawn_one_after_the_other_are_left_to_pdfium(drawn: Callable[[Draw], PageText]) -> None:
    left, right = column("a"), column("b")

    def draw(canvas: Canvas) -> None:
        for x, texts in ((50, left), (310, right)):
            for row, text in enumerate(texts):
                canvas.drawString(x, 760 - 12 * row, text)

    page = drawn(draw)
    assert (page.engine, page.reason) == ("pdfium", "")
    assert lines_of(page) == [*left, *right]


def test_a_table_drawn_column_by_column_is_put_in_rows(drawn: Callable[[Draw], PageText]) -> None:
    columns = [("Soil", "Wood", "Meadow"), ("Runoff", "0.10", "0.20"), ("Time", "60 minutes", "40 minutes")]

    def draw(canvas: Canvas) -> None:
        for number, column in enumerate(columns):
            for row, text in enumerate(column):
                canvas.drawString(50 + 120 * number, 760 - 16 * row, text)

    page = drawn(draw)
    assert (page.engine, page.reason) == ("geometry", "out-of-order")
    assert lines_of(page) == [" | ".join(row) for row in zip(*columns, strict=True)]


def test_a_page_drawn_from_the_bottom_up_is_turned_over(drawn: Callable[[Draw], PageText]) -> None:
    texts = column("a")

    def draw(canvas: Canvas) -> None:
        for row in reversed(range(20)):
            canvas.drawString(50, 760 - 12 * row, texts[row])

    page = drawn(draw)
    assert (page.engine, page.reason) == ("geometry", "out-of-order")
    assert lines_of(page) == texts


def test_the_boxes_of_a_slide_are_read_from_the_top_and_from_the_left(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        for n in range(4):
            canvas.drawString(320, 600 - 14 * n, f"second box line {n}")
        for n in range(4):
            canvas.drawString(50, 600 - 14 * n, f"first box line {n}")
        canvas.setFont("Helvetica", 24)
        canvas.drawString(50, 700, "The title of the slide")

    expected = [f"{box} box line {n}" for box in ("first", "second") for n in range(4)]
    assert lines_of(drawn(draw)) == ["The title of the slide", *expected]


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("rotated_page", [False, True])
def test_turned_pages_read_like_upright_ones(drawn: Callable[[Draw], PageText], turn: int, rotated_page: bool) -> None:
    texts = column("a", 8)

    def draw(canvas: Canvas) -> None:
        if rotated_page:
            canvas.setPageRotation(turn)
        canvas.translate(300, 400)
        canvas.rotate(turn)
        for row, text in enumerate(texts):
            canvas.drawString(-150, 60 - 12 * row, text)

    page = drawn(draw)
    assert lines_of(page) == texts
    assert [fact.top for fact in page.lines] == sorted(fact.top for fact in page.lines)
    assert page.lines[0].size == 100


def test_a_stamp_along_the_edge_does_not_turn_the_page(drawn: Callable[[Draw], PageText]) -> None:
    texts = column("a", 8)

    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(texts):
            canvas.drawString(80, 700 - 12 * row, text)
        canvas.translate(20, 300)
        canvas.rotate(90)
        canvas.drawString(0, 0, "arXiv:2401.00001v1")

    assert lines_of(drawn(draw)) == [*texts, "arXiv:2401.00001v1"]


# --- tables, forms, type ----------------------------------------------------------------------------------------


def test_the_rows_of_a_table_stay_rows_and_apart_from_prose(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 780, PROSE)
        for row, cells in enumerate(
            (("Year", "Income", "Note"), ("2023", "1.200", "a little more"), ("2024", "900", "less"))
        ):
            for number, cell in enumerate(cells):
                canvas.drawString(60 + 120 * number, 760 - 14 * row, cell)
        canvas.drawString(50, 715, PROSE)

    assert drawn(draw).text == (
        f"{PROSE}\n\nYear | Income | Note\n2023 | 1.200 | a little more\n2024 | 900 | less\n\n{PROSE}"
    )


def test_gaps_inside_one_drawing_part_cells_as_well(tmp_path: Path) -> None:
    """TeX draws a row in one go, with kerns for gaps."""
    rows = "".join(
        f"[({a}) -5000 ({b}) -6000 ({c})] TJ 0 -14 Td "
        for a, b, c in (("Rat", 20, 7), ("Cat", 40, 25), ("Dog", 90, 61))
    )
    path = tmp_path / "file.pdf"
    path.write_bytes(pdf_files.pages(f"BT /F 11 Tf 72 700 Td {rows} ({PROSE}) Tj ET".encode()))
    assert PdfiumEngine(str(path), "").read_page(0).text.startswith("Rat | 20 | 7\nCat | 40 | 25\nDog | 90 | 61\n\n")


def test_what_was_filled_into_a_form_stands_behind_its_label(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "Name:")
        canvas.acroForm.textfield(name="name", value="Ada Lovelace", x=120, y=692, width=200, height=20)
        canvas.drawString(50, 650, "Course:")
        canvas.acroForm.textfield(name="course", value="Biologia", x=120, y=642, width=200, height=20)
        canvas.acroForm.textfield(name="key", value="hush", x=120, y=500, width=200, height=20, fieldFlags="password")

    assert lines_of(drawn(draw)) == ["Name: Ada Lovelace", "Course: Biologia"]


def test_lines_tell_their_size_weight_and_place(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 16)
        canvas.drawString(50, 842 - 100, "A heading")
        canvas.scale(2, 2)
        canvas.setFont("Helvetica", 5)
        canvas.drawString(25, 421 - 200, "Text of five points, drawn at twice its size")

    heading, text = drawn(draw).lines
    assert (heading.size, heading.bold) == (160, 1)
    assert (text.size, text.bold) == (100, 0)
    assert 95 <= heading.top <= 105
    assert 460 <= text.top <= 470


def test_pages_of_mathematics_are_marked_and_prose_with_numbers_is_not(tmp_path: Path) -> None:
    formula = b"BT /M 11 Tf 72 700 Td " + b"(xyzw) Tj 0 -14 Td " * 20 + b"/F 11 Tf (where x is small) Tj ET"
    prose = pdf_files.show(
        *[f"In {1900 + n} there were {n}00 mice, or 3,{n} % of all (see p. {n})." for n in range(20)]
    )
    font = {1000: "<< /Type /Font /Subtype /Type1 /BaseFont /ABCDEF+CMMI10 >>"}
    data = pdf_files.pages(formula, prose, resources="/Font << /F 3 0 R /M 1000 0 R >>", extra=font)
    pages = pages_in(messages(tmp_path, data))
    assert pages[0].warnings == ("formula-heavy",)
    assert pages[1].warnings == ()


# --- structure --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_pypdf")
def test_outline_labels_and_metadata_come_from_pdfium(tmp_path: Path) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf_files.simple(PROSE, PROSE, PROSE)))
    chapter = writer.add_outline_item("Capitolo è primo", page_number=1)
    writer.add_outline_item("Paragrafo", page_number=2, parent=chapter)
    writer.set_page_label(0, 0, style="/r")
    writer.set_page_label(1, 2, style="/D", start=7)
    writer.add_metadata({"/Title": "Appunti", "/Author": "Ada"})
    out = io.BytesIO()
    writer.write(out)
    said = messages(tmp_path, out.getvalue())
    structure = next(message for message in said if isinstance(message, Structure))
    assert structure.labels == ("i", "7", "8")
    assert [tuple(entry)[:3] for entry in structure.outline] == [("Capitolo è primo", 1, 1), ("Paragrafo", 2, 2)]
    assert structure.metadata == {"title": "Appunti", "author": "Ada"}
    assert isinstance(said[-1], Done)


def test_the_file_is_opened_anew_now_and_then_for_its_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_pdfium, "_PAGES_PER_OPENING", 2)
    pages = pages_in(messages(tmp_path, pdf_files.simple(*(f"{PROSE} {n}" for n in range(7)))))
    assert [page.text for page in pages.values()] == [f"{PROSE} {n}" for n in range(7)]


# --- which engine -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_pypdf")
@pytest.mark.parametrize("blank", [b"", b"0 0 m 99 99 l S"], ids=["nothing", "a line drawn"])
def test_a_page_without_any_text_is_no_reason_to_open_pypdf(tmp_path: Path, blank: bytes) -> None:
    pages = pages_in(messages(tmp_path, pdf_files.pages(pdf_files.show(PROSE), blank)))
    assert pages[1].warnings == ("empty",)


@pytest.mark.usefixtures("no_pypdf")
def test_a_few_long_words_in_a_book_are_believed(tmp_path: Path) -> None:
    long = f"{PROSE} donaudampfschifffahrtsgesellschaft rindfleischetikettierungsgesetz"
    pages = pages_in(messages(tmp_path, pdf_files.simple(*[PROSE] * 60, long)))
    assert pages[60].warnings == ()


def test_long_words_that_both_engines_read_are_believed() -> None:
    long = f"{PROSE} donaudampfschifffahrtsgesellschaft rindfleischetikettierungsgesetz"
    first, second = judged(PageText(long, "pdfium")), judged(PageText(f" {long}", "pypdf"))
    assert first.verdict == "glued-words"
    chosen = better(first, second)
    assert (chosen.engine, chosen.verdict) == ("pdfium", "")


@pytest.mark.parametrize(
    "text",
    [
        f"{PROSE} \\cleardoublepageusingstyle and \\addtocontentslinetofileofthing",
        f"{PROSE} AbstractSingletonProxyFactoryBean InternalFrameTitlePaneMaximize",
        "これは日本語の文章であり単語の間に空白がないのでとても長く見えるものです。" * 3,
    ],
    ids=["commands", "classes", "Japanese"],
)
def test_names_in_programs_and_scripts_without_spaces_are_not_glued(text: str) -> None:
    assert judged(PageText(text, "pdfium")).verdict == ""


def test_good_words_among_odd_signs_are_kept() -> None:
    assert judged(PageText(f"{PROSE}\n" + "\x01 \x04 \uf8ee\n\uf8ef\n" * 30, "pdfium")).verdict == ""


@pytest.mark.parametrize(
    ("reading", "warnings"),
    [
        (Reading("x", "pdfium", "", formula_heavy=True), ("formula-heavy",)),
        (Reading("", "pdfium", "scanned", formula_heavy=True), ("scanned",)),
        (Reading("x", "pdfium", "glued-words", formula_heavy=True), ("glued-words", "formula-heavy")),
    ],
)
def test_a_page_that_cannot_be_read_is_not_called_mathematical(reading: Reading, warnings: tuple[str, ...]) -> None:
    assert reading.warnings == warnings


def test_a_certificate_is_named_by_pdfium_alone(tmp_path: Path) -> None:
    path = tmp_path / "file.pdf"
    path.write_bytes(
        pdf_files.simple(PROSE).replace(
            b"/Root 1 0 R", b"/Root 1 0 R /ID [<00> <00>] /Encrypt << /Filter /Adobe.PubSec /V 4 /R 4 /Length 128 >>"
        )
    )
    with pytest.raises(CannotOpen) as caught:
        PdfiumEngine(str(path), "")
    assert caught.value.code == "certificate"


def test_a_file_no_engine_opens_is_refused_once(tmp_path: Path) -> None:
    said = messages(tmp_path, b"%PDF-1.7\n nothing else")
    assert [type(message) for message in said] == [Refused]


def test_pages_that_were_read_before_are_skipped(tmp_path: Path) -> None:
    said = messages(tmp_path, pdf_files.simple(PROSE, PROSE, PROSE), skip=(0, 2))
    assert said[0] == Opened(3)
    assert list(pages_in(said)) == [1]
