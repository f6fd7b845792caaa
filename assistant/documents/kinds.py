"""What to tell a person of a file that is not what its name says, or nothing that Sunto reads."""

from __future__ import annotations

from assistant.documents.content import Kind
from assistant.documents.source import Source
from assistant.errors import DocumentError, LockedDocumentError, UnsupportedDocumentError
from assistant.i18n import _


def kind_name(kind: Kind) -> str:
    """With its article, in the middle of a sentence."""
    match kind:
        case "pdf":
            return _("a PDF")
        case "docx":
            return _("a Word document")
        case "doc":
            return _("a Word document of the old kind (.doc)")
        case "pptx":
            return _("a PowerPoint presentation")
        case "ppt":
            return _("a PowerPoint presentation of the old kind (.ppt)")
        case "odt":
            return _("an OpenDocument text")
        case "odp":
            return _("an OpenDocument presentation")
        case "xlsx" | "xls" | "ods":
            return _("a spreadsheet")
        case "epub":
            return _("an e-book (EPUB)")
        case "html":
            return _("a web page")
        case "ipynb":
            return _("a Jupyter notebook")
        case "text":
            return _("plain text")
        case "rtf":
            return _("a rich text file (RTF)")
        case "iwork":
            return _("a document of Pages, Numbers or Keynote")
        case "png" | "jpeg" | "gif" | "tiff" | "bmp" | "webp" | "heic" | "jp2":
            return _("an image")
        case "zip" | "archive":
            return _("a compressed archive")
        case "program":
            return _("a program")
        case "media":
            return _("a sound or a film")
        case "database":
            return _("a database")
        case "djvu":
            return _("a DjVu document")
        case "postscript":
            return _("a PostScript document")
        case "office" | "locked-office":
            return _("an Office file of the old kind")
        case "binary":
            return _("a file of an unknown kind")


def is_really(source: Source, kind: Kind) -> str:
    return _("{name} is really {kind}; it was read as one.").format(name=source.name, kind=kind_name(kind))


def read_as_text(source: Source, suffix: str, *, known: bool) -> str:
    """`known` where the suffix is one of a document that is not text."""
    if known:
        return _("{name} is really plain text; it was read as that.").format(name=source.name)
    if suffix:
        return _("Sunto does not know files named {suffix}; it read {name} as plain text.").format(
            suffix=suffix, name=source.name
        )
    return _("{name} does not say what kind of file it is; it was read as plain text.").format(name=source.name)


def not_readable(source: Source, kind: Kind, suffixes: str) -> DocumentError:
    if kind == "locked-office":
        return LockedDocumentError(
            _("{name} is locked with a password.").format(name=source.name),
            _("Open it in the program that made it, save a copy without a password, and open that."),
            path=source.path,
        )
    return UnsupportedDocumentError(
        _("{name} is {kind}, which Sunto does not read.").format(name=source.name, kind=kind_name(kind)),
        _what_to_do(kind, suffixes),
        path=source.path,
    )


def _what_to_do(kind: Kind, suffixes: str) -> str:
    match kind:
        case "doc" | "rtf":
            return _("Open it in Word or LibreOffice, save it as .docx, and open that.")
        case "ppt" | "odp":
            return _("Open it in PowerPoint or LibreOffice, save it as .pptx, and open that.")
        case "xlsx" | "xls" | "ods":
            return _("Open it in its program, save the sheet you need as CSV, and open that.")
        case "iwork":
            return _("Open it in its program, export it as Word, PowerPoint or PDF, and open that.")
        case "zip" | "archive":
            return _("Unpack it, and open the documents in it.")
        case "djvu" | "postscript" | "office":
            return _("Open it in its program, save or print it as a PDF, and open that.")
        case "png" | "jpeg" | "gif" | "tiff" | "bmp" | "webp" | "heic" | "jp2":
            return _("Save it as PNG or JPEG, or put it into a PDF, and open that.")
        case _:
            return _("Sunto reads {suffixes}: save or export it as one of these.").format(suffixes=suffixes)
