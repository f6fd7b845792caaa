"""A page as a picture, with a passage marked. Runs in the limited child: the file may be hostile.

    Picture, then Done. Refused where the file cannot be opened or the page cannot be drawn.

The passage is looked for by its letters alone, since spaces, hyphens and line ends of a clean text are not the page's.
"""

from __future__ import annotations

import base64
import ctypes
import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

from assistant.documents.child.limits import Limits
from assistant.documents.child.messages import ChildMessage, Done, Job, Picture, Refused

MOST_PIXELS = 2_000_000
"""Of what is drawn: eight megabytes on the way to the parent."""
_MOST_FILE_PIXELS = 110_000_000
"""Of an image that is unpacked; a phone's largest pictures have so many. Pillow alone refuses only twice its limit."""
_MOST_CHARACTERS = 200_000
"""Of the page's text, looked at for the passage."""
_FEWEST_LETTERS = 12
"""A piece of a passage with fewer stands on many pages by chance."""
_SENTENCE_END = re.compile(r"(?<=[.!?;:])\s+|\n\s*\n")
_YELLOW = (255, 226, 64)
_FRAME = (214, 120, 0)

Emit = Callable[[ChildMessage], None]
Rectangle = tuple[int, int, int, int]
"""Left, top, right, bottom, in pixels of the picture."""


def read(job: Job, _limits: Limits, emit: Emit) -> None:
    """Draw one page for `job.options`.

    They are `page` (index from 0), `quote`, `width` and `height` of the room in pixels, and `source` (pdf, image).
    """
    options: Any = job.options
    draw = _draw_pdf if options["source"] == "pdf" else _draw_image
    try:
        image, rectangles = draw(job, options)
        _mark(image, rectangles)
        pixels = base64.b64encode(image.tobytes()).decode("ascii")
    except Exception as error:  # whatever pdfium and Pillow raise on a damaged file: there is no picture of it
        emit(Refused("damaged", f"{type(error).__name__}: {error}"[:200]))
        return
    emit(Picture(image.width, image.height, pixels, bool(rectangles)))
    emit(Done())


def fitted(width: float, height: float, room: tuple[int, int]) -> tuple[int, int]:
    """Pixels of a page of this shape that fits into the room and has no more than `MOST_PIXELS`."""
    width, height = max(width, 1e-3), max(height, 1e-3)
    scale = min(room[0] / width, room[1] / height, math.sqrt(MOST_PIXELS / (width * height)))
    return max(1, min(int(width * scale), room[0])), max(1, min(int(height * scale), room[1]))


def _draw_pdf(job: Job, options: Any) -> tuple[Any, list[Rectangle]]:
    import pypdfium2
    from PIL import Image

    document = pypdfium2.PdfDocument(job.path, password=job.password or None)
    document.init_forms()
    page = document[int(options["page"])]
    width, height = fitted(*page.get_size(), (int(options["width"]), int(options["height"])))
    bitmap: Any = pypdfium2.PdfBitmap.new_native(width, height, pypdfium2.raw.FPDFBitmap_BGRx)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    pypdfium2.raw.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, pypdfium2.raw.FPDF_ANNOT)
    image = Image.frombuffer("RGB", (width, height), bytes(bitmap.buffer), "raw", "BGRX", bitmap.stride, 1)
    return image.copy(), list(_rectangles(page, str(options["quote"]), width, height))


def _draw_image(job: Job, options: Any) -> tuple[Any, list[Rectangle]]:
    """A picture has no text of its own: nothing is marked."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = _MOST_FILE_PIXELS
    with Image.open(job.path, formats=("PNG", "JPEG", "TIFF", "WEBP", "BMP")) as file:
        file.seek(int(options["page"]))
        if file.width * file.height > _MOST_FILE_PIXELS:
            raise ValueError("too many pixels")
        room = (int(options["width"]), int(options["height"]))
        file.draft("RGB", room)
        upright = ImageOps.exif_transpose(file)
        return upright.convert("RGB").resize(fitted(*upright.size, room)), []


def _mark(image: Any, rectangles: list[Rectangle]) -> None:
    """As a felt pen does: what is dark stays dark."""
    from PIL import Image, ImageChops, ImageDraw

    pen = ImageDraw.Draw(image)
    for left, top, right, bottom in rectangles:
        piece = image.crop((left, top, right, bottom))
        image.paste(ImageChops.multiply(piece, Image.new("RGB", piece.size, _YELLOW)), (left, top))
        pen.line((left, bottom - 1, right - 1, bottom - 1), fill=_FRAME)


# --- where the passage stands ------------------------------------------------------------------------------------


def _rectangles(page: Any, quote: str, width: int, height: int) -> Iterator[Rectangle]:
    """One for each line of the passage, a little larger than its ink."""
    from pypdfium2 import raw

    text_page = page.get_textpage()
    count = min(text_page.count_chars(), _MOST_CHARACTERS)
    characters = [chr(raw.FPDFText_GetUnicode(text_page, index)) for index in range(count)]
    for first, behind in found_spans(characters, quote):
        for number in range(text_page.count_rects(first, behind - first)):
            left, bottom, right, top = text_page.get_rect(number)
            x0, y0 = _on_picture(page, left, bottom, width, height)
            x1, y1 = _on_picture(page, right, top, width, height)
            edges = (min(x0, x1) - 1, min(y0, y1) - 1, max(x0, x1) + 2, max(y0, y1) + 2)
            yield (
                min(max(edges[0], 0), width - 1),
                min(max(edges[1], 0), height - 1),
                min(max(edges[2], 1), width),
                min(max(edges[3], 1), height),
            )


def _on_picture(page: Any, x: float, y: float, width: int, height: int) -> tuple[int, int]:
    """A place on the page, in points, as a pixel; however the page is turned and cut."""
    from pypdfium2 import raw

    column, row = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, width, height, 0, x, y, column, row)
    return column.value, row.value


def found_spans(characters: list[str], quote: str) -> list[tuple[int, int]]:
    """(first, behind) in the characters of a page for the passage, or for those of its sentences that are there.

    On a page whose lines are drawn out of order its sentences may stand apart.
    """
    letters, places = _letters(characters)
    whole = _span(letters, places, quote, fewest=1)
    if whole is not None:
        return [whole]
    pieces = (_span(letters, places, piece, fewest=_FEWEST_LETTERS) for piece in _SENTENCE_END.split(quote))
    return [span for span in pieces if span is not None]


def _span(letters: str, places: list[int], words: str, fewest: int) -> tuple[int, int] | None:
    wanted, _places = _letters(list(words))
    start = letters.find(wanted) if len(wanted) >= fewest else -1
    return None if start < 0 else (places[start], places[start + len(wanted) - 1] + 1)


def _letters(characters: list[str]) -> tuple[str, list[int]]:
    """The letters and digits, without case and accents, and which character each is of: a ligature has several."""
    letters: list[str] = []
    places: list[int] = []
    for index, character in enumerate(characters):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if letter.isalnum():
                letters.append(letter)
                places.append(index)
    return "".join(letters), places
