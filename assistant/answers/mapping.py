"""Requests about all of a text that does not fit: part by part, and what comes of the parts put together.

A list is asked of every part, and code joins it. Anything else is answered over summaries of the sections, the same
that a summary is made of: whoever has one kept already waits only for the answer. A model that cannot make one text of
several (see `BaseModel.merges`) has the sections' summaries as its answer.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass

from assistant.answers.composing import Composer
from assistant.answers.evidence import Evidence
from assistant.answers.own_words import OwnAnswer
from assistant.answers.points import ListedPoint, listed_once, read_points
from assistant.answers.reading import Source
from assistant.answers.routes import Request
from assistant.cited_text import PlacedClaim
from assistant.context_window import room_tokens
from assistant.documents.model import Document
from assistant.generation import ChatMessage, GenerationConfig
from assistant.grounding import Claim, PageSet, split_claims
from assistant.library import Library
from assistant.prompts import question_prompt
from assistant.prompts.lists import list_prompt
from assistant.protocol import Event
from assistant.summaries.checks import AGREEING
from assistant.summaries.estimate import Estimate
from assistant.summaries.options import SummaryOptions
from assistant.summaries.parts import split_parts
from assistant.summaries.reuse import SectionText, section_summaries
from assistant.summaries.scribe import Scribe
from assistant.summaries.units import Unit, Units, unit_key
from assistant.writing import Ask, Live, Writer

MAX_ROUNDS = 4
MIN_SHRINK = 0.9
"""A round of answers that keeps more than this share of the text will not converge."""

Messages = Callable[[bool], list[ChatMessage]]


@dataclass(frozen=True)
class Mapper:
    """Reads all of a source for one request."""

    writer: Writer
    composer: Composer
    evidence: Evidence
    turns: Sequence[ChatMessage]
    options: SummaryOptions
    config: GenerationConfig
    """For answers: with no more tokens than the context window allows."""
    language: str
    library: Library | None
    own: OwnAnswer

    @property
    def source(self) -> Source:
        return self.evidence.source

    @property
    def request(self) -> Request:
        return self.evidence.request

    def run(self) -> Generator[Event, None, int]:
        """Write the answer on the screen; returns how many messages of the conversation were left out of it."""
        if self.request.wanted == "list":
            yield from self._listed()
            return 0
        sections = yield from section_summaries(
            self.writer.screen.job,
            self.writer.model,
            self.source.documents,
            self.options,
            self.library,
            self.writer.should_stop,
            self.writer.usage,
        )
        sections = [section for section in sections if section.text.strip()]
        if not self.options.merge:
            yield from self._one_after_the_other([section for section in sections if self._says_something(section)])
            return 0
        texts = yield from self._condensed([self._titled(section) for section in sections])
        prompt = self.composer.with_passages(texts, [*self.turns[:-1], ChatMessage("user", self.request.text)])
        ask = Ask(prompt.messages, self.config, self._demanded)
        yield from self.writer.write(ask, self.evidence.shown(self.source.pages))
        return prompt.left_out

    # --- lists ----------------------------------------------------------------------------------------------------

    def _listed(self) -> Iterator[Event]:
        room = min(self.writer.model.chunk_tokens, self._room(self._list_messages("")))
        parts = split_parts(self.source.documents, self.writer.model.count_tokens, room, self.source.chosen)
        units = [
            self._unit(self._list_messages(part.chunk.text), part.title, part.pages, (part.document,), part.chunk.text)
            for part in parts
        ]
        written = yield from self._scribe(units).write_all(units, "items")
        told = self._list_messages("")(False)[-1].content
        points = [
            ListedPoint(text, self.evidence.cite(text, unit.pages) or Claim(text, "weak"))
            for unit, answer in zip(units, written, strict=True)
            for text in read_points(answer.text, told)
        ]
        if not self.options.merge:  # a model that small writes more than there is
            points = [point for point in points if point.claim.citations and not point.claim.missing]
        for point in listed_once(self.own.useful(points), self.language):
            yield from self._show_point(point)

    def _list_messages(self, text: str) -> Messages:
        def messages(insist: bool) -> list[ChatMessage]:
            return list_prompt(text, self.request.text, self.language, forced=bool(self._demanded), insist=insist)

        return messages

    def _show_point(self, point: ListedPoint) -> Iterator[Event]:
        screen = self.writer.screen
        start, line, mark = len(screen.text), f"- {point.text}", self.evidence.mark(point.claim)
        yield from screen.show(f"{line}{mark}\n")
        end = start + len(line)
        screen.claims.append(PlacedClaim(point.claim, start, end, end + len(mark)))

    # --- over sections --------------------------------------------------------------------------------------------

    def _one_after_the_other(self, sections: Sequence[SectionText]) -> Iterator[Event]:
        document = None
        for section in sections:
            headings = (
                [f"# {section.document.title}"] if self.evidence.several and section.document is not document else []
            )
            headings += [f"## {section.title}"] if section.title and len(sections) > 1 else []
            document = section.document
            gap = "\n\n" if self.writer.screen.text else ""
            yield from self.writer.screen.show(gap + "".join(f"{heading}\n\n" for heading in headings))
            yield from Live(self.writer.screen, self.evidence.shown(section.pages)).settle(section.text)
        yield from self.own.on(self.source.pages - frozenset[tuple[str, int]]().union(*(s.pages for s in sections)))

    def _says_something(self, section: SectionText) -> bool:
        """Whether it is worth more than the document's own sentences; across languages, words do not tell."""
        if not self.own.may_stand_in or section.document.language != self.language:
            return True
        claims = [self.evidence.passages.cite(sentence, section.pages) for sentence in split_claims(section.text)]
        return any(claim.support in AGREEING for claim in claims)

    def _titled(self, section: SectionText) -> str:
        names = [section.document.title if self.evidence.several else "", section.title]
        heading = ", ".join(name for name in names if name)
        return f"# {heading}\n\n{section.text}" if heading else section.text

    def _condensed(self, texts: list[str]) -> Generator[Event, None, list[str]]:
        """As many of the texts' answers to the request in one as it takes to fit, in rounds."""
        room = self.composer.room()
        for _round in range(MAX_ROUNDS):
            before = self._count(texts)
            if before <= room:
                break
            groups = self._grouped(texts, room)
            units = [self._unit(self._question_messages(group), "", self.source.pages, (), group) for group in groups]
            written = yield from self._scribe(units).write_all(units, "merge")
            texts = [answer.text for answer in written if answer.text]
            if self._count(texts) >= MIN_SHRINK * before:
                break
        return self._first_fitting(texts, room)

    def _question_messages(self, text: str) -> Messages:
        def messages(insist: bool) -> list[ChatMessage]:
            system = self.composer.answering(insist)
            return [system, question_prompt([text], self.request.text, self.language)]

        return messages

    def _grouped(self, texts: Sequence[str], room: int) -> list[str]:
        """Neighbours together, as many as fit."""
        groups: list[list[str]] = []
        for text in texts:
            if groups and self._count([*groups[-1], text]) <= room:
                groups[-1].append(text)
            else:
                groups.append([text])
        return ["\n\n".join(group) for group in groups]

    def _first_fitting(self, texts: Sequence[str], room: int) -> list[str]:
        """Where the rounds do not converge: what fits of the beginning of each, so that none is left out."""
        if self._count(texts) <= room:
            return list(texts)
        share = room / self._count(texts)
        return [text[: int(len(text) * share)].rsplit(" ", 1)[0] for text in texts]

    def _count(self, texts: Sequence[str]) -> int:
        return self.writer.model.count_tokens("\n\n".join(texts))

    # --- writing --------------------------------------------------------------------------------------------------

    @property
    def _demanded(self) -> str:
        """The language that was chosen for the answer; empty where the question's own will do."""
        return "" if self.options.language == "auto" else self.options.language

    def _unit(self, messages: Messages, title: str, pages: PageSet, documents: tuple[Document, ...], text: str) -> Unit:
        """Without `documents` it is made from all of them."""
        ask = Ask(messages, self.config, self._demanded)
        key = unit_key(self.writer.model, "answer", ask)
        sources = documents or tuple(self.source.documents)
        return Unit(ask, key, title, frozenset(pages), sources, self.writer.model.count_tokens(text))

    def _scribe(self, units: Sequence[Unit]) -> Scribe:
        """A writer of units that shares the screen's model and counts, and knows how much is ahead."""
        kept, estimate = Units(self.writer.screen.job, self.library), Estimate()
        estimate.plan(sum(unit.tokens for unit in units if kept.find(unit.key) is None))
        return Scribe(self.writer.screen.job, self.writer, kept, estimate)

    def _room(self, messages: Messages) -> int:
        return room_tokens(self.writer.model, messages(True), self.config)
