"""Which passages of an example's text bear its target out, for whoever reviews it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from adapters.dataset.example import Example

if TYPE_CHECKING:
    from assistant.grounding import Claim

MAX_CHARACTERS = 60_000
"""Of the text that is searched: no model here is trained on more of one."""
MAX_CLAIMS = 60
"""Of the target; a longer one is no summary."""
_ELSEWHERE = ("principal", "title")
"""Origins whose targets were taken from beside or out of the text: it cannot be expected to say them."""

Row = dict[str, Any]


def evidence(example: Example) -> list[Row]:
    """One row for each checkable sentence of the target, in order.

    `start` and `end` are the sentence's characters in the target; `support`, `missing` and `warnings` are its grade
    (`assistant.grounding`); `passages` are the (start, end) in the text that it is borne out by, none where nothing
    resembles it. No rows for titles, and for sentences that were taken out of the text.
    """
    if example.task == "title" or example.origin in _ELSEWHERE:
        return []
    from assistant.documents.model import Document, Page
    from assistant.grounding import Passages
    from assistant.language import detect_language

    text = example.text[:MAX_CHARACTERS]
    language = detect_language(text)
    page = Page(number=1, label="1", text=text, engine="text", language=language)
    name = example.place.document
    passages = Passages([Document(path=name, name=name, title="", pages=(page,), language=language)])
    return [_row(start, end, passages.cite(example.target[start:end])) for start, end in _claims(example.target)]


def _claims(target: str) -> Iterator[tuple[int, int]]:
    from assistant.cited_text import claim_spans
    from assistant.grounding import is_claim

    spans = [(start, end) for start, end in claim_spans(target) if is_claim(target[start:end])]
    yield from spans[:MAX_CLAIMS]


def _row(start: int, end: int, claim: Claim) -> Row:
    return {
        "start": start,
        "end": end,
        "support": claim.support,
        "missing": list(claim.missing),
        "warnings": list(claim.warnings),
        "passages": [[citation.start, citation.end] for citation in claim.citations[:1]],
    }
