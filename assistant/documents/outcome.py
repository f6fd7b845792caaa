"""What to tell a person of a PDF that could not be read, or not all of it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.documents.child.messages import Refused
from assistant.documents.child.process import Ending
from assistant.documents.model import Document, Page
from assistant.documents.pages import format_pages
from assistant.documents.source import Source
from assistant.errors import (
    DamagedDocumentError,
    DocumentAccessError,
    DocumentError,
    DocumentLimitError,
    EncryptedDocumentError,
    LockedDocumentError,
    NoTextError,
)
from assistant.i18n import _, plural
from assistant.safe_text import printable

_BLANK_RUN = 3
_BLANK_SHARE = 0.25
"""A blank page between chapters is nothing to tell; so many in a row, or such a part of the document, is."""


def warning_sentences(pages: Sequence[Page]) -> list[str]:
    """One for each thing that went wrong, with the pages it went wrong on."""
    found: list[str] = []
    for code, sentence in (
        ("scanned", _scanned),
        ("broken-encoding", _broken_encoding),
        ("failed", failed_pages),
        ("empty", _empty),
        ("glued-words", _glued_words),
        ("formula-heavy", _formula_heavy),
        ("ocr-doubtful", _doubtful),
    ):
        numbers = [page.number for page in pages if code in page.warnings]
        if numbers and not (code == "empty" and _are_separators(numbers, len(pages))):
            found.append(sentence(len(numbers)).format(pages=format_pages(numbers)))
    if numbers := [page.number for page in pages if page.reason in ("row-by-row", "out-of-order")]:
        found.append(_reordered(len(numbers)).format(pages=format_pages(numbers)))
    return found


def _are_separators(numbers: Sequence[int], page_count: int) -> bool:
    """Whether these blank pages are what printers leave between chapters."""
    runs = zip(numbers, numbers[_BLANK_RUN - 1 :], strict=False)
    return len(numbers) <= _BLANK_SHARE * page_count and all(last - first >= _BLANK_RUN for first, last in runs)


def _scanned(count: int) -> str:
    return plural(
        "Page {{pages}} was left out: it is an image without text.",
        "Pages {{pages}} were left out: they are images without text.",
        count,
    )


def _broken_encoding(count: int) -> str:
    return plural(
        "Page {{pages}} was left out: its fonts do not say which letters they show.",
        "Pages {{pages}} were left out: their fonts do not say which letters they show.",
        count,
    )


def failed_pages(count: int) -> str:
    return plural(
        "Page {{pages}} was left out: it could not be read.",
        "Pages {{pages}} were left out: they could not be read.",
        count,
    )


def _empty(count: int) -> str:
    return plural("Page {{pages}} has no text.", "Pages {{pages}} have no text.", count)


def _formula_heavy(count: int) -> str:
    return plural(
        "Page {{pages}} is full of formulas, whose parts may have lost their places: check the original.",
        "Pages {{pages}} are full of formulas, whose parts may have lost their places: check the original.",
        count,
    )


def _reordered(count: int) -> str:
    return plural(
        "The file stores the text of page {{pages}} out of order; Sunto read it by where it stands on the page.",
        "The file stores the text of pages {{pages}} out of order; Sunto read it by where it stands on the page.",
        count,
    )


def _glued_words(count: int) -> str:
    return plural("On page {{pages}} some words run together.", "On pages {{pages}} some words run together.", count)


def _doubtful(count: int) -> str:
    return plural(
        "The text of page {{pages}} was recognised on a poor image: check it against the original.",
        "The text of pages {{pages}} was recognised on poor images: check it against the original.",
        count,
    )


# --- what could not ---------------------------------------------------------------------------------------------


def refusal(refused: Refused, source: Source) -> DocumentError:
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
            return LockedDocumentError(
                _("{name} is locked for certain people with a certificate, which Sunto cannot use.").format(
                    name=source.name
                ),
                _("Open it in your PDF reader and print it to a new PDF, if you are allowed to."),
                path=source.path,
            )
        case "unopenable":
            return out_of_reach(source)
        case "installation":
            return DocumentAccessError(
                _("The PDF reader of this installation does not start: {detail}.").format(
                    detail=printable(refused.detail)
                ),
                _("Install Sunto again: python -m pip install --force-reinstall sunto"),
                path=source.path,
            )
        case "damaged" | "protected" | "too-large":
            return _damaged(source)


def out_of_reach(source: Source) -> DocumentError:
    """Could be opened a moment ago. Raises what it is, where the file has gone or changed in the meantime."""
    source.check()
    source.head()
    return DocumentAccessError(_("{name} cannot be read.").format(name=source.name), _("Try again."), path=source.path)


def _damaged(source: Source) -> DocumentError:
    return DamagedDocumentError(
        _("{name} is damaged: no page of it can be read.").format(name=source.name),
        _("Download or copy it again; if your PDF reader still opens it, print it to a new PDF."),
        path=source.path,
    )


def nothing_to_read(source: Source, document: Document, endings: Sequence[Ending], advice: str = "") -> DocumentError:
    """`advice` is what to do about pages that are images."""
    codes = {code for page in document.pages for code in page.warnings}
    if "scanned" in codes:
        count = sum("scanned" in page.warnings for page in document.pages)
        return NoTextError(
            plural(
                "{{name}} has no text to read: its page is an image, a scan.",
                "{{name}} has no text to read: {count} of its pages are images, a scan.",
                count,
            ).format(name=source.name),
            advice
            or _("Run it through a text recognition (OCR) program first; many scanners and PDF readers have one."),
            path=source.path,
        )
    if "broken-encoding" in codes:
        return NoTextError(
            _("{name} has no text to read: its fonts do not say which letters they show.").format(name=source.name),
            advice or _("Print it to images and run it through a text recognition (OCR) program."),
            path=source.path,
        )
    if {"memory", "time", "stuck"} & set(endings):
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
