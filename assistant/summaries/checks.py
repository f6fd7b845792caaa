"""Whether an answer can be used at all, as far as its source tells."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from assistant.documents.model import Document
from assistant.grounding import Claim, PageSet, Passages, split_claims
from assistant.summaries.items import Item, ItemKind, item_problems, parse_items

AGREEING = ("quoted", "supported")


class Judge:
    """Looks claims up in the documents."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents

    @cached_property
    def _all(self) -> Passages:
        """Built when the first text is there: reading a whole book takes a while, and its first part can be written."""
        return Passages(self._documents)

    @cached_property
    def _each(self) -> dict[str, Passages]:
        several = len(self._documents) > 1
        return {document.path: Passages([document]) for document in self._documents} if several else {}

    def cite(self, sentence: str, pages: PageSet | None) -> Claim:
        """With the places of all documents that say it."""
        claim = self._all.cite(sentence, pages)
        if claim.support not in AGREEING:
            return claim
        known = {citation.path for citation in claim.citations}
        others = [
            other.citations[0]
            for path, passages in self._each.items()
            if path not in known and (other := passages.cite(sentence, pages)).support in AGREEING
        ]
        return Claim(claim.text, claim.support, (*claim.citations, *others), claim.missing, claim.warnings)

    def is_about(self, answer: str, pages: PageSet, *, strictly: bool = False) -> bool:
        """Whether something of the answer was found on these pages, if anything in it can be looked up.

        `strictly` asks that half of it is supported.
        """
        claims = [self._all.cite(claim, pages) for claim in split_claims(answer)]
        if strictly:
            return 2 * sum(claim.support in AGREEING for claim in claims) >= len(claims)
        return not claims or any(claim.citations for claim in claims)


def usable_items(kind: ItemKind, answer: str, language: str, *, unfinished: bool = False) -> list[Item]:
    """The items of an answer that can be shown."""
    found = parse_items(kind, answer, unfinished=unfinished)
    return [item for item in found if not item_problems(item, language)]
