"""What is done with a text of the model that cannot stand as it is: other sentences instead, or better ones."""

from __future__ import annotations

from collections.abc import Generator

from assistant.cited_text import claim_spans
from assistant.documents.model import Document
from assistant.grounding import Claim, is_claim, plain_claim
from assistant.protocol import Event
from assistant.summaries.desk import Desk
from assistant.summaries.drafts import USELESS, Draft
from assistant.summaries.own import OwnSentence, sentences_of
from assistant.summaries.parts import Part
from assistant.writing import Written

PART_SENTENCES = 3
"""Of the document's own, that stand in for what the model should have written on one part."""


def stand_ins(desk: Desk, part: Part, written: Written) -> list[OwnSentence]:
    """The document's own sentences for a text that is no use; none where it is, or where there are no better ones."""
    problem = written.problem
    wanted = problem in USELESS or problem in ("repetition", "off-topic")
    if problem == "language":  # the document's sentences are no better where they are in another language, too
        wanted = part.document.language == desk.language
    return sentences_of([part], PART_SENTENCES) if wanted and desk.options.extractive != "off" else []


def rewritten(desk: Desk, draft: Draft) -> Generator[Event, None, str]:
    """The text with its unsupported sentences said again from their best passages, where that makes them better."""
    wrong = [
        (start, end, claim)
        for start, end in claim_spans(draft.text)
        if is_claim(sentence := draft.text[start:end])
        and (claim := desk.judge.cite(sentence, draft.pages)).support == "unsupported"
        and claim.citations
    ]
    units = [
        desk.requests.unit(
            "rewrite",
            claim.citations[0].quote,
            frozenset({(claim.citations[0].path, claim.citations[0].page)}),
            [_document(desk, claim)],
            title=draft.title,
            sentence=claim.text,
        )
        for _start, _end, claim in wrong
    ]
    answers = yield from desk.scribe.write_all(units, "write") if units else _nothing()
    text = draft.text
    for (start, end, _claim), answer in reversed(list(zip(wrong, answers, strict=True))):
        if _is_better(desk, draft, answer):
            sentence = draft.text[start:end]
            mark = sentence[: len(sentence) - len(sentence.lstrip("-*•0123456789.) \t"))]
            text = text[:start] + mark + plain_claim(answer.text) + text[end:]
    return text


def _is_better(desk: Desk, draft: Draft, answer: Written) -> bool:
    if answer.problem or not is_claim(answer.text):
        return False
    claim = desk.judge.cite(answer.text, draft.pages)
    return claim.support != "unsupported" and bool(claim.citations)


def _document(desk: Desk, claim: Claim) -> Document:
    return next(document for document in desk.documents if document.path == claim.citations[0].path)


def _nothing() -> Generator[Event, None, list[Written]]:
    yield from ()
    return []
