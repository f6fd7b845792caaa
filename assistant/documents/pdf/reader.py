"""PDF files → `Document`. Opening the file is left to a limited child process; this is the side that stays alive."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.documents.child.haul import Haul
from assistant.documents.child.messages import PageRead, Structure
from assistant.documents.content import looks_like
from assistant.documents.model import UNREADABLE, Document, Page, Section
from assistant.documents.ocr.recognise import recognise_pages
from assistant.documents.outcome import nothing_to_read, refusal, warning_sentences
from assistant.documents.pdf.cleaning import clean_document
from assistant.documents.sections import find_sections
from assistant.documents.source import Source
from assistant.errors import UnsupportedDocumentError
from assistant.i18n import _
from assistant.safe_text import printable

# What word processors, slide programs and scanners leave in the title field.
_NO_TITLE = re.compile(
    r"microsoft (word|powerpoint) - .*|.*\.(docx?|odt|pptx?|odp|tex|dvi|indd|rtf|pdf|qxd|html?|ps)|untitled.*"
    r"|senza titolo.*|powerpoint presentation|presentazione standard di powerpoint|presentazione di powerpoint"
    r"|(document|documento|presentation|presentazione|slide|diapositiva|layout|scan|scansione)\s?\d*|[\W\d_]*",
    re.IGNORECASE,
)

_MOST_SHARES = 4
_LONG_BOOK_BYTES = 400_000


def read_pdf(source: Source) -> Document:
    """Raises DocumentError children, and Stopped when `source.should_stop()` turns true."""
    _check_content(source)
    haul = Haul(source)
    whole = haul.run("pdf", ("pdfium", "pypdf"), shares=_shares(source))
    if not whole and (haul.unread or not haul.page_count):
        haul.run("pdf", ("pypdf",))  # pdfium took the child with it: pypdf, alone, for the rest
    if haul.refused is not None and not haul.pages:
        raise refusal(haul.refused, source)
    recognised = recognise_pages(haul)
    document = make_document(haul)
    advice = [str(recognised.advice)] if recognised.advice is not None else []
    if not document.readable_pages:
        raise nothing_to_read(source, document, haul.endings, "".join(advice))
    return replace(document, warnings=(*document.warnings, *advice), recognised_with=recognised.languages)


def _shares(source: Source) -> int:
    """How many children read at once; pages are counted only by them, but long books are no small files."""
    with source.translated():
        size_bytes = source.path.stat().st_size
    return min(os.cpu_count() or 1, _MOST_SHARES) if size_bytes >= _LONG_BOOK_BYTES else 1


def _check_content(source: Source) -> None:
    head = source.head()
    if b"%PDF-" not in head:  # mostly at the very start, but some mail gateways and servers put lines in front
        raise UnsupportedDocumentError(
            _("{name} is a web page, not a PDF, whatever its name says.").format(name=source.name)
            if looks_like(head) == "html"
            else _("{name} is not a PDF, whatever its name says.").format(name=source.name),
            _("Download it again in a browser: where a site asks you to log in, it sends a page instead of the file."),
            path=source.path,
        )


# --- what could be read -----------------------------------------------------------------------------------------


def make_document(haul: Haul) -> Document:
    """Of the pages and the structure that children have read, whatever became of each."""
    source, structure = haul.source, haul.structure
    never_read = PageRead(0, "", "none", ("failed",))
    reads = [haul.pages.get(index, never_read) for index in range(haul.page_count)]
    labels = _labels(structure, haul.page_count)
    usable = [read if _usable(read) else never_read for read in reads]
    clean = clean_document([read.text for read in usable], labels, [read.lines for read in usable])
    pages = tuple(
        _page(number, label, text, head, read)
        for number, (label, text, head, read) in enumerate(
            zip(labels, clean.texts, clean.heads, reads, strict=True), start=1
        )
    )
    sections = find_sections(structure.outline, clean.headings, pages)
    metadata = {key: " ".join(printable(value).split()) for key, value in structure.metadata.items()}
    return Document(
        str(source.path),
        source.name,
        _title(metadata.get("title", ""), clean.title, sections) or source.title,
        pages,
        sections,
        warnings=tuple(warning_sentences(pages)),
        metadata=metadata,
    )


def _page(number: int, label: str, text: str, head: str, read: PageRead) -> Page:
    warnings = read.warnings
    if not text.strip() and not set(warnings) & set(UNREADABLE):
        warnings = (*warnings, "empty")  # cleaning left nothing: there was only a running head
    engine = read.engine if text.strip() else "none"
    return Page(number, label, text, engine, warnings, read.reason, head=head)


def _usable(read: PageRead) -> bool:
    return not set(read.warnings) & set(UNREADABLE)


def _labels(structure: Structure, page_count: int) -> list[str]:
    labels = [" ".join(printable(label).split()) for label in structure.labels]
    if len(labels) != page_count:
        labels = [""] * page_count
    return [label or str(number) for number, label in enumerate(labels, start=1)]


def _title(named: str, largest: str, sections: Sequence[Section]) -> str:
    """What the metadata say, if it is a title; else the largest line of the first page; else the outline's root.

    Among several entries of an outline the first is only a chapter.
    """
    if named and not _NO_TITLE.fullmatch(named):
        return named
    roots = [section.title for section in sections if section.level == 1]
    return largest or (roots[0] if len(roots) == 1 else "")
