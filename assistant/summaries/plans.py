"""How documents were split into units, remembered: a question asks for what is kept about them again and again.

To find the kept text on a part, its unit's key is enough; but which parts there are, only counting the tokens of all of
the text tells, which takes seconds for a book.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice

from assistant.documents.model import Document
from assistant.summaries.desk import Desk
from assistant.summaries.parts import PageNames

MOST_PLANS = 8
"""Of so many sets of documents; without their texts, the plan of a book has some hundred kilobytes."""


@dataclass(frozen=True)
class PlannedPart:
    key: str
    """Of its unit."""
    title: str
    pages: PageNames


@dataclass(frozen=True)
class PlannedSection:
    document: int
    """Its place among the documents."""
    title: str
    pages: PageNames
    parts: tuple[PlannedPart, ...]


class Plans:
    """Those used last. A document that was changed, or is read with another model, has a plan of its own."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[PlannedSection, ...]] = OrderedDict()

    def of(self, desk: Desk) -> tuple[PlannedSection, ...]:
        """Raises NoTextError, ContextOverflowError."""
        key = _key(desk)
        if key not in self._known:
            self._known[key] = _planned(desk)
        self._known.move_to_end(key)
        while len(self._known) > MOST_PLANS:
            self._known.popitem(last=False)
        return self._known[key]


def _planned(desk: Desk) -> tuple[PlannedSection, ...]:
    order = {document.path: number for number, document in enumerate(desk.documents)}
    units = iter(desk.part_units())
    return tuple(
        PlannedSection(
            order[section.document.path],
            section.title,
            section.pages,
            tuple(PlannedPart(unit.key, unit.title, unit.pages) for unit in islice(units, len(section.parts))),
        )
        for section in desk.sections
    )


def _key(desk: Desk) -> str:
    model = desk.model
    depends_on = hashlib.sha256(
        repr((model.fingerprint, model.languages, model.chunk_tokens, model.context_tokens, desk.options)).encode()
    )
    for document in desk.documents:
        depends_on.update(_content(document))
    return depends_on.hexdigest()


def _content(document: Document) -> bytes:
    """What the parts and their titles come from; not the file's bytes, which can be read in more than one way."""
    pages = [(page.number, page.label, page.text) for page in document.pages]
    return repr((document.path, document.language, document.sections, pages)).encode("utf-8", "surrogatepass")
