"""PDF pages read by pypdf: for files and pages on which pdfium fails. Runs in the child."""

from __future__ import annotations

from typing import Any

from assistant.documents.child.messages import MAX_NAME_CHARACTERS, MAX_OUTLINE_ENTRIES, OutlineEntry, Structure
from assistant.documents.model import Engine
from assistant.documents.pdf.engines import LITTLE_TEXT, CannotOpen, PageText, or_else


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

    def read_page(self, index: int) -> PageText:
        page = self._reader.pages[index]
        text = page.extract_text()
        cover = or_else(lambda: self._image_cover(page), 0.0) if len(text) < LITTLE_TEXT else 0.0
        return PageText(text, self.name, image_cover=cover)

    def structure(self) -> Structure:
        return Structure(
            tuple(or_else(self._labels, [])), tuple(or_else(self._outline, [])), or_else(self._metadata, {})
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
