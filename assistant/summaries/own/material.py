"""What a document offers to ask about: terms and what they are, and what can be left out of its sentences."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assistant.documents.model import Document
from assistant.stems import content_words
from assistant.summaries.own.definitions import Definition, definition_in, listed_definitions
from assistant.summaries.own.gaps import Terms, gaps_in
from assistant.summaries.own.prose import OwnSentence, shown
from assistant.summaries.parts import main_sections


@dataclass(frozen=True)
class Defined:
    definition: Definition
    sentence: OwnSentence


class Material:
    """What all documents together offer to ask about."""

    def __init__(
        self,
        documents: Sequence[Document],
        pages_by_path: Mapping[str, Sequence[int]],
        sentences: Sequence[OwnSentence],
        ranked: Sequence[Sequence[OwnSentence]],
    ) -> None:
        self.full: set[tuple[str, str]] = set()
        """Sections, as `section_of` names them, that need no more items."""
        self.ranked = ranked
        """For each section, its best sentences first."""
        order = {document.path: number for number, document in enumerate(documents)}
        found = [*_in_sentences(sentences), *_in_lists(documents, pages_by_path)]
        self.defined = _first_of_each(sorted(found, key=lambda one: order[one.sentence.document.path]))
        self._defining: defaultdict[tuple[str, int], list[OwnSentence]] = defaultdict(list)
        for one in self.defined:
            self._defining[_page_of(one.sentence)].append(one.sentence)
        self.terms = [found.definition.term for found in self.defined]
        self._text = "\n".join(sentence.text for sentence in sentences)
        terms = Terms(self.terms)
        self.gaps = {sentence: gaps_in(sentence.text, terms) for sentence in sentences}
        self.by_kind: dict[str, dict[str, set[str]]] = {}
        """Kind → what there is of it → the articles it stands behind."""
        for gap in (gap for gaps in self.gaps.values() for gap in gaps):
            self.by_kind.setdefault(gap.kind, {}).setdefault(gap.text, set()).add(gap.article)

    def has_room(self, sentence: OwnSentence) -> bool:
        return section_of(sentence) not in self.full

    def defines(self, sentence: OwnSentence) -> bool:
        """Whether a term is defined in it; an entry of a list may be found as a definition and as sentences."""
        return any(overlap(sentence, other) for other in self._defining.get(_page_of(sentence), ()))

    def term(self, definition: Definition) -> str:
        """As in the middle of a sentence: its capital goes where the text writes it small elsewhere."""
        small = definition.term[:1].lower() + definition.term[1:]
        return small if re.search(rf"(?<!^)(?<!\w){re.escape(small)}", self._text) else definition.term


def section_of(sentence: OwnSentence) -> tuple[str, str]:
    return sentence.document.path, sentence.section


def overlap(one: OwnSentence, other: OwnSentence) -> bool:
    return _page_of(one) == _page_of(other) and one.start < other.end and other.start < one.end


def _page_of(sentence: OwnSentence) -> tuple[str, int]:
    return sentence.document.path, sentence.page.number


def _in_sentences(sentences: Sequence[OwnSentence]) -> Iterator[Defined]:
    for sentence in sentences:
        if not sentence.leans_back and (found := definition_in(sentence.text, sentence.language)):
            yield Defined(found, sentence)


def _in_lists(documents: Sequence[Document], pages_by_path: Mapping[str, Sequence[int]]) -> Iterator[Defined]:
    for document in documents:
        main = main_sections(document)
        for page in document.pages:
            if page.number not in pages_by_path.get(document.path, (page.number,)):
                continue
            for start, end, definition in listed_definitions(page.text):
                before = [s.title for s in main if (s.page, s.offset) <= (page.number, start)]
                text = shown(page.text[start:end])
                yield Defined(definition, OwnSentence(document, page, start, end, text, before[-1] if before else ""))


def _first_of_each(found: Sequence[Defined]) -> list[Defined]:
    kept: dict[str, Defined] = {}
    for one in found:
        kept.setdefault(" ".join(content_words(one.definition.term)) or one.definition.term.casefold(), one)
    return list(kept.values())
