"""The most telling sentences of a document, chosen without a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document, Page
from assistant.grounding import is_claim
from assistant.sentences import split_sentences
from assistant.stems import content_stems
from assistant.summaries.items import Item, ItemKind


@dataclass(frozen=True)
class OwnSentence:
    document: Document
    page: Page
    start: int
    """Character of the page's text."""
    end: int
    text: str
    section: str


def own_sentences(
    documents: Sequence[Document], pages_by_path: Mapping[str, Sequence[int]], per_section: int, *, total: int = 0
) -> list[OwnSentence]:
    """Those that share most words with the rest, in order; at most `total`, or `per_section` where that is 0."""
    found = [
        OwnSentence(document, page, start, end, page.text[start:end], "")
        for document in documents
        for page in document.pages
        if page.number in pages_by_path.get(document.path, (page.number,))
        for start, end in split_sentences(page.text)
        if is_claim(page.text[start:end])
    ]
    stems = [content_stems(sentence.text, sentence.document.language) for sentence in found]
    frequency = Counter(stem for group in stems for stem in group)
    ranked = sorted(
        range(len(found)),
        key=lambda at: (-sum(frequency[stem] for stem in stems[at]) / (8 + len(stems[at])), at),
    )
    return [found[at] for at in sorted(ranked[: total or per_section])]


def own_items(
    kind: ItemKind,
    documents: Sequence[Document],
    pages_by_path: Mapping[str, Sequence[int]],
    per_section: int,
    language: str,
) -> list[tuple[Item, OwnSentence]]:
    """Items made of definitions in the text."""
    return []
