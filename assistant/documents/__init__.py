"""Files → text with pages and sections. `load_document` is the way in.

The names are imported when they are first used: the child that opens untrusted files lives in this package too, and
would pay for all of them, some 50 ms at every file, without using one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_MODULES = {
    "loading": ("READERS", "READER_VERSION", "load_document"),
    "model": ("Document", "Page", "Section"),
    "pages": ("format_pages", "parse_pages"),
    "source": ("file_sha256",),
}


def __getattr__(name: str) -> object:
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
