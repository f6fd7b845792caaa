"""What the documents of one question have for an answer: passages, kept summaries, and the places of its claims."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from assistant.answers.absence import is_absent, is_denial
from assistant.answers.reading import Source
from assistant.answers.retrieval import Stretch, fitting_stretches
from assistant.answers.routes import Request
from assistant.answers.search import terms
from assistant.cited_text import CitedText, Shown, page_mark
from assistant.generation import LanguageModel
from assistant.grounding import Claim, PageSet, Passages
from assistant.library import Library
from assistant.summaries.options import SummaryOptions
from assistant.summaries.reuse import kept_section_summaries

NEAREST = 3
"""Pages named where an answer was not found."""
SHORT_CHARACTERS = 80
_NAMES_NOTHING = frozenset(["yes", "ok", "okay", "true", "false", "certainly", "vero", "falso", "certo", "esatto"])


@dataclass(frozen=True)
class Evidence:
    model: LanguageModel
    source: Source
    request: Request
    options: SummaryOptions
    library: Library | None

    @property
    def several(self) -> bool:
        return len(self.source.documents) > 1

    @cached_property
    def passages(self) -> Passages:
        return Passages(self.source.documents)

    @property
    def is_absent(self) -> bool:
        """Whether it need not even be asked: see `absence`."""
        asks = self.request.wanted == "question"
        return asks and is_absent(self.request.text, self.source.documents, self.source.chosen)

    def stretches(self, budget_tokens: int) -> list[Stretch]:
        """Those that fit the question best, in document order."""
        return self._fitting(self.model.count_tokens, budget_tokens)

    def nearest_pages(self) -> list[dict[str, Any]]:
        """The places that come nearest to the question, a page once, as a citation says it."""
        return list({(place["path"], place["page"]): place for place in map(_place, self._best(NEAREST))}.values())

    def section_notes(self, budget_tokens: int) -> list[str]:
        """The kept summary of the section that the best passage is from, if it fits."""
        if self.library is None or not self.options.merge:
            return []  # what a model too small to merge wrote is no help to it
        options = replace(self.options, chosen=self.source.chosen)
        sections = kept_section_summaries(self.model, self.source.documents, options, self.library)
        best = {(stretch.document.path, stretch.page) for stretch in self._best(1)}
        notes = [f"# {section.title}\n\n{section.text}" for section in sections if best & section.pages]
        return [note for note in notes[:1] if self.model.count_tokens(note) <= budget_tokens]

    def cite(self, sentence: str, pages: PageSet) -> Claim | None:
        return None if is_denial(sentence) else self.passages.cite(sentence, pages)

    def cite_short(self, answer: str, pages: PageSet) -> Claim | None:
        """A place for an answer too short to be looked up by itself: "46." says something only with its question.

        With the passage that holds it and what was asked; None for one that names nothing ("Yes.").
        """
        said = terms(answer, "") - _NAMES_NOTHING
        if not said or len(answer) > SHORT_CHARACTERS or "\n" in answer.strip():
            return None
        claim = self.passages.cite(f"{self.request.text} {answer}", pages)
        held = tuple(place for place in claim.citations if said & terms(place.quote, ""))
        missing = tuple(detail for detail in claim.missing if detail in answer)
        # Never more than weak: the words of the question are the person's own, and are found in any case.
        return Claim(answer, "unsupported" if missing else "weak", held, missing)

    def mark(self, claim: Claim) -> str:
        return page_mark(claim, several_documents=self.several)

    def shown(self, pages: PageSet) -> Callable[[], Shown]:
        """How an answer made from these pages is shown: with the place of each of its claims."""

        def cite(sentence: str) -> Claim | None:
            return self.cite(sentence, pages)

        return lambda: CitedText(cite, self.mark)

    def _best(self, count: int) -> list[Stretch]:
        return self._fitting(lambda _text: 1, count)

    def _fitting(self, count_tokens: Callable[[str], int], budget_tokens: int) -> list[Stretch]:
        source = self.source
        return fitting_stretches(
            source.documents, source.chosen, self.request.text, count_tokens, budget_tokens, self.library
        )


def _place(stretch: Stretch) -> dict[str, Any]:
    document = stretch.document
    label = next(page.label for page in document.pages if page.number == stretch.page)
    return {
        "document": document.name,
        "path": document.path,
        "page": stretch.page,
        "label": label,
        "quote": stretch.text,
        "start": stretch.start,
        "end": stretch.end,
    }
