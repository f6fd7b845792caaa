"""The picture of a page, drawn by a limited child. Only of PDFs and images: other files have no pages to look at."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from assistant.documents.child.limits import LIMITS
from assistant.documents.child.messages import ChildMessage, Job, Picture
from assistant.documents.child.process import run_child
from assistant.documents.ocr.image_header import PICTURES
from assistant.errors import DocumentAccessError, UnsupportedDocumentError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.safe_text import one_line

_LIMITS = replace(LIMITS, cpu_seconds=30, silent_seconds=30.0, start_seconds=30.0)
"""A page that takes longer is not worth waiting for."""


@dataclass(frozen=True)
class PagePicture:
    width: int
    height: int
    pixels: bytes
    """Red, green and blue of each pixel, row by row."""
    marked: bool
    """Whether the passage was found and is marked."""


def can_be_drawn(path: str | Path) -> bool:
    """By its name, as far as that says what it is."""
    return Path(path).suffix.lower() in (".pdf", *PICTURES)


def draw_page(
    path: str | Path,
    page: int,
    room: tuple[int, int],
    *,
    quote: str = "",
    password: str = "",
    should_stop: ShouldStop = never_stop,
) -> PagePicture:
    """The page (numbered from 1), as large as fits into `room` (pixels across and down), with the quote marked.

    Slow: for a thread of its own. Raises UnsupportedDocumentError where the file has no pages to look at,
    DocumentAccessError where it cannot be drawn, and Stopped.
    """
    path = Path(path)
    name = one_line(path.name)
    if not can_be_drawn(path):
        raise UnsupportedDocumentError(
            _("There is no picture of the pages of {name}.").format(name=name),
            _("Only PDFs and images have pages that can be drawn."),
            path=path,
        )
    if not path.exists():
        raise DocumentAccessError(
            _("The page cannot be drawn: {name} is no longer there.").format(name=name),
            _("Put the file back, or open it where it is now."),
            path=path,
        )
    picture = _drawn(path, page, room, quote, password, should_stop)
    if picture is None:
        raise DocumentAccessError(
            _("This page of {name} cannot be drawn.").format(name=name),
            _("Its text is shown as before; a PDF reader may show the page."),
            path=path,
        )
    return picture


def _drawn(
    path: Path, page: int, room: tuple[int, int], quote: str, password: str, should_stop: ShouldStop
) -> PagePicture | None:
    pictures: list[Picture] = []

    def take(message: ChildMessage) -> None:
        if isinstance(message, Picture):
            pictures.append(message)

    source = "pdf" if path.suffix.lower() == ".pdf" else "image"
    options = {"page": page - 1, "quote": quote, "width": room[0], "height": room[1], "source": source}
    job = Job(str(path), "drawing", password, limits=asdict(_LIMITS), options=options)
    run_child(job, _LIMITS, take, should_stop)
    if not pictures or pictures[-1].width > room[0] or pictures[-1].height > room[1]:
        return None
    drawn = pictures[-1]
    return PagePicture(drawn.width, drawn.height, base64.b64decode(drawn.pixels), drawn.marked)
