"""Where a cited passage stands in a document as it has been read now, which may be another than was cited."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from assistant.i18n import _
from assistant.safe_text import one_line
from tui.page_search import evened

if TYPE_CHECKING:
    from assistant.documents.model import Document
    from tui.claims import Place

Found = Literal["there", "moved", "gone"]
"""`there`: where it was cited. `moved`: the same words stand elsewhere. `gone`: the document does not have them."""


@dataclass(frozen=True)
class Passage:
    found: Found
    page: int
    """Position of the page in the document, from 0; the cited one where the passage is gone."""
    start: int = 0
    end: int = 0
    """Characters of the page's text; none where the passage is gone."""


@dataclass(frozen=True)
class Cited:
    """A passage with the claim that it is to be compared with."""

    passage: Passage
    claim: str
    grade: str
    """In words."""
    note: str = ""
    """What is to be said of the document."""


def find_passage(document: Document, place: Place) -> Passage:
    """Look where it was cited, then for its words on that page, then on the others, the nearest first.

    Slow for a long document that has changed: for a thread of its own.
    """
    pages = document.pages
    cited = min(max(place.page - 1, 0), len(pages) - 1)
    if place.quote and pages[cited].number == place.page and pages[cited].text[place.start : place.end] == place.quote:
        return Passage("there", cited, place.start, place.end)
    if words := evened(place.quote).split():
        pattern = re.compile(" +".join(map(re.escape, words)))
        for position in sorted(range(len(pages)), key=lambda position: abs(position - cited)):
            if match := pattern.search(evened(pages[position].text)):
                return Passage("there" if position == cited else "moved", position, *match.span())
    return Passage("gone", cited)


def passage_words(cited: Cited, several: bool) -> list[tuple[str, str]]:
    """(line, style): the claim and its grade, then what is to be said of the document and of the passage."""
    lines = [(f"▸ “{one_line(cited.claim)}”", "bold"), (one_line(cited.grade), "")]
    found = {
        "moved": _("The document has changed since the answer: these words now stand on this page."),
        "gone": _("The document has changed since the answer: these words are not in it any more."),
    }
    lines += [(sentence, "bold") for sentence in (cited.note, found.get(cited.passage.found, "")) if sentence]
    if several:
        lines.append((_("Enter shows the next place of this point."), "dim"))
    return lines
