"""What was written on something, with the pages it is from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document
from assistant.problems import Problem
from assistant.prompts import says_nothing
from assistant.summaries.parts import PageNames
from assistant.summaries.units import Unit
from assistant.writing import Written


@dataclass(frozen=True)
class Draft:
    text: str
    pages: PageNames
    documents: tuple[Document, ...]
    title: str = ""


USELESS: frozenset[Problem] = frozenset(("items", "echo", "empty"))
"""Problems of a text that leave nothing of it."""


def draft(unit: Unit, written: Written) -> Draft:
    return Draft(useful_text(written), unit.pages, unit.documents, unit.title)


def useful_text(written: Written) -> str:
    """Empty where the model found nothing to say, or said nothing that is of use."""
    return "" if says_nothing(written.text) or written.problem in USELESS else written.text


def joined(drafts: Sequence[Draft]) -> Draft:
    """One after the other, as one."""
    documents = {document.path: document for item in drafts for document in item.documents}
    return Draft(
        "\n\n".join(item.text for item in drafts if item.text),
        pages_of(drafts),
        tuple(documents.values()),
        drafts[0].title if drafts else "",
    )


def pages_of(drafts: Iterable[Draft]) -> PageNames:
    return frozenset[tuple[str, int]]().union(*(item.pages for item in drafts))
