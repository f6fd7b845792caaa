"""The two readers of PDF pages, behind one face. Imported by the child only: both libraries meet hostile files here.

pdfium is fast and reads words and order best; pypdf is pure Python, refuses bombs, repairs more, and knows the
document's structure. Each is imported when it is first needed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from assistant.documents.child.messages import (
    MAX_NAME_CHARACTERS,
    MAX_OUTLINE_ENTRIES,
    OutlineEntry,
    RefusalCode,
    Structure,
)
from assistant.documents.model import Engine

_LITTLE_TEXT = 200
"""Characters. Looking for images costs something, and only matters where there is less text than this."""

_T = TypeVar("_T")


def _or_else(read: Callable[[], _T], default: _T) -> _T:
    """For what is a help and no condition: the text is there without it."""
    try:
        return read()
    except Exception:  # damaged files make both libraries raise whatever comes up
        return default


class CannotOpen(Exception):  # noqa: N818 - an answer, not a fault of ours
    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code)
        self.code: RefusalCode = code
        self.detail = detail


class PdfEngine(Protocol):
    name: Engine
    page_count: int

    def read_page(self, index: int) -> tuple[str, float]:
        """The raw text of a page (index from 0) and the share of its area under images. May raise anything."""
        ...


class PdfiumEngine:
    name: Engine = "pdfium"

    def __init__(self, path: str, password: str) -> None:
        """Raises CannotOpen."""
        import pypdfium2
        from pypdfium2 import raw

        try:
            self._document = pypdfium2.PdfDocument(path, password=password or None)
        except pypdfium2.PdfiumError as error:
            raise CannotOpen(
                "password" if error.err_code == raw.FPDF_ERR_PASSWORD else "damaged", str(error)
            ) from error
        except OSError as error:
            raise CannotOpen("unopenable", str(error)) from error
        self._raw = raw
        self.page_count = len(self._document)

    def read_page(self, index: int) -> tuple[str, float]:
        from assistant.documents.pdf.lines import with_paragraphs

        page = self._document[index]
        try:
            text_page = page.get_textpage()
            try:
                text = with_paragraphs(text_page, text_page.get_text_range())
            finally:
                text_page.close()
            return text, _or_else(lambda: self._image_cover(page), 0.0) if len(text) < _LITTLE_TEXT else 0.0
        finally:
            page.close()

    def _image_cover(self, page: Any) -> float:
        width, height = page.get_size()
        covered = 0.0
        for image in page.get_objects(filter=[self._raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
            left, bottom, right, top = image.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        return min(1.0, covered / max(1.0, width * height))


class PypdfEngine:
    name: Engine = "pypdf"

    def __init__(self, path: str, password: str) -> None:
        """Raises CannotOpen."""
        import logging

        logging.disable(logging.CRITICAL)  # nobody reads the child's stderr
        import pypdf

        try:
            # Given a path, pypdf would read the whole file into memory.
            self._reader = pypdf.PdfReader(open(path, "rb"))  # noqa: SIM115, PTH123 - kept open until the child ends
            if self._reader.is_encrypted and not self._reader.decrypt(password):
                raise CannotOpen("password")
            self.page_count = len(self._reader.pages)
        except OSError as error:
            raise CannotOpen("unopenable", str(error)) from error
        except NotImplementedError as error:  # an encryption handler other than the standard one
            raise CannotOpen("certificate", str(error)) from error
        except CannotOpen:
            raise
        except Exception as error:  # a damaged file makes pypdf raise whatever comes up
            raise CannotOpen("damaged", repr(error)) from error
        if not self.page_count:
            raise CannotOpen("damaged", "no pages")

    def read_page(self, index: int) -> tuple[str, float]:
        page = self._reader.pages[index]
        text = page.extract_text()
        return text, _or_else(lambda: self._image_cover(page), 0.0) if len(text) < _LITTLE_TEXT else 0.0

    def structure(self) -> Structure:
        """Labels, outline and metadata; a part that cannot be read is left empty."""
        return Structure(
            tuple(_or_else(self._labels, [])), tuple(_or_else(self._outline, [])), _or_else(self._metadata, {})
        )

    def _labels(self) -> list[str]:
        return [label[:MAX_NAME_CHARACTERS] for label in self._reader.page_labels]

    def _outline(self) -> list[OutlineEntry]:
        entries: list[OutlineEntry] = []
        self._flatten(self._reader.outline, 1, entries)
        return entries

    def _flatten(self, items: list[Any], level: int, entries: list[OutlineEntry]) -> None:
        for item in items:
            if len(entries) >= MAX_OUTLINE_ENTRIES:
                return
            if isinstance(item, list):
                self._flatten(item, level + 1, entries)
                continue
            page = self._reader.get_destination_page_number(item)
            if item.title and page is not None and page >= 0:
                entries.append(OutlineEntry(str(item.title)[:MAX_NAME_CHARACTERS], level, page))

    def _metadata(self) -> dict[str, str]:
        found = self._reader.metadata
        values = {name: getattr(found, name, None) for name in ("title", "author", "subject")}
        return {name: str(value)[:MAX_NAME_CHARACTERS] for name, value in values.items() if value}

    @staticmethod
    def _image_cover(page: Any) -> float:
        """1 where there is any image at all: how large it is drawn, pypdf does not say."""
        drawn = page["/Resources"].get_object()["/XObject"].get_object()
        return float(any(item.get_object().get("/Subtype") == "/Image" for item in drawn.values()))
