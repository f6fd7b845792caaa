"""Pages drawn as pictures, with a passage marked: whatever the page's text looks like inside, whatever the file is."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path

import psutil
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from assistant.documents.child.messages import decode
from assistant.documents.pdf.drawing import MOST_PIXELS, fitted, found_spans
from assistant.documents.pdf.picture import PagePicture, can_be_drawn, draw_page
from assistant.errors import DocumentAccessError, Stopped, UnsupportedDocumentError

LINES = (
    "The leaf takes up red light and gives back the green.",
    "Photosynthe-",
    "sis is the name of what the leaf does with the light.",
    "Roots drink water by night, and the stem carries it up.",
)
ROOM = (300, 400)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    return write_pdf(tmp_path / "leaf.pdf")


def write_pdf(path: Path, *, encrypt: str | None = None) -> Path:
    """Two pages of 300 × 400 points: one is blank, the other has `LINES` from the top."""
    canvas = Canvas(str(path), (300, 400), encrypt=encrypt)
    canvas.showPage()
    canvas.setFont("Helvetica", 10)
    for number, line in enumerate(LINES):
        canvas.drawString(20, 350 - 50 * number, line)
    canvas.save()
    return path


def turn(path: Path) -> Path:
    """A copy whose pages are turned clockwise by a quarter."""
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.set_rotation(90)
    document.save(path.with_name("turned.pdf"))
    return path.with_name("turned.pdf")


def yellow(picture: PagePicture) -> tuple[int, int, int, int] | None:
    """The rectangle around everything that is marked: left, top, right, bottom."""
    image = Image.frombytes("RGB", (picture.width, picture.height), picture.pixels)
    red, _green, blue = image.split()
    bright = red.point(lambda value: 255 * (value > 200))
    return Image.composite(blue.point(lambda value: 255 * (value < 120)), Image.new("L", image.size), bright).getbbox()


# --- what is drawn ------------------------------------------------------------------------------------------------


def test_the_passage_is_marked_where_it_stands_on_the_page(pdf):
    picture = draw_page(pdf, 2, ROOM, quote="Roots drink water by night")
    assert (picture.width, picture.height) == ROOM
    assert picture.marked
    left, top, right, bottom = yellow(picture)
    assert 15 <= left <= 22
    assert 185 <= top < bottom <= 210, "the fourth line is 200 points from the top"
    assert 120 <= right <= 165, "it ends in the middle of the line"


def test_a_word_that_was_parted_at_the_end_of_a_line_is_found_and_marked_on_both(pdf):
    picture = draw_page(pdf, 2, ROOM, quote="Photosynthesis is the name of what the leaf does")
    assert picture.marked
    _left, top, _right, bottom = yellow(picture)
    assert bottom - top > 50


def test_on_a_page_that_is_turned_the_mark_is_turned_as_well(pdf):
    upright = yellow(draw_page(pdf, 2, ROOM, quote=LINES[0]))
    picture = draw_page(turn(pdf), 2, (400, 300), quote=LINES[0])
    assert (picture.width, picture.height) == (400, 300)
    left, top, right, bottom = yellow(picture)
    assert (400 - right, 400 - left) == pytest.approx((upright[1], upright[3]), abs=3)
    assert (top, bottom) == pytest.approx((upright[0], upright[2]), abs=3)


def test_words_that_are_not_on_the_page_leave_it_unmarked_and_that_is_known(pdf):
    picture = draw_page(pdf, 2, ROOM, quote="Nobody ever wrote this sentence here.")
    assert not picture.marked
    assert yellow(picture) is None


def test_of_a_passage_of_several_sentences_those_are_marked_that_are_there(pdf):
    quote = f"{LINES[0]} This one is on another page altogether. {LINES[3]}"
    assert draw_page(pdf, 2, ROOM, quote=quote).marked


def test_a_locked_document_is_drawn_with_its_password(tmp_path):
    path = write_pdf(tmp_path / "locked.pdf", encrypt="sesame")
    assert draw_page(path, 2, ROOM, quote=LINES[0], password="sesame").marked
    with pytest.raises(DocumentAccessError):
        draw_page(path, 2, ROOM, quote=LINES[0])


@pytest.mark.parametrize(("name", "options"), [("a.png", {}), ("a.jpg", {}), ("a.webp", {}), ("a.bmp", {})])
def test_an_image_is_drawn_as_it_is(tmp_path, name, options):
    Image.new("RGB", (200, 100), (10, 200, 30)).save(tmp_path / name, **options)
    picture = draw_page(tmp_path / name, 1, (50, 50))
    assert (picture.width, picture.height) == (50, 25)
    assert picture.pixels[:3] == pytest.approx((10, 200, 30), abs=6)


def test_of_a_tiff_with_several_pages_the_right_one_is_drawn(tmp_path):
    pages = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    pages[0].save(tmp_path / "a.tiff", save_all=True, append_images=pages[1:])
    assert draw_page(tmp_path / "a.tiff", 2, (10, 10)).pixels[:3] == b"\0\0\xff"


# --- what cannot be drawn -----------------------------------------------------------------------------------------


def test_only_pdfs_and_images_have_pages_to_look_at(tmp_path):
    (tmp_path / "notes.docx").write_bytes(b"PK")
    assert not can_be_drawn(tmp_path / "notes.docx")
    with pytest.raises(UnsupportedDocumentError, match="no picture"):
        draw_page(tmp_path / "notes.docx", 1, ROOM)


def test_a_file_that_is_gone_is_said_to_be_gone(tmp_path):
    with pytest.raises(DocumentAccessError, match="no longer there"):
        draw_page(tmp_path / "gone.pdf", 1, ROOM)


@pytest.mark.parametrize("page", [0, 3, 10**9])
def test_a_page_that_there_is_not_cannot_be_drawn(pdf, page):
    with pytest.raises(DocumentAccessError, match="cannot be drawn"):
        draw_page(pdf, page, ROOM)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing else", b"\x89PNG\r\n\x1a\n", bytes(5000)])
@pytest.mark.parametrize("suffix", [".pdf", ".png"])
def test_a_damaged_file_costs_a_sentence_and_nothing_more(tmp_path, content, suffix):
    path = tmp_path / f"damaged{suffix}"
    path.write_bytes(content)
    with pytest.raises(DocumentAccessError):
        draw_page(path, 1, ROOM)


def test_a_picture_that_would_fill_the_memory_is_not_unpacked(tmp_path):
    header = io.BytesIO()
    Image.new("1", (8, 8)).save(header, "PNG")
    data = bytearray(header.getvalue())
    data[16:24] = (60_000).to_bytes(4, "big") * 2
    (tmp_path / "bomb.png").write_bytes(bytes(data))
    with pytest.raises(DocumentAccessError):
        draw_page(tmp_path / "bomb.png", 1, ROOM)


def test_a_page_of_the_greatest_size_is_drawn_with_few_pixels(tmp_path):
    canvas = Canvas(str(tmp_path / "huge.pdf"), (14_400, 14_400))
    canvas.drawString(100, 100, "Far away")
    canvas.save()
    picture = draw_page(tmp_path / "huge.pdf", 1, (9_000, 9_000))
    assert picture.width * picture.height <= MOST_PIXELS


def test_stopping_ends_the_child_at_once(pdf):
    begun = time.monotonic()
    with pytest.raises(Stopped):
        draw_page(pdf, 2, ROOM, should_stop=lambda: True)
    assert time.monotonic() - begun < 5
    assert not [child for child in psutil.Process().children() if "documents.child" in " ".join(child.cmdline())]


@pytest.mark.parametrize(
    "changes", [{"width": 3}, {"height": 0}, {"width": -1}, {"pixels": "####"}, {"pixels": 7}, {"width": "2"}]
)
def test_a_picture_of_another_size_than_it_says_is_no_message(changes):
    fields = {"type": "Picture", "width": 2, "height": 1, "pixels": "AAAAAAAA", "marked": True}
    assert decode(json.dumps(fields).encode()).width == 2
    with pytest.raises(ValueError):
        decode(json.dumps({**fields, **changes}).encode())


# --- the parts ----------------------------------------------------------------------------------------------------

SIDES = st.floats(0, 1e6)


@given(SIDES, SIDES, st.integers(1, 10_000), st.integers(1, 10_000))
def test_a_page_is_never_larger_than_its_room_nor_than_the_most(width, height, across, down):
    size = fitted(width, height, (across, down))
    assert 1 <= size[0] <= across
    assert 1 <= size[1] <= down
    assert size[0] * size[1] <= max(MOST_PIXELS, across, down)


WORDS = st.lists(st.text("abcdeéß漢1", min_size=1, max_size=9), min_size=3, max_size=12)


@given(WORDS, WORDS, WORDS, st.sampled_from([" ", "\r\n", " - ", "\ufffe", ""]))
def test_a_passage_is_found_whatever_spaces_and_hyphens_the_page_has(before, words, after, between):
    page = list(f"{' '.join(before)}. {between.join(words)}. {' '.join(after)}")
    spans = found_spans(page, " ".join(words))
    assert spans, "it stands there"
    for first, behind in spans:
        assert 0 <= first < behind <= len(page)


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_is_looked_for_the_spans_are_on_the_page(page, quote):
    for first, behind in found_spans(list(page), quote):
        assert 0 <= first < behind <= len(page)
