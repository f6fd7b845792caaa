"""The parts of recognition that need no tesseract."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assistant.documents.ocr import advice, tesseract
from assistant.documents.ocr.bitmaps import DPI, MOST_PIXELS, drawing_scale
from assistant.documents.ocr.hocr import parse_hocr
from assistant.documents.ocr.image_header import read_image_header
from assistant.documents.ocr.skew import estimate_slope
from assistant.documents.ocr.tesseract import NoTesseract, Tesseract, find_tesseract

A4_POINTS = (595.0, 842.0)


# --- what tesseract says ----------------------------------------------------------------------------------------


def hocr(*paragraphs: list[str], confidence: int = 95, sizes: dict[str, float] | None = None, title: str = "") -> str:
    """Each paragraph is a list of lines."""
    parts = ["<div class='ocr_page' title='image \"stdin\"; bbox 0 0 2000 3000; ppageno 0'>"]
    top = 0
    for lines in paragraphs:
        parts.append("<div class='ocr_carea'><p class='ocr_par' title=\"bbox 0 0 9 9\">")
        for line in lines:
            top += 100
            size = (sizes or {}).get(line, 50.0)
            parts.append(f"<span class='ocr_line' title=\"bbox 10 {top} 900 {top + 40}; {title} x_size {size}\">")
            parts += [
                f"<span class='ocrx_word' title='bbox 1 2 3 4; x_wconf {confidence}'>{word}</span>"
                for word in line.split()
            ]
            parts.append("</span>")
        parts.append("</p></div>")
    return "\n".join([*parts, "</div>"])


def test_lines_stay_lines_and_paragraphs_are_parted_by_a_blank_line() -> None:
    found = parse_hocr(hocr(["La cellula", "è viva."], ["Altro."]), 300)
    assert found.text == "La cellula\nè viva.\n\nAltro."
    assert found.confidence == 95


def test_a_paragraph_that_stops_within_a_sentence_goes_on_in_the_next_column() -> None:
    assert (
        parse_hocr(hocr(["la fotosin-"], ["tesi clorofil-"], ["liana."]), 300).text
        == "la fotosin-\ntesi clorofil-\nliana."
    )
    assert parse_hocr(hocr(["Fine."], ["inizio"]), 300).text == "Fine.\n\ninizio"


def test_entities_and_marks_of_emphasis_are_resolved() -> None:
    found = parse_hocr(hocr(["a &lt; b &amp; <strong>c</strong> <em>d</em>"]), 300)
    assert found.text == "a < b & c d"


def test_a_bar_that_begins_a_sentence_is_the_article() -> None:
    assert parse_hocr(hocr(["specializzati. | mitocondri"]), 300).text == "specializzati. I mitocondri"
    assert parse_hocr(hocr(["| mitocondri"]), 300).text == "I mitocondri"
    for untouched in ("| a | b |", "p(a | b)", "x | y"):
        assert parse_hocr(hocr([untouched]), 300).text == untouched


def test_specks_are_no_words_but_sure_signs_are() -> None:
    assert parse_hocr(hocr(["' ~ |"], confidence=20), 300).text == ""
    assert parse_hocr(hocr(["a – b"], confidence=90), 300).text == "a – b"


def test_control_characters_do_not_come_through() -> None:
    assert parse_hocr(hocr(["ci\x1b[31mao\x07 &#x202e;rosso"]), 300).text == "ciao rosso"


def test_a_line_of_its_own_size_keeps_it_and_the_others_share_one() -> None:
    lines = ["Titolo", "uno g", "due", "tre", "quattro"]
    found = parse_hocr(hocr(lines[:1], lines[1:], sizes={"Titolo": 90, "uno g": 56, "due": 46}), 300)
    assert [line.size for line in found.lines] == [220, 120, 120, 120, 120], "tenths of a point"
    assert [line.top for line in found.lines] == [33, 66, 100, 133, 166], "thousandths of the height"


def test_how_askew_a_page_is_shows_in_the_slope_of_its_lines() -> None:
    assert parse_hocr(hocr(["una riga", "e un'altra"], title="baseline 0.035 -4;"), 300).slope == 0.035
    assert parse_hocr(hocr(["una riga"]), 300).slope == 0.0
    assert parse_hocr(hocr(["una riga"], title="textangle 90; baseline 0.035 -4;"), 300).slope == 0.0


def test_a_page_on_its_side_has_no_line_facts() -> None:
    found = parse_hocr(hocr(["Testo di lato"], title="textangle 90;"), 300)
    assert (found.text, found.lines) == ("Testo di lato", ())


@given(st.text(alphabet="<>/'\"=; abocr_parlinexwd&#!-[]0123456789", max_size=300))
def test_what_is_not_hocr_gives_text_with_as_many_facts_as_lines_or_none(text: str) -> None:
    try:
        found = parse_hocr(hocr(["a"]) + text, 300)
    except AssertionError:  # the one thing html.parser raises, and the caller expects
        return
    assert len(found.lines) in (0, len([line for line in found.text.split("\n") if line.strip()]))
    assert 0 <= found.confidence <= 100


# --- headers of images ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "suffix"), [("PNG", "png"), ("JPEG", "jpeg"), ("TIFF", "tiff"), ("WebP", "webp"), ("BMP", "bmp")]
)
def test_every_format_tells_its_size(kind: str, suffix: str) -> None:
    file = io.BytesIO()
    Image.new("RGB", (123, 45), (9, 9, 9)).save(file, suffix)
    header = read_image_header(file)
    assert header is not None
    assert (header.kind, header.sizes) == (kind, ((123, 45),))


def test_a_lossless_webp_and_one_with_transparency_tell_theirs() -> None:
    for mode in ("RGB", "RGBA"):
        for lossless in (True, False):
            file = io.BytesIO()
            Image.new(mode, (300, 200), (9, 200, 9, 77)[: len(mode)]).save(file, "webp", lossless=lossless)
            header = read_image_header(file)
            assert header is not None
            assert header.sizes == ((300, 200),)


def test_a_jpeg_with_much_metadata_in_front_tells_its_size() -> None:
    file = io.BytesIO()
    Image.new("L", (77, 88)).save(file, "jpeg", exif=b"Exif\0\0" + bytes(60_000), icc_profile=bytes(200_000))
    header = read_image_header(file)
    assert header is not None
    assert header.sizes == ((77, 88),)


def test_every_page_of_a_tiff_is_counted() -> None:
    file = io.BytesIO()
    sheets = [Image.new("L", (10 * n, 20 * n)) for n in (1, 2, 3)]
    sheets[0].save(file, "tiff", save_all=True, append_images=sheets[1:])
    header = read_image_header(file)
    assert header is not None
    assert header.sizes == ((10, 20), (20, 40), (30, 60))
    assert header.pixels == 30 * 60


def test_a_tiff_that_leads_back_to_itself_ends() -> None:
    directory = struct.pack("<HHHIIHHIII", 2, 256, 3, 1, 50, 257, 3, 1, 60, 8)
    header = read_image_header(io.BytesIO(b"II*\0" + struct.pack("<I", 8) + directory))
    assert header is not None
    assert header.sizes == ((50, 60),)


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"RIFF1234WEBPVP8 ", b"BM", b""]),
    st.binary(max_size=200),
)
def test_no_bytes_upset_the_reading_of_headers(start: bytes, rest: bytes) -> None:
    header = read_image_header(io.BytesIO(start + rest))
    assert header is None or all(width > 0 and height > 0 for width, height in header.sizes)


# --- how large a page is drawn ----------------------------------------------------------------------------------


def test_a_sheet_is_drawn_at_the_chosen_resolution() -> None:
    assert drawing_scale(*A4_POINTS, 0) == pytest.approx(DPI / 72)
    assert drawing_scale(*A4_POINTS, 1_000) == pytest.approx(DPI / 72, rel=0.01), "a coarse scan is drawn larger"


def test_a_pdf_of_a_pixel_a_point_is_drawn_as_large_as_its_image() -> None:
    assert drawing_scale(3000, 4000, 12_000_000) == pytest.approx(1.0)


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.integers(0, 10**10))
def test_no_page_is_drawn_with_more_pixels_than_allowed(width: float, height: float, pixels: int) -> None:
    scale = drawing_scale(width, height, pixels)
    assert 0 < scale <= DPI / 72
    assert scale * width * scale * height <= MOST_PIXELS * 1.001


# --- how a page lies --------------------------------------------------------------------------------------------


def ruled(slope: float, width: int = 600, height: int = 850) -> bytes:
    """A page of dark lines, 4 pixels of 14, that go down by `slope`."""
    return bytes(
        30 if (row - slope * (column - width / 2)) % 14 < 4 and 40 < column < 560 and 60 < row < 790 else 240
        for row in range(height)
        for column in range(width)
    )


@pytest.mark.parametrize("slope", [-0.12, -0.07, -0.03, 0.02, 0.05, 0.1])
def test_the_slope_of_lines_is_seen_in_the_picture(slope: float) -> None:
    assert estimate_slope(ruled(slope), 600, 850) == pytest.approx(slope, abs=0.006)


def test_level_lines_and_pictures_without_lines_have_no_slope() -> None:
    assert estimate_slope(ruled(0.0), 600, 850) == 0.0
    grain = Image.effect_noise((600, 850), 40)
    assert estimate_slope(grain.tobytes(), 600, 850) == 0.0
    assert estimate_slope(Image.linear_gradient("L").resize((600, 850)).tobytes(), 600, 850) == 0.0


@given(st.integers(0, 40), st.integers(0, 40), st.data())
def test_no_picture_is_too_small_to_be_looked_at(width: int, height: int, data: st.DataObject) -> None:
    pixels = data.draw(st.binary(min_size=width * height, max_size=width * height))
    assert abs(estimate_slope(pixels, width, height)) <= 0.18


# --- finding tesseract ------------------------------------------------------------------------------------------


def fake_program(folder: Path, languages: str = "eng ita osd", version: str = "5.3.0") -> Path:
    listed = "\\n".join(languages.split())
    path = folder / "tesseract"
    path.write_text(
        f"#!{sys.executable} -IS\nimport sys\n"
        f"print('tesseract {version}' if sys.argv[1] == '--version' else 'List of languages:\\n{listed}')\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


posix = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for tesseract is a script")


@posix
def test_tesseract_is_found_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = fake_program(tmp_path)
    monkeypatch.delenv("SUNTO_TESSERACT")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_tesseract()
    assert found == Tesseract(str(program), "5.3.0", ("eng", "ita", "osd"), os.environ.get("TESSDATA_PREFIX", ""))
    assert (found.languages, found.lacking, found.sees_orientation) == ("ita+eng", (), True)


@posix
def test_a_program_in_the_current_folder_is_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SUNTO_TESSERACT")
    monkeypatch.setenv("PATH", os.pathsep.join([".", ""]))
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(NoTesseract) as caught:
        find_tesseract()
    assert caught.value.problem == "missing"


@posix
def test_a_complete_tesseract_is_asked_once_and_a_lacking_one_again(tmp_path: Path) -> None:
    whole = fake_program(tmp_path)
    assert find_tesseract(str(whole)).lacking == ()
    fake_program(tmp_path, "eng")
    assert find_tesseract(str(whole)).lacking == (), "remembered"
    other = tmp_path / "other"
    other.mkdir()
    lacking = fake_program(other, "eng")
    assert find_tesseract(str(lacking)).lacking == ("ita",)
    fake_program(other, "eng ita")
    assert find_tesseract(str(lacking)).lacking == (), "installed meanwhile"


@posix
def test_each_way_of_not_having_tesseract_is_told_apart(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    german = fake_program(tmp_path, "deu fra")
    for program, problem in ((tmp_path / "nowhere", "not-there"), (broken, "broken"), (german, "languages")):
        with pytest.raises(NoTesseract) as caught:
            find_tesseract(str(program))
        assert caught.value.problem == problem
        assert str(advice.why_not(caught.value)).endswith((".", "ita"))


def test_the_installers_folders_are_looked_into_on_windows() -> None:
    folders = list(
        tesseract._windows_folders({"PROGRAMFILES": "C:/Program Files", "LOCALAPPDATA": "C:/Users/Anna/AppData/Local"})
    )
    assert folders == [
        Path("C:/Program Files/Tesseract-OCR"),
        Path("C:/Users/Anna/AppData/Local/Programs/Tesseract-OCR"),
    ]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["debian"], "sudo apt install"),
        (["linuxmint", "ubuntu", "debian"], "sudo apt install"),
        (["rocky", "rhel", "fedora"], "sudo dnf install"),
        (["macos"], "brew install"),
        (["windows"], "UB-Mannheim"),
        (["plan9"], "package manager"),
        ([], "package manager"),
    ],
)
def test_every_system_gets_its_own_way_to_install_it(
    names: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advice, "_system_names", lambda: names)
    assert expected in str(advice.how_to_get())


# --- the pixel bomb ---------------------------------------------------------------------------------------------


def test_a_pixel_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    from assistant.documents import load_document
    from assistant.errors import DocumentLimitError

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0))
    rows = zlib.compress(bytes(30_000 * 3_751), 9)
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
    started = time.monotonic()
    with pytest.raises(DocumentLimitError, match="900 million pixels"):
        load_document(bomb)
    assert time.monotonic() - started < 2
