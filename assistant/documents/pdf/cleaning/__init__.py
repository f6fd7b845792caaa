"""Raw page texts of a PDF → clean ones: characters repaired, running heads gone, words whole, paragraphs apart.

Every step is linear in the length of the text: the text is not to be trusted to be short or sane.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.documents.pdf.cleaning.steps import CleanText, clean_document

__all__ = ["CleanText", "clean_document", "clean_pages"]


def clean_pages(raw: Sequence[str], labels: Sequence[str] = ()) -> list[str]:
    """Clean text for each raw page text. `labels` are what is printed on the pages, where that is known."""
    return list(clean_document(raw, labels).texts)
