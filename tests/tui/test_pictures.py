"""Pictures of pages in the terminal: as half blocks anywhere, as sixels or kitty's where the terminal knows them."""

from __future__ import annotations

import base64
import re
import sys
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult

from assistant.documents.pdf.picture import PagePicture as Pixels
from tests.tui.desk import WIDE, app_with, desk_of
from tui.pictures import kitty
from tui.pictures.blocks import block_strips
from tui.pictures.ready import make_ready
from tui.pictures.sixel import sixels
from tui.pictures.terminal import Terminal, find_terminal, shows_placeholders, shows_sixel
from tui.screens.document import DocumentScreen
from tui.widgets.page_picture import PagePicture

SAMPLES = Path(__file__).parents[2] / "sample_docs"
RED, BLUE, WHITE = b"\xff\0\0", b"\0\0\xff", b"\xff\xff\xff"

SIZES = st.tuples(st.integers(1, 20), st.integers(1, 20))
PICTURES = SIZES.flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.sampled_from([RED, BLUE, WHITE]), min_size=size[0] * size[1], max_size=size[0] * size[1]),
    )
)


# --- half blocks --------------------------------------------------------------------------------------------------


@given(PICTURES)
def test_of_half_blocks_each_is_two_pixels_in_their_colours(picture):
    (width, height), pixels = picture
    strips = block_strips(width, height, b"".join(pixels))
    assert [strip.cell_length for strip in strips] == [width] * ((height + 1) // 2)
    for row, strip in enumerate(strips):
        cells = [segment.style for segment in strip for _character in segment.text]
        for column, style in enumerate(cells):
            assert bytes(style.color.triplet) == pixels[2 * row * width + column]
            lower = (2 * row + 1) * width + column
            assert bytes(style.bgcolor.triplet) == (pixels[lower] if lower < len(pixels) else WHITE)


# --- sixels -------------------------------------------------------------------------------------------------------


def unpacked(data: str) -> dict[tuple[int, int], tuple[int, int, int]]:
    """The colours, in per cent, of the pixels that a sixel terminal would draw."""
    body = re.fullmatch(r'\x1bP0;1q"1;1;\d+;\d+(.*)\x1b\\', data, re.DOTALL)[1]
    colours, drawn, column, top, colour = {}, {}, 0, 0, 0
    for token in re.finditer(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)(.)|([?-~])|([$-])", body):
        if token[1]:
            colours[int(token[1])] = (int(token[2]), int(token[3]), int(token[4]))
        elif token[5]:
            colour = int(token[5])
        elif token[9]:
            column, top = 0, top + 6 * (token[9] == "-")
        else:
            bits, times = ord(token[7] or token[8]) - 63, int(token[6] or 1)
            rows = [top + row for row in range(6) if bits >> row & 1]
            drawn.update({(x, y): colours[colour] for x in range(column, column + times) for y in rows})
            column += times
    return drawn


@given(PICTURES)
def test_sixels_draw_every_pixel_in_its_colour_and_no_other(picture):
    (width, height), pixels = picture
    drawn = unpacked(sixels(width, height, b"".join(pixels)))
    assert set(drawn) == {(x, y) for x in range(width) for y in range(height)}
    for (x, y), colour in drawn.items():
        assert colour == tuple(round(value / 2.55) for value in pixels[y * width + x])


# --- kitty --------------------------------------------------------------------------------------------------------


@given(PICTURES)
def test_kitty_gets_the_pixels_in_pieces_that_it_can_take(picture):
    (width, height), pixels = picture
    pieces = list(kitty.sent(77, width, height, b"".join(pixels), 5, 3))
    assert all(piece.startswith("\x1b_G") and piece.endswith("\x1b\\") for piece in pieces)
    assert f"i=77,f=24,o=z,s={width},v={height},c=5,r=3" in pieces[0]
    data = "".join(piece[3:-2].partition(";")[2] for piece in pieces)
    assert zlib.decompress(base64.b64decode(data)) == b"".join(pixels)
    assert [f"m={int(piece is not pieces[-1])};" in piece for piece in pieces] == [True] * len(pieces)


def test_kittys_placeholders_say_which_picture_and_which_row():
    strips = kitty.placeholder_strips(0x010203, 4, 3)
    assert [strip.cell_length for strip in strips] == [4, 4, 4]
    assert all(bytes(segment.style.color.triplet) == b"\1\2\3" for strip in strips for segment in strip)
    assert [strip.text[1] for strip in strips] == ["\u0305", "\u030d", "\u030e"]


# --- which of them ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "sixel"),
    [
        (b"\x1b[?62;4;6;22c", True),
        (b"\x1b[6;20;10t\x1b[?64;1;4c", True),
        (b"\x1b[?62;14;64c", False),
        (b"\x1b[?6c", False),
        (b"", False),
        (b"typed meanwhile", False),
    ],
)
def test_a_terminal_shows_sixels_when_it_says_so(answer, sixel):
    assert shows_sixel(answer) is sixel


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        (b"\x1b[6;18;9t\x1bP>|kitty(0.42.1)\x1b\\\x1b[?62;c", True),
        (b"\x1bP>|kitty(0.26.5)\x1b\\\x1b[?62;c", False),
        (b"\x1bP>|ghostty 1.1.3\x1b\\\x1b[?62;22c", True),
        (b"\x1bP>|XTerm(379)\x1b\\\x1b[?64;1;4c", False),
        (b"", False),
    ],
    ids=["kitty", "an old kitty", "ghostty", "xterm", "deaf"],
)
def test_kittys_placeholders_are_for_the_terminals_that_know_them(answer, known):
    assert shows_placeholders(answer) is known


@pytest.mark.parametrize("wanted", ["auto", "kitty", "sixel", "blocks"])
def test_without_a_terminal_nothing_is_asked_and_blocks_do(wanted, capfd):
    assert find_terminal(wanted) == Terminal("blocks", (1, 2))
    assert capfd.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"\x1b[6;18;9t\x1b[?62;4c", "Terminal(way='sixel', cell=(9, 18))"),
        (b"\x1b[?62;4c", "Terminal(way='sixel', cell=(10, 20))"),
        (b"\x1b[?1;2c", "Terminal(way='blocks', cell=(1, 2))"),
        (b"", "Terminal(way='blocks', cell=(1, 2))"),
    ],
    ids=["sixel", "sixel of unknown size", "none", "deaf"],
)
def test_a_real_terminal_is_asked_and_believed(answer, found):
    import pty

    program = "from tui.pictures.terminal import find_terminal; print(find_terminal())"
    child, master = pty.fork()
    if child == 0:  # pragma: no cover - another process
        import os

        os.environ["TERM"] = "xterm-256color"
        os.execv(sys.executable, [sys.executable, "-c", program])
    assert found in _conversation(child, master, answer)


def _conversation(child: int, master: int, answer: bytes) -> str:
    """What the program printed, when the terminal answered its question so."""
    import os

    said = b""
    while True:
        try:
            piece = os.read(master, 1024)
        except OSError:  # Linux, when the other side is closed
            piece = b""
        if not piece:
            break
        said += piece
        if b"\x1b[c" in said and answer:
            os.write(master, answer)
            answer = b""
    os.waitpid(child, 0)
    os.close(master)
    return said.decode("utf-8", "replace")


# --- in the app ---------------------------------------------------------------------------------------------------


async def view_of(desk, path: Path) -> DocumentScreen:
    await desk.send(f"/open {path}")
    await desk.wait_until(lambda: desk.chat.panel.documents and desk.chat.panel.documents[0].document)
    await desk.pilot.press("f3")
    await desk.wait_until(lambda: isinstance(desk.app.screen, DocumentScreen))
    return desk.app.screen


async def test_v_shows_the_page_as_it_looks_and_its_text_again():
    async with desk_of(app_with(), WIDE) as desk:
        screen = await view_of(desk, SAMPLES / "photosynthesis.pdf")
        await desk.pilot.press("v")
        await desk.wait_until(lambda: "▀" in desk.screen_text())
        assert not screen.text.display
        first = screen.picture.picture
        await desk.pilot.press("right")
        await desk.wait_until(lambda: "▀" in desk.screen_text() and screen.picture.picture is not first)
        await desk.pilot.press("left")
        await desk.wait_until(lambda: screen.picture.picture is first)
        assert screen.picture.picture is first, "it was kept"
        await desk.pilot.press("escape")
        assert screen.text.display
        assert "The Calvin cycle" in screen.text.text or "Photosynthesis" in screen.text.text
        assert desk.app.screen is screen, "first the picture is left, then the view"


async def test_of_a_text_there_is_nothing_to_look_at(tmp_path):
    (tmp_path / "notes.txt").write_text("Bees dance.", encoding="utf-8")
    async with desk_of(app_with(), WIDE) as desk:
        screen = await view_of(desk, tmp_path / "notes.txt")
        await desk.pilot.press("v")
        assert any("Only PDFs and images" in note.message for note in desk.app._notifications)
        assert screen.text.display


async def test_a_page_that_cannot_be_drawn_says_so_in_its_place(tmp_path):
    path = tmp_path / "book.pdf"
    path.write_bytes((SAMPLES / "photosynthesis.pdf").read_bytes())
    async with desk_of(app_with(), WIDE) as desk:
        await view_of(desk, path)
        path.write_bytes(b"%PDF-1.4 broken")
        await desk.pilot.press("v")
        await desk.wait_until(lambda: "cannot be drawn" in desk.screen_text())


PICTURE = Pixels(20, 40, RED * 400 + BLUE * 400, marked=False)


class PictureApp(App[None]):
    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self.picture = PagePicture(terminal)
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.picture

    def show(self) -> None:
        self._driver.write = self.told.append
        self.picture.show(make_ready(PICTURE, self.picture.terminal))


async def test_sixels_are_drawn_over_the_cells_once_these_are_cleared():
    app = PictureApp(Terminal("sixel", (10, 20)))
    async with app.run_test(size=(30, 10)) as pilot:
        assert app.picture.room == (300, 180), "the last row stays free"
        app.show()
        await pilot.pause()
        lines = [strip.text for strip in app.picture.render_lines(app.picture.region)]
        assert "\x1b7\x1b[1;1H\x1bP" in lines[-1]
        assert all(line.isspace() for line in lines[:-1])
        app.picture.say("Gone.")
        assert "\x1bP" not in "".join(strip.text for strip in app.picture.render_lines(app.picture.region))


async def test_kitty_is_given_the_picture_once_and_told_to_forget_it():
    app = PictureApp(Terminal("kitty", (10, 20)))
    async with app.run_test(size=(30, 10)) as pilot:
        app.show()
        await pilot.pause()
        number = app.picture.picture.number
        given = [text for text in app.told if "\x1b_Ga=T" in text]
        assert len(given) == 1
        assert f"i={number}" in given[0]
        assert "c=2,r=2" in given[0]
        app.picture.say("Gone.")
        assert kitty.taken_back(number) in app.told
