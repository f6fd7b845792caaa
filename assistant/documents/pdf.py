"""PDF files → `Document`. Opening the file is left to a limited child process; this is the side that stays alive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from assistant.documents.cleaning import clean_pages
from assistant.documents.content import looks_like
from assistant.documents.model import Document, Page, Section
from assistant.documents.pdf_messages import ChildMessage, Done, Job, Opened, PageRead, Refused, Structure
from assistant.documents.pdf_outcome import nothing_to_read, refusal, warning_sentences
from assistant.documents.pdf_process import Ending, run_child
from assistant.documents.sections import place_sections
from assistant.documents.source import Source
from assistant.errors import DocumentLimitError, UnsupportedDocumentError
from assistant.i18n import _
from assistant.safe_text import printable

_UNUSABLE = ("scanned", "empty", "broken-encoding", "failed")
# What word processors and scanners leave in the title field.
_FILE_NAME_TITLE = re.compile(
    r"(?i)microsoft (word|powerpoint) - .*|.*\.(docx?|odt|pptx?|tex|dvi|indd|rtf|pdf|qxd)|untitled.*"
)


@dataclass
class _Haul:
    """What the children have said so far."""

    source: Source
    page_count: int = 0
    pages: dict[int, PageRead] = field(default_factory=dict[int, PageRead])
    structure: Structure = field(default_factory=lambda: Structure((), (), {}))
    refused: Refused | None = None
    characters: int = 0
    endings: list[Ending] = field(default_factory=list[Ending])

    def take(self, message: ChildMessage) -> None:
        match message:
            case Opened(pages):
                self.page_count = max(self.page_count, pages)
                self._check_page_count()
            case PageRead(index=index):
                self._take_page(index, message)
            case Structure():
                self.structure = message
            case Refused():
                self.refused = message
            case Done():
                pass

    def _take_page(self, index: int, page: PageRead) -> None:
        self.characters += len(page.text)
        if index >= self.page_count:
            return
        if self.characters > self.source.limits.document_characters:
            page = replace(page, text="", engine="none", warnings=("failed",))
        self.pages[index] = page
        self.source.on_page(len(self.pages), self.page_count)

    def _check_page_count(self) -> None:
        if self.page_count > self.source.limits.pages:
            raise DocumentLimitError(
                _("{name} has {count} pages, more than the {most} Sunto reads.").format(
                    name=self.source.name, count=self.page_count, most=self.source.limits.pages
                ),
                _("Split it and open the parts you need."),
                path=self.source.path,
            )

    @property
    def unread(self) -> list[int]:
        """Indices of pages no child came to."""
        return [index for index in range(self.page_count) if index not in self.pages]


def read_pdf(source: Source) -> Document:
    """Raises DocumentError children, and Stopped when `source.should_stop()` turns true."""
    _check_content(source)
    haul = _Haul(source)
    _run(haul, ("pdfium", "pypdf"))
    if haul.endings[-1] != "done" and (haul.unread or not haul.page_count):
        _run(haul, ("pypdf",))  # pdfium took the child with it: pypdf, alone, for the rest
    if haul.refused is not None and not haul.pages:
        raise refusal(haul.refused, source)
    document = _document(haul)
    if not document.readable_pages:
        raise nothing_to_read(source, document, haul.endings)
    return document


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


def _run(haul: _Haul, engines: tuple[str, ...]) -> None:
    source = haul.source
    job = Job(str(source.path), source.password, engines, tuple(haul.pages), asdict(source.limits))
    haul.endings.append(run_child(job, source.limits, haul.take, source.should_stop))


# --- what could be read -----------------------------------------------------------------------------------------


def _document(haul: _Haul) -> Document:
    source, structure = haul.source, haul.structure
    never_read = PageRead(0, "", "none", ("failed",))
    reads = [haul.pages.get(index, never_read) for index in range(haul.page_count)]
    labels = _labels(structure, haul.page_count)
    texts = clean_pages([read.text if _usable(read) else "" for read in reads], labels)
    pages = tuple(
        _page(number, label, text, read)
        for number, (label, text, read) in enumerate(zip(labels, texts, reads, strict=True), start=1)
    )
    sections = place_sections(structure.outline, pages)
    metadata = {key: " ".join(printable(value).split()) for key, value in structure.metadata.items()}
    return Document(
        str(source.path),
        source.name,
        _title(metadata.get("title", ""), sections) or source.title,
        pages,
        sections,
        warnings=tuple(warning_sentences(pages)),
        metadata=metadata,
    )


def _page(number: int, label: str, text: str, read: PageRead) -> Page:
    warnings = read.warnings
    if not text.strip() and not set(warnings) & set(_UNUSABLE):
        warnings = (*warnings, "empty")  # cleaning left nothing: there was only a running head
    return Page(number, label, text, read.engine if text.strip() else "none", warnings)


def _usable(read: PageRead) -> bool:
    return not set(read.warnings) & set(_UNUSABLE)


def _labels(structure: Structure, page_count: int) -> list[str]:
    labels = [" ".join(printable(label).split()) for label in structure.labels]
    if len(labels) != page_count:
        labels = [""] * page_count
    return [label or str(number) for number, label in enumerate(labels, start=1)]


def _title(title: str, sections: Sequence[Section]) -> str:
    """The metadata's, if it is one; else the outline's root: among several entries the first is only a chapter."""
    if title and not _FILE_NAME_TITLE.fullmatch(title):
        return title
    roots = [section.title for section in sections if section.level == 1]
    return roots[0] if len(roots) == 1 else ""
