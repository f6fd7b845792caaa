"""PDF pages and structure read by pdfium, put in order by geometry where they need it. Runs in the child."""

from __future__ import annotations

from itertools import groupby, islice
from typing import Any

from assistant.documents.child.messages import (
    MAX_NAME_CHARACTERS,
    MAX_OUTLINE_ENTRIES,
    OutlineEntry,
    RefusalCode,
    Structure,
)
from assistant.documents.model import Engine
from assistant.documents.pdf.engines import LITTLE_TEXT, CannotOpen, PageText, or_else
from assistant.documents.pdf.forms import fields_of, with_fields
from assistant.documents.pdf.formulas import formula_share
from assistant.documents.pdf.glyphs import Glyphs
from assistant.documents.pdf.layout import FEWEST_SPLIT, arranged, edges_in_place, is_disordered
from assistant.documents.pdf.lines import Line, lines_of
from assistant.documents.pdf.paragraphs import written
from assistant.documents.pdf.spaces import put_right
from assistant.documents.pdf.stacks import row_by_row, stacked_tables
from assistant.documents.pdf.tables import gaps_between, has_stretched, lines_of_rows, pieces_of

_PAGES_PER_OPENING = 100
"""pdfium keeps the fonts and images of every page it has seen until the file is closed."""
_DEEPEST_FORM = 3
_OTHER_OBJECTS_LOOKED_AT = 2_000


class PdfiumEngine:
    name: Engine = "pdfium"

    def __init__(self, path: str, password: str) -> None:
        """Raises CannotOpen."""
        self._path, self._password = path, password
        self._open()
        self.page_count = len(self._document)

    def _open(self) -> None:
        import pypdfium2
        from pypdfium2 import raw

        self._raw = raw
        try:
            self._document = pypdfium2.PdfDocument(self._path, password=self._password or None)
        except pypdfium2.PdfiumError as error:
            raise CannotOpen(self._refusal(error.err_code), str(error)) from error
        except OSError as error:
            raise CannotOpen("unopenable", str(error)) from error
        # Before any page is loaded. Scripts in forms do not run: this pdfium has no engine for them.
        or_else(self._document.init_forms, False)
        self._pages_read = 0

    def _refusal(self, code: int | None) -> RefusalCode:
        if code == self._raw.FPDF_ERR_PASSWORD:
            return "password"
        return "certificate" if code == self._raw.FPDF_ERR_SECURITY else "damaged"

    def read_page(self, index: int) -> PageText:
        if self._pages_read == _PAGES_PER_OPENING:
            self._document.close()
            self._open()
        self._pages_read += 1
        page = self._document[index]
        try:
            text_page = page.get_textpage()
            try:
                return self._page_text(page, Glyphs(page, text_page))
            finally:
                text_page.close()
        finally:
            page.close()

    def _page_text(self, page: Any, glyphs: Glyphs) -> PageText:
        respaced = put_right(glyphs)
        lines, reason = in_reading_order(glyphs)
        reason = reason or ("wrong-spaces" if respaced else "")
        fields = or_else(lambda: fields_of(self._document, page, glyphs), [])
        if fields:
            lines = with_fields(lines, fields)
        text, facts = written(lines, glyphs.height)
        few = len(text) < LITTLE_TEXT
        return PageText(
            text,
            "geometry" if reason else self.name,
            facts,
            reason,
            or_else(lambda: self._image_cover(page), 0.0) if few else 0.0,
            formula_share(glyphs),
            not text and or_else(lambda: self._is_wordless(page), False),
        )

    def _image_cover(self, page: Any) -> float:
        width, height = page.get_size()
        covered = 0.0
        for image in page.get_objects(filter=[self._raw.FPDF_PAGEOBJ_IMAGE], max_depth=_DEEPEST_FORM):
            left, bottom, right, top = image.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        return min(1.0, covered / max(1.0, width * height))

    def _is_wordless(self, page: Any) -> bool:
        """No text is drawn, nor any form so deep that nobody looked into it."""
        raw = self._raw
        objects = list(islice(page.get_objects(max_depth=_DEEPEST_FORM), _OTHER_OBJECTS_LOOKED_AT))
        return len(objects) < _OTHER_OBJECTS_LOOKED_AT and not any(
            item.type == raw.FPDF_PAGEOBJ_TEXT
            or (item.type == raw.FPDF_PAGEOBJ_FORM and item.level >= _DEEPEST_FORM - 1)
            for item in objects
        )

    def structure(self) -> Structure:
        return Structure(
            tuple(or_else(self._labels, [])), tuple(or_else(self._outline, [])), or_else(self._metadata, {})
        )

    def _labels(self) -> list[str]:
        labels = [self._document.get_page_label(index)[:MAX_NAME_CHARACTERS] for index in range(self.page_count)]
        return labels if any(labels) else []

    def _outline(self) -> list[OutlineEntry]:
        entries: list[OutlineEntry] = []
        for bookmark in islice(self._document.get_toc(), MAX_OUTLINE_ENTRIES):
            title, target = bookmark.get_title(), bookmark.get_dest()
            page = target.get_index() if target is not None else None
            if title and page is not None and 0 <= page < self.page_count:
                entries.append(OutlineEntry(title[:MAX_NAME_CHARACTERS], bookmark.level + 1, page))
        return entries

    def _metadata(self) -> dict[str, str]:
        values = {name: self._document.get_metadata_value(name.capitalize()) for name in ("title", "author", "subject")}
        return {name: value[:MAX_NAME_CHARACTERS] for name, value in values.items() if value}


def in_reading_order(glyphs: Glyphs) -> tuple[list[Line], str]:
    """The lines of a page as a person reads them, and why that is not the order of drawing, if it is not."""
    lines = lines_of(glyphs)
    gaps = gaps_between(glyphs.runs())
    disordered = is_disordered([line for line in lines if not line.turned], glyphs.height)
    stacked = stacked_tables(lines)
    if not gaps and not disordered and not stacked and not has_stretched(lines):
        return edges_in_place(lines, glyphs.height), ""
    pieces = pieces_of(glyphs, lines, gaps)
    drawn = [list(row) for _, row in groupby(pieces, key=lambda piece: piece.source)]
    rows = row_by_row(drawn, stacked) if stacked else drawn
    if disordered or sum(len(row) > 1 for row in drawn) >= FEWEST_SPLIT:
        pieces = [piece for row in rows for piece in row]
        arrangement = arranged([piece for piece in pieces if not piece.line.turned], glyphs.width)
        reason = "row-by-row" if arrangement.unpicked else "out-of-order" if disordered else ""
        if reason:
            turned = [piece.line for piece in pieces if piece.line.turned]
            return lines_of_rows(arrangement.rows) + turned, reason
    return edges_in_place(lines_of_rows(rows), glyphs.height), "out-of-order" if stacked else ""
