"""Pages as images for tesseract: PDF pages drawn by pdfium, files of images as they are. Runs in the limited child."""

from __future__ import annotations

import contextlib
import io
import math
import threading
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from assistant.documents.child.messages import RefusalCode
from assistant.documents.ocr.skew import estimate_slope

DPI = 300
"""See benchmarks/recognition.py. Files of images say theirs seldom and wrongly: they are taken to have this one too."""
MOST_PIXELS = 25_000_000
"""Of a page that is drawn: A3 at 300 dpi has 17 million."""
_A4_SQUARE_INCHES = 97
"""A scan with fewer pixels than a sheet of this size has is drawn larger than it is, which helps tesseract."""
_POINTS_PER_INCH = 72.0
_SKETCH_SIDE = 850
"""Pixels of the longer side of a page that is only drawn to see how it lies."""


class CannotOpen(Exception):  # noqa: N818 - an answer, not a fault of ours
    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.detail = detail


class Bitmap(NamedTuple):
    data: bytes
    """Portable graymap (PGM), or a file's own bytes."""
    page: int = 0
    """Which page of the file's own bytes."""


class Bitmaps(Protocol):
    page_count: int

    def page(self, index: int, slope: float = 0.0) -> Bitmap | None:
        """The page, turned until lines that go down by `slope` for each pixel to the right are level.

        None for a page on which nothing is drawn, or that cannot be turned. From any thread. May raise anything.
        """
        ...

    def slope(self, index: int) -> float:
        """How askew the page looks; 0 where that cannot be told. From any thread. May raise anything."""
        ...


class PdfBitmaps:
    def __init__(self, document: Any, dpi: float = DPI) -> None:
        """`document` is pdfium's."""
        self._document = document
        self.page_count = len(document)
        self._dpi = dpi
        self._one_at_a_time = threading.Lock()
        """pdfium is not for several threads, whatever they do with it."""

    def page(self, index: int, slope: float = 0.0) -> Bitmap | None:
        with self._one_at_a_time:
            page = self._document[index]
            try:
                width, height = page.get_size()
                scale = drawing_scale(width, height, _image_pixels(page), self._dpi)
                bitmap = _drawn(page, scale, slope)
                try:
                    pixels = _pixels(bitmap)
                    header = b"P5\n%d %d\n255\n" % (bitmap.width, bitmap.height)
                finally:
                    bitmap.close()
            finally:
                page.close()
        return None if pixels.count(pixels[:1]) == len(pixels) else Bitmap(header + pixels)

    def slope(self, index: int) -> float:
        with self._one_at_a_time:
            page = self._document[index]
            try:
                bitmap = page.render(scale=_SKETCH_SIDE / max(1.0, *page.get_size()), grayscale=True)
                try:
                    pixels, width, height = _pixels(bitmap), bitmap.width, bitmap.height
                finally:
                    bitmap.close()
            finally:
                page.close()
        return estimate_slope(pixels, width, height)


def pdf_bitmaps(path: str, password: str, dpi: float = DPI) -> PdfBitmaps:
    """Raises CannotOpen."""
    import pypdfium2

    try:
        return PdfBitmaps(pypdfium2.PdfDocument(path, password=password or None), dpi)
    except pypdfium2.PdfiumError as error:
        raise CannotOpen("damaged", str(error)) from error
    except OSError as error:
        raise CannotOpen("unopenable", str(error)) from error


def image_bitmaps(path: str, page_count: int) -> Bitmaps:
    """`page_count` is from the header. A JPEG, mostly a photo, becomes a page of pdfium's, so that it can be turned.

    Raises CannotOpen.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise CannotOpen("unopenable", str(error)) from error
    if data.startswith(b"\xff\xd8\xff"):
        with contextlib.suppress(Exception):  # a kind of JPEG that pdfium does not know: tesseract may
            return PdfBitmaps(_jpeg_document(data))
    return FileBitmaps(data, page_count)


def _jpeg_document(data: bytes) -> Any:
    """One page with this picture: a sheet, as far as anybody knows. A small picture is drawn up to twice as large."""
    import pypdfium2

    document: Any = pypdfium2.PdfDocument.new()
    image: Any = pypdfium2.PdfImage.new(document)
    image.load_jpeg(io.BytesIO(data), inline=True)
    pixels = image.get_px_size()
    larger = min(2.0, max(1.0, math.sqrt(_A4_SQUARE_INCHES * DPI * DPI / max(1, pixels[0] * pixels[1]))))
    width, height = (side * larger * _POINTS_PER_INCH / DPI for side in pixels)
    page = document.new_page(width, height)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    page.insert_obj(image)
    page.gen_content()
    page.close()
    return document


class FileBitmaps:
    """Files as they are: tesseract unpacks them itself, so they cannot be turned."""

    def __init__(self, data: bytes, page_count: int) -> None:
        self._data = data
        self.page_count = page_count

    def page(self, index: int, slope: float = 0.0) -> Bitmap | None:
        return None if slope else Bitmap(self._data, index)

    def slope(self, index: int) -> float:  # noqa: ARG002
        return 0.0


def drawing_scale(width: float, height: float, image_pixels: int, dpi: float = DPI) -> float:
    """Pixels for each point of a page of this size, in points, whose images have so many pixels in all.

    Phones make PDFs of a pixel a point, metres wide: such a page is drawn no finer than its image is.
    """
    enough = max(image_pixels, round(_A4_SQUARE_INCHES * dpi * dpi)) if image_pixels else MOST_PIXELS
    most = min(MOST_PIXELS, enough)
    return min(dpi / _POINTS_PER_INCH, math.sqrt(most / max(1.0, width * height)))


def _drawn(page: Any, scale: float, slope: float) -> Any:
    if not slope:
        return page.render(scale=scale, grayscale=True)
    import pypdfium2
    from pypdfium2 import raw

    width, height = (math.ceil(side * scale) for side in page.get_size())
    bitmap = pypdfium2.PdfBitmap.new_native(width, height, raw.FPDFBitmap_Gray)
    bitmap.fill_rect((255, 255, 255, 255), 0, 0, width, height)
    cosine, sine = math.cos(math.atan(slope)), math.sin(math.atan(slope))
    # About the middle of the page, whose points pdfium has by then laid out from the top left corner.
    shift_x = width / 2 - (width * cosine + height * sine) / 2
    shift_y = height / 2 - (height * cosine - width * sine) / 2
    turn = raw.FS_MATRIX(scale * cosine, -scale * sine, scale * sine, scale * cosine, shift_x, shift_y)
    clip = raw.FS_RECTF(0, 0, width, height)
    raw.FPDF_RenderPageBitmapWithMatrix(bitmap, page, turn, clip, raw.FPDF_ANNOT | raw.FPDF_GRAYSCALE)
    return bitmap


def _image_pixels(page: Any) -> int:
    """Of all images on the page: scanners cut pages into strips. 0 when there are none or it cannot be told."""
    from pypdfium2 import raw

    try:
        sizes = [image.get_px_size() for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)]
    except Exception:  # damaged files make pdfium raise whatever comes up; the page may still be drawn
        return 0
    return sum(width * height for width, height in sizes)


def _pixels(bitmap: Any) -> bytes:
    """Of an 8-bit gray bitmap, row by row."""
    width, height, stride = bitmap.width, bitmap.height, bitmap.stride
    pixels = bytes(bitmap.buffer)
    if stride == width:
        return pixels
    return b"".join(pixels[row * stride : row * stride + width] for row in range(height))
