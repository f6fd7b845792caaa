"""The text of the result as it grows: headings, cited text, the document's own sentences."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from assistant.cited_text import CitedText, PlacedClaim, Shown, page_mark
from assistant.documents.model import Document
from assistant.grounding import Citation, Claim, PageSet, plain_claim
from assistant.protocol import Event
from assistant.screen import Live, Screen
from assistant.summaries.checks import Judge
from assistant.summaries.options import SummaryOptions
from assistant.summaries.own import OwnSentence, own_label, partly_label
from assistant.summaries.several.own_sentences import Said
from assistant.summaries.shown import AsList, Dropping


class Canvas:
    def __init__(
        self, screen: Screen, documents: Sequence[Document], options: SummaryOptions, judge: Judge, language: str
    ) -> None:
        self.screen = screen
        self._several = len(documents) > 1
        self._options = options
        self._judge = judge
        self._language = language
        self._headings: list[str] = []
        """Those in force, the document's first."""
        self.left_out: list[Claim] = []
        """Claims with details that the source does not have, where these are not to be shown."""
        self.model_texts = 0
        """How many texts on the screen are the model's."""
        self.own_texts = 0
        """How many are the documents' own sentences."""
        self.agreeing: Mapping[str, tuple[Citation, ...]] = {}
        """Of claims, as `plain_claim` gives them: where other documents say the same in words of their own."""
        self._owned_until = -1
        """Where the last of these ended: what goes on there needs no label."""

    @property
    def several(self) -> bool:
        return self._several

    # --- headings -------------------------------------------------------------------------------------------------

    def under(self, *headings: str) -> Iterator[Event]:
        """Go on under these headings, level by level; those that are in force already are not said again."""
        wanted = [heading for heading in headings if heading]
        same = 0
        while same < min(len(wanted), len(self._headings)) and wanted[same] == self._headings[same]:
            same += 1
        for heading in wanted[same:]:
            yield from self.gap()
            yield from self.screen.show(heading)
        going_on = self._options.as_list and wanted == self._headings  # the same list
        if going_on and not self.screen.text.endswith("\n"):
            yield from self.screen.show("\n")
        elif self.screen.text and not going_on:
            yield from self.gap()
        self._headings = wanted

    def gap(self) -> Iterator[Event]:
        """An empty line before what comes, if anything stands there."""
        text = self.screen.text
        if text and not text.endswith("\n\n"):
            yield from self.screen.show("\n" if text.endswith("\n") else "\n\n")

    def mark(self) -> tuple[int, list[str]]:
        """Where it stands, for `back_to`."""
        return len(self.screen.text), list(self._headings)

    def back_to(self, mark: tuple[int, list[str]]) -> Iterator[Event]:
        length, self._headings = mark[0], list(mark[1])
        yield from self.screen.rewind(length)

    # --- text -----------------------------------------------------------------------------------------------------

    def live(self, pages: PageSet | None) -> Live:
        """For a text that is being written about these pages."""
        return Live(self.screen, self.shown(pages))

    def show(self, text: str, pages: PageSet | None) -> Iterator[Event]:
        """A text of the model that is there already."""
        live = self.live(pages)
        yield from live.settle(text)
        self.settle(live)

    def settle(self, live: Live) -> None:
        """This text of the model stays."""
        if isinstance(live.shown, Dropping):
            self.left_out += live.shown.left_out
        self.model_texts += 1

    def shown(self, pages: PageSet | None) -> Callable[[], Shown]:
        cite = partial(self._cite, pages=pages)
        mark = partial(page_mark, several_documents=self._several)

        def make() -> Shown:
            shown: Shown = CitedText(cite, mark)
            if self._options.as_list:
                shown = AsList(shown)
            return shown if self._options.unsupported == "mark" else Dropping(shown, cite)

        return make

    def _cite(self, sentence: str, pages: PageSet | None) -> Claim:
        """With every document that says it."""
        claim = self._judge.cite(sentence, pages)
        known = {citation.path for citation in claim.citations}
        others = [other for other in self.agreeing.get(plain_claim(sentence), ()) if other.path not in known]
        return replace(claim, citations=(*claim.citations, *others)) if claim.citations else claim

    def line(self, text: str, claim: str, pages: PageSet | None) -> Generator[Event, None, int | None]:
        """A line of its own with the mark of what it says; the number of that claim in the text, if there is one."""
        start = len(self.screen.text)
        yield from self.screen.show(text)
        if not claim:
            return None
        found = self._cite(claim, pages)
        at = start + len(text)
        mark = page_mark(found, several_documents=self._several)
        yield from self.screen.show(mark)
        self.screen.claims.append(PlacedClaim(found, start + len(text) - len(text.lstrip()), at, at + len(mark)))
        return len(self.screen.claims) - 1

    def own(self, sentences: Sequence[OwnSentence]) -> Iterator[Event]:
        """The documents' own sentences; the text itself says that they are."""
        yield from self.label()
        yield from self.own_lines([Said(sentence) for sentence in sentences])

    def own_lines(self, sentences: Sequence[Said]) -> Iterator[Event]:
        """The same, where it was said already."""
        for number, said in enumerate(sentences):
            text = " ".join(said.sentence.text.split())
            yield from self.screen.show("\n" if number else "")
            yield from self.line(f"- {text}", text, said.pages)
        self.end_own()

    def partly_own(self) -> Iterator[Event]:
        """Say of the text that stands here that it was also made from the documents' own sentences."""
        if self.screen.text.strip():
            yield from self.gap()
            yield from self.screen.show(partly_label(self._language))
            self.own_texts += 1

    def label(self) -> Iterator[Event]:
        """Say that what comes is the documents' own, unless it was said of what stands right before."""
        goes_on = len(self.screen.text.rstrip()) == self._owned_until
        yield from self.gap()
        if not goes_on:
            yield from self.screen.show(f"{own_label(self._language)}\n\n")

    def end_own(self) -> None:
        self.own_texts += 1
        self._owned_until = len(self.screen.text.rstrip())
