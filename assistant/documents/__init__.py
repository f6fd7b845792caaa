"""Files → text with pages and sections. `load_document` is the way in."""

from assistant.documents.loading import READER_VERSION, READERS, load_document
from assistant.documents.model import Document, Page, Section
from assistant.documents.pages import format_pages, parse_pages
from assistant.documents.source import file_sha256

__all__ = [
    "READERS",
    "READER_VERSION",
    "Document",
    "Page",
    "Section",
    "file_sha256",
    "format_pages",
    "load_document",
    "parse_pages",
]
