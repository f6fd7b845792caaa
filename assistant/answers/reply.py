"""One turn of a conversation, plain or about documents: the route is chosen, said, and gone.

plain   there is no document
whole   the text fits, and stands before the model as it is
search  the question is about something: the passages that fit it best are read
map     the request is about all of a text that does not fit: it is read part by part
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.answers.absence import is_denial, nothing_supports
from assistant.answers.composing import Composer, Prompt
from assistant.answers.evidence import Evidence
from assistant.answers.mapping import Mapper
from assistant.answers.named_places import named_pages
from assistant.answers.notices import absent_notice, denied_notice, route_sentence, trimmed_notice, unsupported_notice
from assistant.answers.own_words import OwnAnswer
from assistant.answers.reading import MOST_TOKEN_CHARACTERS, Source
from assistant.answers.retrieval import joined
from assistant.answers.routes import read_request
from assistant.cited_text import PlacedClaim, PlainText, Shown, without_page_marks
from assistant.context_window import fitting_config
from assistant.coverage import coverage
from assistant.documents.model import Document
from assistant.generation import ChatMessage, GenerationConfig, LanguageModel, ShouldStop, never_stop
from assistant.grounding import PageSet
from assistant.i18n import current_language
from assistant.language import detect_language
from assistant.library import Library
from assistant.prompts import NOT_IN_DOCUMENT
from assistant.protocol import Event, Routed
from assistant.summaries.checks import AGREEING
from assistant.summaries.options import Extractive, SummaryOptions, summary_language
from assistant.summaries.report import support_notice
from assistant.writing import Ask, Screen, Writer, no_text_error

SECTION_SHARE = 1 / 4
"""Of the room for passages: the summary of the section that the best of them is from, where it is kept."""

SMALL_MODEL_SENTENCES = 5
"""An answer from documents ends there, for models that cannot merge: they do not stop, and drift from the text."""


def reply(
    job: str,
    model: LanguageModel,
    messages: Sequence[ChatMessage],
    documents: Sequence[Document] = (),
    *,
    config: GenerationConfig,
    language: str = "auto",
    chosen: Mapping[str, Sequence[int]] | None = None,
    library: Library | None = None,
    merge: bool = True,
    extractive: Extractive = "auto",
    should_stop: ShouldStop = never_stop,
) -> Generator[Event, None, dict[str, Any]]:
    """Answer the last of `messages` (a user's), the oldest first; from the documents where there are any.

    `chosen` are the page numbers to read of a document, by its path; none are all. `language` `auto` is the question's
    own, or the documents' where the question is too short to tell. `merge` says whether the model can make one text of
    several; where one that cannot answers a request about all of a text with what is no use, the documents' own
    sentences stand in, unless `extractive` is `off`. The library is searched, and keeps what is written about parts of
    long texts; without one neither is done.
    Raises NoTextError, ContextOverflowError, ModelError where nothing was written, Stopped.
    """
    said = [replace(message, content=without_page_marks(message.content)) for message in messages]
    options = SummaryOptions(language=language, merge=merge, extractive=extractive, config=config)
    source = Source(documents, named_pages(said[-1].content, documents, chosen or {}))
    return (yield from _Turn(job, model, said, source, options, library, should_stop).run())


def answer_language(messages: Sequence[ChatMessage], documents: Sequence[Document]) -> str:
    """What the person writes in; where that is too short to tell, the documents' language, then the interface's."""
    asked = " ".join(message.content for message in messages if message.role == "user")
    return detect_language(asked) or summary_language(documents, "auto") or current_language()


@dataclass
class _Outcome:
    """What the result says of how the answer came about."""

    kind: str
    why: str
    """fits, specific, follow_up, summary_request, list_request, compare_request or no_document"""
    read: PageSet = frozenset()
    left_out: int = 0
    not_in_document: str = ""
    """`no_words`: not asked, since the text has none of the question's; `no_part`: no part has anything of what was
    to be listed; `model`: it says so; `unsupported`: nothing it says was found; empty for an answer."""
    nearest: Sequence[dict[str, Any]] = ()
    """Pages to look at where an answer was not found in the text."""


class _Turn:
    def __init__(
        self,
        job: str,
        model: LanguageModel,
        said: Sequence[ChatMessage],
        source: Source,
        options: SummaryOptions,
        library: Library | None,
        should_stop: ShouldStop,
    ) -> None:
        self._started = time.monotonic()
        self._job, self._model, self._said, self._source = job, model, said, source
        self._options, self._library = options, library
        self._config = fitting_config(options.config, model)
        self._forced = options.language != "auto"
        self._language = options.language if self._forced else answer_language(said, source.documents)
        self._composer = Composer(model, self._config, self._language, forced=self._forced)
        self._writer = Writer(model, Screen(job), should_stop)
        self._request = read_request(said)
        self._evidence = Evidence(model, source, self._request, options, library)
        self._own = OwnAnswer(self._writer.screen, self._evidence, self._language)

    def run(self) -> Generator[Event, None, dict[str, Any]]:
        self._writer.check_stop()
        outcome = yield from self._routed()
        yield from trimmed_notice(self._job, outcome.left_out)
        if not outcome.not_in_document:
            yield from self._writer.notices()
            if self._source.documents:
                yield from self._checked(outcome)
        return self._result(outcome)

    # --- routes ---------------------------------------------------------------------------------------------------

    def _routed(self) -> Generator[Event, None, _Outcome]:
        if not self._source.documents:
            return (yield from self._plain())
        self._source.check()
        room = self._composer.room()
        if self._fits(room):
            return (yield from self._whole())
        if self._request.wanted != "question":
            return (yield from self._map())
        return (yield from self._search(room))

    def _fits(self, room: int) -> bool:
        text = self._source.text
        return len(text) <= MOST_TOKEN_CHARACTERS * room and self._model.count_tokens(text) <= room

    def _plain(self) -> Generator[Event, None, _Outcome]:
        outcome = _Outcome("plain", "no_document")
        yield self._route(outcome)
        yield from self._write(self._composer.plain(self._said), outcome, PlainText)
        return outcome

    def _whole(self) -> Generator[Event, None, _Outcome]:
        outcome = _Outcome("whole", "fits", self._source.pages)
        yield self._route(outcome)
        if self._evidence.is_absent:
            yield from self._deny(outcome, "no_words")
        else:
            prompt = self._composer.with_whole(self._source.text, self._said)
            yield from self._write(prompt, outcome, self._evidence.shown(outcome.read))
            if not any(placed.claim.support in AGREEING for placed in self._writer.claims):
                yield from self._own.instead()
        return outcome

    def _search(self, room: int) -> Generator[Event, None, _Outcome]:
        why = "follow_up" if self._request.follows else "specific"
        if self._evidence.is_absent:
            outcome = _Outcome("search", why, self._source.pages)
            yield self._route(outcome)
            yield from self._deny(outcome, "no_words")
            return outcome
        notes = self._evidence.section_notes(int(SECTION_SHARE * room))
        stretches = self._evidence.stretches(room - sum(map(self._model.count_tokens, notes)))
        read = frozenset((stretch.document.path, stretch.page) for stretch in stretches)
        outcome = _Outcome("search", why, read)
        yield self._route(outcome)
        prompt = self._composer.with_passages([*notes, *joined(stretches)], self._said)
        # A note is about more pages than the passages are from.
        yield from self._write(prompt, outcome, self._evidence.shown(self._source.pages if notes else read))
        return outcome

    def _map(self) -> Generator[Event, None, _Outcome]:
        outcome = _Outcome("map", f"{self._request.wanted}_request", self._source.pages)
        yield self._route(outcome)
        options = replace(self._options, chosen=self._source.chosen)
        mapper = Mapper(
            self._writer,
            self._composer,
            self._evidence,
            self._said,
            options,
            self._config,
            self._language,
            self._library,
            self._own,
        )
        outcome.left_out = yield from mapper.run()
        if not self._writer.screen.text.strip():
            yield from self._own.instead()
        if not self._writer.screen.text.strip():
            yield from self._deny(outcome, "no_part")
        return outcome

    # --- steps ----------------------------------------------------------------------------------------------------

    def _route(self, outcome: _Outcome) -> Routed:
        pages = len(outcome.read)
        detail = route_sentence(outcome.kind, outcome.why, pages, len(self._source.pages))
        return Routed(job=self._job, kind=outcome.kind, detail=detail, pages=pages)

    def _write(self, prompt: Prompt, outcome: _Outcome, shown: Callable[[], Shown]) -> Iterator[Event]:
        outcome.left_out = prompt.left_out
        most = 0 if self._options.merge or not self._source.documents else SMALL_MODEL_SENTENCES
        ask = Ask(prompt.messages, self._config, self._options.language if self._forced else "", most)
        written, _shown = yield from self._writer.write(ask, shown)
        if not written.text:
            raise no_text_error(self._model)

    def _deny(self, outcome: _Outcome, why: str) -> Iterator[Event]:
        """Say that the document does not say, without asking the model."""
        outcome.not_in_document = why
        yield from self._writer.screen.show(NOT_IN_DOCUMENT["it" if self._language == "it" else "en"])
        yield from absent_notice(self._job, self._source, why)

    def _checked(self, outcome: _Outcome) -> Iterator[Event]:
        """What is to be said of an answer from documents that was written."""
        screen = self._writer.screen
        if not screen.claims:
            if is_denial(screen.text):
                outcome.not_in_document, outcome.nearest = "model", self._evidence.nearest_pages()
                yield from denied_notice(self._job, outcome.nearest, several=self._evidence.several)
                return
            yield from self._place_short_answer(outcome.read)
        claims = [placed.claim for placed in screen.claims]
        if nothing_supports(claims):
            outcome.not_in_document, outcome.nearest = "unsupported", self._evidence.nearest_pages()
            yield from unsupported_notice(self._job, outcome.nearest, several=self._evidence.several)
        else:
            yield from support_notice(self._job, claims)

    def _place_short_answer(self, read: PageSet) -> Iterator[Event]:
        screen = self._writer.screen
        claim = self._evidence.cite_short(screen.text, read)
        if claim:
            end = len(screen.text)
            yield from screen.show(self._evidence.mark(claim))
            screen.claims.append(PlacedClaim(claim, 0, end, len(screen.text)))

    def _result(self, outcome: _Outcome) -> dict[str, Any]:
        documents = self._source.documents
        return {
            "task": "ask" if documents else "chat",
            "answer": self._writer.screen.text,
            "claims": [placed.as_json() for placed in self._writer.claims],
            "coverage": coverage(documents, outcome.read, self._source.chosen),
            "route": {"kind": outcome.kind, "pages_read": len(outcome.read), "why": outcome.why},
            "extractive": self._own.share,
            "not_in_document": outcome.not_in_document,
            "nearest": list(outcome.nearest),
            "language": self._language,
            "model": self._model.name,
            "adapter": self._model.adapter,
            "finish_reason": self._writer.finish_reason,
            "messages_left_out": outcome.left_out,
            "seconds": round(time.monotonic() - self._started, 3),
            **self._writer.usage.as_json(),
        }
