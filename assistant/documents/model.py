"""What a read document is: pages with text, sections, and what went wrong on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Engine = Literal[
    "pdfium",
    "pypdf",
    "geometry",
    "ocr",
    "text",
    "markdown",
    "docx",
    "pptx",
    "odt",
    "epub",
    "html",
    "ipynb",
    "rst",
    "tex",
    "csv",
    "none",
]
"""Which reader a page's text came from. `geometry` is pdfium's letters, put in order by where they stand."""


@dataclass(frozen=True)
class Page:
    number: int
    """Position in the file, counted from 1."""
    label: str
    """What is printed on the page ("xii"); the number as text where the file says nothing."""
    text: str
    """Clean text: no control characters, no running heads, hyphenation joined. May be empty."""
    engine: Engine
    """Which reader the text came from; "none" when there is no text."""
    warnings: tuple[str, ...] = ()
    """Codes, see `WARNINGS`: why a page is empty or doubtful."""
    reason: str = ""
    """Why another engine than the first was used: a code of `REASONS`; empty for the first."""
    language: str = ""
    """"it", "en" or "" when it is neither or too short to tell."""
    head: str = ""
    """The running head that was taken off the page: often the chapter's title. Empty when there was none."""


UNREADABLE = ("scanned", "empty", "broken-encoding", "failed")
WARNINGS = (*UNREADABLE, "glued-words", "formula-heavy", "ocr-doubtful", "shortened", "hidden")
"""Page warnings. `UNREADABLE` ones mean that the page has no usable text; `shortened` that some of it was left out,
`hidden` that the author hid the slide."""
REASONS = ("glued-words", "broken-encoding", "empty", "failed", "scanned", "row-by-row", "out-of-order", "wrong-spaces")
"""What was wrong with the first engine's text."""


@dataclass(frozen=True)
class Section:
    title: str
    level: int
    """1 is the top."""
    page: int
    """Number of the page it starts on."""
    offset: int = 0
    """Character in that page's text where it starts."""


@dataclass(frozen=True)
class Document:
    path: str
    name: str
    """The file's name, for citations."""
    title: str
    """From the metadata; else the largest line of a PDF's first page, or the first heading; else the file's stem."""
    pages: tuple[Page, ...]
    sections: tuple[Section, ...] = ()
    language: str = ""
    """"it", "en" or "" when it is neither."""
    warnings: tuple[str, ...] = ()
    """Sentences for the person, in the interface language."""
    sha256: str = ""
    """Of the file's bytes."""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    recognised_with: str = ""
    """The languages its images were recognised with ("ita+eng"); empty where none were, for whatever reason."""

    @property
    def readable_pages(self) -> tuple[Page, ...]:
        return tuple(page for page in self.pages if page.text.strip())
