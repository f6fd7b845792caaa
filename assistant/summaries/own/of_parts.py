"""The same of parts of documents alone, as a summary asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.documents.model import Document, Page
from assistant.summaries.items import Item, ItemKind
from assistant.summaries.own.prose import OwnSentence
from assistant.summaries.own.sentences import own_items, own_sentences
from assistant.summaries.parts import Part


def sentences_of(parts: Sequence[Part], count: int) -> list[OwnSentence]:
    """The most telling sentences of these parts together, in order."""
    documents, pages = _only(parts)
    return own_sentences(documents, pages, count, total=count)


def items_of(kind: ItemKind, parts: Sequence[Part], count: int, language: str) -> list[tuple[Item, OwnSentence]]:
    documents, pages = _only(parts)
    return own_items(kind, documents, pages, count, language)[:count]


def _only(parts: Sequence[Part]) -> tuple[list[Document], dict[str, list[int]]]:
    """The documents with the text of these parts alone, every character where it was; and the pages with any."""
    documents: dict[str, Document] = {}
    pages: dict[str, list[int]] = {}
    for path in dict.fromkeys(part.document.path for part in parts):
        mine = [part for part in parts if part.document.path == path]
        texts: dict[int, str] = {}
        document = mine[0].document
        originals = {page.number: page for page in document.pages}
        for part in mine:
            for span in part.chunk.spans:
                text = texts.get(span.page) or _blank(originals[span.page].text)
                original = originals[span.page].text[span.start : span.end]
                texts[span.page] = text[: span.start] + original + text[span.end :]
        documents[path] = replace(
            document, pages=tuple(_page(page, texts.get(page.number, "")) for page in document.pages)
        )
        pages[path] = sorted(texts)
    return list(documents.values()), pages


def _page(page: Page, text: str) -> Page:
    return replace(page, text=text)


def _blank(text: str) -> str:
    """As long as the text, with line ends between what is cut out: sentences do not run across them."""
    return "\n" * len(text)
