"""Files of images (a photographed page, a screenshot) → `Document`, by recognition."""

from __future__ import annotations

from dataclasses import replace

from assistant.documents.child.haul import Haul
from assistant.documents.child.messages import PageRead
from assistant.documents.model import Document
from assistant.documents.ocr.advice import lacking_language, why_not
from assistant.documents.ocr.image_header import ImageHeader, read_image_header
from assistant.documents.ocr.recognise import Recogniser, recogniser
from assistant.documents.ocr.tesseract import NoTesseract
from assistant.documents.pdf.reader import make_document
from assistant.documents.source import Source
from assistant.errors import DamagedDocumentError, DocumentLimitError, NoTextError, UnsupportedDocumentError
from assistant.i18n import _

MOST_PIXELS = 110_000_000
"""tesseract needs twelve bytes for each; a phone's largest pictures that are not put together have 108 million."""


def read_image(source: Source) -> Document:
    """Raises DocumentError children, and Stopped when `source.should_stop()` turns true."""
    header = _header(source)
    try:
        tesseract = recogniser(source.recognition)
    except NoTesseract as answer:
        raise NoTextError(
            _("{name} is an image, and there is nothing here to recognise its text.").format(name=source.name),
            str(why_not(answer)),
            path=source.path,
        ) from answer
    haul = Haul(source, page_count=len(header.sizes))
    found = Recogniser(source, tesseract, "image", haul.page_count).run(range(haul.page_count))
    haul.pages.update({index: _picture(page) for index, page in found.items()})
    document = make_document(haul)
    if not document.readable_pages:
        raise _nothing_found(source, document)
    lacking = lacking_language(tesseract)
    warnings = (*document.warnings, *([str(lacking)] if lacking else []))
    return replace(document, warnings=warnings, recognised_with=tesseract.languages)


def _header(source: Source) -> ImageHeader:
    """Raises DocumentError children."""
    with source.translated(), source.path.open("rb") as file:
        header = read_image_header(file)
    if header is None:
        raise UnsupportedDocumentError(
            _("{name} is not an image that Sunto can read, whatever its name says.").format(name=source.name),
            _("Open it in the program that made it and save it as PNG."),
            path=source.path,
        )
    if header.pixels > MOST_PIXELS:
        raise DocumentLimitError(
            _("{name} is an image of {size} million pixels, more than the {most} million Sunto reads.").format(
                name=source.name, size=header.pixels // 1_000_000, most=MOST_PIXELS // 1_000_000
            ),
            _("Make it smaller in an image program, or cut it into pages."),
            path=source.path,
        )
    return header


def _picture(page: PageRead) -> PageRead:
    """As a page of a PDF would be: without words it is still an image, not blank."""
    return replace(page, reason="scanned", warnings=("scanned",) if page.warnings == ("empty",) else page.warnings)


def _nothing_found(source: Source, document: Document) -> DamagedDocumentError | NoTextError:
    if all("failed" in page.warnings for page in document.pages):
        return DamagedDocumentError(
            _("{name} cannot be read: the image is damaged, or takes too long.").format(name=source.name),
            _("Open it in an image program and save it again as PNG."),
            path=source.path,
        )
    return NoTextError(
        _("{name} is an image on which no words could be recognised.").format(name=source.name),
        _("If there are some, take the picture again: straight from above, sharp, in good light."),
        path=source.path,
    )
