"""The parent's side of all formats but PDF: run the child, make a `Document` of what it says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from assistant.documents.child.haul import Haul
from assistant.documents.child.messages import PageRead, Refused
from assistant.documents.child.process import Ending
from assistant.documents.model import Document, Engine, Page
from assistant.documents.outcome import failed_pages, out_of_reach
from assistant.documents.pages import format_pages
from assistant.documents.sections import place_sections
from assistant.documents.source import Source
from assistant.documents.text import read_text
from assistant.errors import (
    DamagedDocumentError,
    DocumentAccessError,
    DocumentError,
    DocumentLimitError,
    LockedDocumentError,
    NoTextError,
)
from assistant.i18n import _, plural
from assistant.safe_text import printable

_TEXT_FORMATS = ("markdown", "html", "ipynb", "rst", "tex", "csv")
"""Those that are read whole into memory."""
_READABLE_AS_THEY_ARE = ("markdown", "rst", "tex")
"""Those a person can read without any program."""
_FAULTS_OF_THE_TEXT = ("damaged", "too-large")
"""What a reader refuses a text for, where it is the text's doing and not the computer's."""


def format_reader(engine: Engine) -> Callable[[Source], Document]:
    """The reader of one format, by the name of its module and of the engine on its pages."""

    def read(source: Source) -> Document:
        return read_format(source, engine)

    return read


def read_format(source: Source, engine: Engine) -> Document:
    """Raises DocumentError children, and Stopped when `source.should_stop()` turns true."""
    if engine in _TEXT_FORMATS:
        source.check_size(source.path.stat().st_size, source.limits.text_bytes)
    haul = Haul(source)
    whole = haul.run("format", (engine,))
    tangled = not whole if haul.refused is None else haul.refused.code in _FAULTS_OF_THE_TEXT
    if tangled and engine in _READABLE_AS_THEY_ARE:
        return _as_it_is(source)
    if haul.refused is not None:
        raise _refusal(haul.refused, source)
    document = _document(haul)
    if not document.readable_pages:
        raise _nothing_to_read(source, haul.endings[-1], blank=bool(haul.pages))
    return document


def _as_it_is(source: Source) -> Document:
    """Its markup was too much for the child, or made no sense to it: better with the markup than not at all."""
    document = read_text(source)
    notice = _("{name} was read as plain text: its markup is too long or too tangled.").format(name=source.name)
    return replace(document, warnings=(*document.warnings, notice))


def _document(haul: Haul) -> Document:
    source, structure = haul.source, haul.structure
    never_read = PageRead(0, "", "none", ("failed",))
    reads = [haul.pages.get(index, never_read) for index in range(haul.page_count)]
    labels = structure.labels if len(structure.labels) == len(reads) else ("",) * len(reads)
    pages = tuple(
        Page(number, _name(label) or str(number), printable(read.text), read.engine, read.warnings)
        for number, (label, read) in enumerate(zip(labels, reads, strict=True), start=1)
    )
    sections = place_sections(structure.outline, pages)
    metadata = {key: text for key, value in structure.metadata.items() if (text := _name(value))}
    top = min(sections, key=lambda section: section.level).title if sections else ""
    return Document(
        str(source.path),
        source.name,
        metadata.get("title") or top or source.title,
        pages,
        sections,
        warnings=tuple(_warnings(pages)),
        metadata=metadata,
    )


def _name(text: str) -> str:
    return " ".join(printable(text).split())


def _warnings(pages: Sequence[Page]) -> list[str]:
    """One sentence for each thing a person should know, with the pages it is about."""
    found: list[str] = []
    for code, sentence in (("failed", failed_pages), ("shortened", _shortened), ("hidden", _hidden)):
        if numbers := [page.number for page in pages if code in page.warnings]:
            found.append(sentence(len(numbers)).format(pages=format_pages(numbers)))
    return found


def _shortened(count: int) -> str:
    return plural(
        "Part of page {{pages}} was left out: it is damaged or too long.",
        "Parts of pages {{pages}} were left out: they are damaged or too long.",
        count,
    )


def _hidden(count: int) -> str:
    return plural(
        "Slide {{pages}} is hidden in the presentation; it was read all the same.",
        "Slides {{pages}} are hidden in the presentation; they were read all the same.",
        count,
    )


# --- what could not be read ---------------------------------------------------------------------------------------


def _refusal(refused: Refused, source: Source) -> DocumentError:
    match refused.code:
        case "password" | "certificate":
            return LockedDocumentError(
                _("{name} is locked with a password.").format(name=source.name),
                _("Open it in the program that made it, save a copy without a password, and open that."),
                path=source.path,
            )
        case "protected":
            return LockedDocumentError(
                _("{name} is locked by a shop's copy protection.").format(name=source.name),
                _("Sunto can only read books that are sold or lent without it."),
                path=source.path,
            )
        case "too-large":
            return _too_much(source)
        case "unopenable":
            return out_of_reach(source)
        case "installation":
            return DocumentAccessError(
                _("A part of Sunto that reads this kind of file is missing: {detail}.").format(
                    detail=printable(refused.detail)
                ),
                _("Install Sunto again: python -m pip install --force-reinstall sunto"),
                path=source.path,
            )
        case "damaged":
            return _damaged(source)


def _nothing_to_read(source: Source, ending: Ending, *, blank: bool) -> DocumentError:
    if ending in ("memory", "time", "stuck"):
        return _too_much(source)
    if not blank:
        return _damaged(source)
    return NoTextError(
        _("{name} has no text to read: it is blank, or holds only images.").format(name=source.name),
        _("If it holds images of pages, export it as a PDF and open that."),
        path=source.path,
    )


def _damaged(source: Source) -> DocumentError:
    return DamagedDocumentError(
        _("{name} is damaged: nothing of it can be read.").format(name=source.name),
        _("Download or copy it again; if the program that made it still opens it, save it there once more."),
        path=source.path,
    )


def _too_much(source: Source) -> DocumentError:
    return DocumentLimitError(
        _("{name} was given up: reading it takes too much memory or time.").format(name=source.name),
        _("Open it in the program that made it, and save only the part you need, or save it as a PDF."),
        path=source.path,
    )
