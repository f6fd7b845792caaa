"""Words that pdfium glues or parts, on pages made so, and pages on which it may look so but is right."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from assistant.documents import load_document
from assistant.documents.pdf import spaces, with_pdfium
from assistant.documents.pdf.engines import PageText
from assistant.documents.pdf.glyphs import Glyphs
from assistant.documents.pdf.with_pdfium import PdfiumEngine

FONT, SIZE, SPACE = "Times-Roman", 11, 3.3
"""A space is 0.3 em wide."""
SPACE_IN_FONT = stringWidth(" ", FONT, SIZE)
PROSE = [
    "Testing is usually necessary. Then, the sources",
    "are copied, and others in the project can enjoy",
    "the new bug-fix or functionality. In order to",
    "manage this, many software developers are needed.",
]
Draw = Callable[[Canvas], None]


class GhostscriptLine:
    """A line as Ghostscript writes what groff has set: some spaces are only letters set apart, two by two."""

    def __init__(self, canvas: Canvas, left: float, baseline: float) -> None:
        self._canvas = canvas
        self._text = canvas.beginText(left, baseline)
        self._text.setFont(FONT, SIZE)

    def run(self, text: str, apart: float = 0.0, word_space: float = 0.0) -> GhostscriptLine:
        self._text.setCharSpace(apart)
        self._text.setWordSpace(word_space)
        self._text.textOut(text)
        width = stringWidth(text, FONT, SIZE) + apart * len(text) + word_space * text.count(" ")
        self._text.moveCursor(width, 0)
        return self

    def glued(self, text: str, apart: float = SPACE) -> GhostscriptLine:
        """Every space is left out, and the letters on both sides of it are set apart."""
        words = text.split(" ")
        self.run(words[0][:-1])
        for before, after in pairwise(words):
            self._text.setCharSpace(0)
            pair = before[-1] + after[0]
            self.run(pair, apart)
            self._text.moveCursor(-apart, 0)  # behind the pair nothing is set apart
            self.run(after[1:-1])
        return self.run(words[-1][-1])

    def end(self) -> None:
        self._canvas.drawText(self._text)


def read(folder: Path, draw: Draw) -> PageText:
    path = folder / "drawn.pdf"
    canvas = Canvas(str(path), pagesize=(595, 842))
    canvas.setFont(FONT, SIZE)
    draw(canvas)
    canvas.save()
    return PdfiumEngine(str(path), "").read_page(0)


@pytest.fixture
def drawn(tmp_path: Path) -> Callable[[Draw], PageText]:
    return lambda draw: read(tmp_path, draw)


def glued_page(canvas: Canvas) -> None:
    for row, text in enumerate(PROSE):
        GhostscriptLine(canvas, 72, 760 - 14 * row).glued(text).end()


@pytest.fixture
def not_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_pdfium, "put_right", lambda _: False)


def lines_of(page: PageText) -> list[str]:
    return page.text.split("\n")


# --- glued and parted words -------------------------------------------------------------------------------------


@pytest.mark.usefixtures("not_mended")
def test_pdfium_alone_glues_the_words_of_the_page_of_these_tests(drawn: Callable[[Draw], PageText]) -> None:
    assert lines_of(drawn(glued_page)) == [line.replace(" ", "") for line in PROSE]


def test_words_glued_by_pdfium_are_parted_where_the_gaps_are(drawn: Callable[[Draw], PageText]) -> None:
    page = drawn(glued_page)
    assert lines_of(page) == PROSE
    assert (page.engine, page.reason) == ("geometry", "wrong-spaces")
    assert len(page.lines) == len(PROSE)


@pytest.mark.parametrize("turn", [90, 270])
def test_turned_pages_are_put_right_too(drawn: Callable[[Draw], PageText], turn: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(300, 420)
        canvas.rotate(turn)
        canvas.translate(-200, -760)
        glued_page(canvas)

    assert lines_of(drawn(draw)) == PROSE


def parted_word(canvas: Canvas) -> None:
    GhostscriptLine(canvas, 72, 600).run("Software De").run("v e", -0.2, 0.2 - SPACE_IN_FONT).run("lopment").end()


@pytest.mark.usefixtures("not_mended")
def test_pdfium_alone_parts_a_word_with_a_space_that_is_drawn_over(drawn: Callable[[Draw], PageText]) -> None:
    assert drawn(parted_word).text == "Software Dev elopment"


def test_a_space_that_is_drawn_over_is_none(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        glued_page(canvas)
        parted_word(canvas)

    assert lines_of(drawn(draw))[-1] == "Software Development"


def test_columns_of_glued_words_are_still_read_one_after_the_other(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(2 * PROSE):
            for left in (50, 320):
                GhostscriptLine(canvas, left, 760 - 14 * row).glued(text).end()

    page = drawn(draw)
    assert lines_of(page) == 4 * PROSE
    assert (page.engine, page.reason) == ("geometry", "row-by-row")


# --- pages that only look so ------------------------------------------------------------------------------------

LOOKING_GLUED = {
    "addresses": ["See www.example.org,mirror.example.org or http://docs.example.org/a.Page.html", "me@example.org"],
    "a program": ["private fooBar = new FooBar(item.getName(),other.size());", "self.readPage(a,b).thenClose();"],
    "names": ["iPhone eBook McDonald LaTeX JavaScript DeVito pH kWh GmbH e.g. i.e. p.es. U.S.A. S.p.A.", "D.Lgs."],
    "Italian prose": ["L’elettrone, d’altra parte, non c’è: è un’ipotesi; cioè «si dice» (ma chi?) così.", "E poi?"],
}


@pytest.mark.parametrize("lines", LOOKING_GLUED.values(), ids=LOOKING_GLUED)
@pytest.mark.parametrize("font", ["Times-Roman", "Courier"])
def test_what_is_written_without_a_gap_is_left_alone(
    drawn: Callable[[Draw], PageText], lines: list[str], font: str
) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, 10)
        for row, text in enumerate(4 * lines):
            canvas.drawString(50, 760 - 14 * row, text)

    page = drawn(draw)
    assert (page.engine, page.reason) == ("pdfium", "")
    assert lines_of(page) == 4 * lines


def test_one_gap_at_an_odd_place_is_not_enough(drawn: Callable[[Draw], PageText]) -> None:
    page = drawn(lambda canvas: GhostscriptLine(canvas, 72, 600).glued("One place only, and no more of them").end())
    assert page.reason == ""


def test_letters_that_are_set_apart_stay_one_word(drawn: Callable[[Draw], PageText]) -> None:
    def draw(canvas: Canvas) -> None:
        glued_page(canvas)
        canvas.drawString(72, 600, "FOREWORD", charSpace=2.4)

    assert lines_of(drawn(draw))[-1].replace(" ", "") == "FOREWORD"


def test_a_page_in_order_is_asked_for_no_letter(
    drawn: Callable[[Draw], PageText], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a gap was measured")

    def draw(canvas: Canvas) -> None:
        for row, text in enumerate(PROSE):
            canvas.drawString(50, 760 - 14 * row, text)

    monkeypatch.setattr(spaces, "_gap", refuse)
    assert lines_of(drawn(draw)) == PROSE


# --- formulas ---------------------------------------------------------------------------------------------------


def limit(canvas: Canvas) -> None:
    text = canvas.beginText(72, 600)
    text.setFont(FONT, SIZE)
    text.textOut("= lim")
    text.setFont(FONT, 8)
    text.setTextOrigin(80, 595)
    text.textOut("n>0")
    canvas.drawText(text)


@pytest.mark.usefixtures("not_mended")
def test_pdfium_alone_glues_what_stands_below_lim_to_it(drawn: Callable[[Draw], PageText]) -> None:
    assert drawn(limit).text == "= limn>0"


def test_what_stands_below_lim_is_a_word_of_its_own(drawn: Callable[[Draw], PageText]) -> None:
    page = drawn(limit)
    assert page.text == "= lim n>0"
    assert page.engine == "pdfium"


@pytest.mark.parametrize("formula", ["H2O", "CO2", "xmax", "asin", "limo", "mini"])
def test_formulas_and_words_without_gaps_are_left_alone(drawn: Callable[[Draw], PageText], formula: str) -> None:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 600)
        text.setFont(FONT, SIZE)
        text.textOut(f"So {formula[0]}")
        text.setFont(FONT, 8)
        text.setRise(-2)
        text.textOut(formula[1:])
        canvas.drawText(text)

    assert drawn(draw).text == f"So {formula}"


# --- whatever the words -----------------------------------------------------------------------------------------

_WORDS = st.lists(st.text("abcdefghilmnopqrstuvz", min_size=3, max_size=9), min_size=2, max_size=8)


@settings(max_examples=60, deadline=None)
@given(lines=st.lists(_WORDS.map(" ".join), min_size=1, max_size=6), space=st.floats(0.24, 0.9))
def test_any_words_are_parted_by_any_space(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], space: float
) -> None:
    def draw(canvas: Canvas) -> None:
        for row, text in enumerate([*PROSE, *lines]):
            GhostscriptLine(canvas, 40, 790 - 14 * row).glued(text, space * SIZE).end()

    assert read(tmp_path_factory.mktemp("words"), draw).text.split() == " ".join([*PROSE, *lines]).split()


def test_characters_keep_their_places_when_spaces_come_and_go(tmp_path: Path) -> None:
    path = tmp_path / "drawn.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 600, "onetwo th ree")
    canvas.save()
    page = pypdfium2.PdfDocument(path)[0]
    text_page = page.get_textpage()
    glyphs = Glyphs(page, text_page)
    before = {letter: glyphs.box(glyphs.text.index(letter)) for letter in "ntwhr"}
    glyphs.respace({3}, {glyphs.text.rindex(" ")})
    assert glyphs.text == "one two three"
    assert {letter: glyphs.box(glyphs.text.index(letter)) for letter in "ntwhr"} == before
    assert glyphs.box(3) == glyphs.box(2)  # the space has no place of its own


def test_punctuation_that_stands_a_little_apart_in_a_listing_parts_no_words() -> None:
    found = Path(__file__).parents[2] / "benchmarks" / "reading" / "found" / "packaging-tutorial.pdf"
    text = "\n".join(page.text for page in load_document(found).pages)
    assert "http://www.gnu.org/software/wget" in text
    assert "Build-Depends" in text
