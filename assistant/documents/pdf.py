"""PDF files → `Document`. Opening the file is left to a limited child process; this is the side that stays alive."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from assistant.documents.cleaning import clean_pages
from assistant.documents.content import looks_like
from assistant.documents.model import Document, Page
from assistant.documents.pages import format_pages
from assistant.documents.pdf_messages import ChildMessage, Done, Job, Opened, PageRead, Refused, Structure
from assistant.documents.pdf_process import Ending, run_child
from assistant.documents.sections import place_sections
from assistant.documents.source import Source
from assistant.errors import (
    DamagedDocumentError,
    DocumentAccessError,
    DocumentError,
    DocumentLimitError,
    EncryptedDocumentError,
    NoTextError,
    UnsupportedDocumentError,
)
from assistant.i18n import _, plural
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
        raise _refusal(haul.refused, source)
    document = _document(haul)
    if not document.readable_pages:
        raise _nothing_to_read(document, haul)
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
        _title(metadata.get("title", "")) or (sections[0].title if sections else source.title),
        pages,
        sections,
        warnings=tuple(_sentences(pages)),
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


def _title(title: str) -> str:
    return "" if _FILE_NAME_TITLE.fullmatch(title) else title


def _sentences(pages: Sequence[Page]) -> list[str]:
    sentences = {
        "scanned": _("Left out because they are images without text: pages {pages}."),
        "broken-encoding": _("Left out because their fonts do not say which letters they show: pages {pages}."),
        "failed": _("Left out because they could not be read: pages {pages}."),
        "glued-words": _("Read with some words run together: pages {pages}."),
    }
    found: list[str] = []
    for code, sentence in sentences.items():
        if numbers := [page.number for page in pages if code in page.warnings]:
            found.append(sentence.format(pages=format_pages(numbers)))
    return found


# --- what could not ---------------------------------------------------------------------------------------------


def _refusal(refused: Refused, source: Source) -> DocumentError:
    match refused.code:
        case "password" if source.password:
            return EncryptedDocumentError(
                _("The password does not open {name}.").format(name=source.name),
                _("Check capital letters and the keyboard's language, then give it again."),
                path=source.path,
            )
        case "password":
            return EncryptedDocumentError(
                _("{name} is locked with a password.").format(name=source.name),
                _("Give the password (on the command line: --password)."),
                path=source.path,
            )
        case "certificate":
            return EncryptedDocumentError(
                _("{name} is locked for certain people with a certificate, which Sunto cannot use.").format(
                    name=source.name
                ),
                _("Open it in your PDF reader and print it to a new PDF, if you are allowed to."),
                path=source.path,
            )
        case "unopenable":
            source.check()  # says what it is, where the file has gone or changed in the meantime
            source.head()
            return DocumentAccessError(
                _("{name} cannot be read.").format(name=source.name), _("Try again."), path=source.path
            )
        case "installation":
            return DocumentAccessError(
                _("The PDF reader of this installation does not start: {detail}.").format(
                    detail=printable(refused.detail)
                ),
                _("Install Sunto again: python -m pip install --force-reinstall sunto"),
                path=source.path,
            )
        case "damaged":
            return _damaged(source)


def _damaged(source: Source) -> DocumentError:
    return DamagedDocumentError(
        _("{name} is damaged: no page of it can be read.").format(name=source.name),
        _("Download or copy it again; if your PDF reader still opens it, print it to a new PDF."),
        path=source.path,
    )


def _nothing_to_read(document: Document, haul: _Haul) -> DocumentError:
    source = haul.source
    codes = {code for page in document.pages for code in page.warnings}
    if "scanned" in codes:
        count = sum("scanned" in page.warnings for page in document.pages)
        return NoTextError(
            plural(
                "{{name}} has no text to read: its page is an image, a scan.",
                "{{name}} has no text to read: {count} of its pages are images, a scan.",
                count,
            ).format(name=source.name),
            _("Run it through a text recognition (OCR) program first; many scanners and PDF readers have one."),
            path=source.path,
        )
    if "broken-encoding" in codes:
        return NoTextError(
            _("{name} has no text to read: its fonts do not say which letters they show.").format(name=source.name),
            _("Print it to images and run it through a text recognition (OCR) program."),
            path=source.path,
        )
    if {"memory", "time", "stuck"} & set(haul.endings):
        return DocumentLimitError(
            _("{name} was given up: reading it takes too much memory or time.").format(name=source.name),
            _("Open it in your PDF reader and print it to a new PDF, which is often simpler inside."),
            path=source.path,
        )
    if "failed" in codes or not document.pages:
        return _damaged(source)
    return NoTextError(
        plural(
            "{{name}} has one page, and it is blank.", "{{name}} has {count} pages, all blank.", len(document.pages)
        ).format(name=source.name),
        _("Check that it is the file you meant."),
        path=source.path,
    )
