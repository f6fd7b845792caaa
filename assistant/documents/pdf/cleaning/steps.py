"""The steps of cleaning, one after the other, over a whole document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.documents.child.messages import LineFacts, OutlineEntry
from assistant.documents.pdf.cleaning.accents import repair_accents
from assistant.documents.pdf.cleaning.characters import normalise
from assistant.documents.pdf.cleaning.headings import first_title, join_wrapped_headings, mark_headings, placed_headings
from assistant.documents.pdf.cleaning.hyphens import mend_broken_words
from assistant.documents.pdf.cleaning.notes import put_notes_last
from assistant.documents.pdf.cleaning.page_lines import body_size, page_lines
from assistant.documents.pdf.cleaning.paragraphs import reflow
from assistant.documents.pdf.cleaning.running_heads import take_off_running_heads


@dataclass(frozen=True)
class CleanText:
    texts: tuple[str, ...]
    """One for each page."""
    heads: tuple[str, ...]
    """The running head that was taken off each page; "" where there was none."""
    headings: tuple[OutlineEntry, ...]
    """What looks like a heading, with its place in the clean text."""
    title: str
    """What looks like the title of the whole; "" when nothing does."""


def clean_document(
    raw: Sequence[str], labels: Sequence[str] = (), facts: Sequence[Sequence[LineFacts]] = ()
) -> CleanText:
    """Raw page texts → clean ones, and what their look says of the document's structure.

    `labels` are what is printed on the pages, `facts` how each line looks that is not blank: where that is known.
    """
    clean = repair_accents([normalise(text) for text in raw])
    pages = [
        page_lines(text, raw[number], facts[number] if number < len(facts) else ()) for number, text in enumerate(clean)
    ]
    body = body_size(pages)
    title = first_title(pages, body)
    take_off_running_heads(pages, labels, body)
    put_notes_last(pages, body)
    mend_broken_words(pages)
    mark_headings(pages, body)
    join_wrapped_headings(pages)
    flowed = [reflow(page) for page in pages]
    return CleanText(
        tuple(text for text, _ in flowed),
        tuple(page.head for page in pages),
        placed_headings(pages, [starts for _, starts in flowed]),
        title,
    )
