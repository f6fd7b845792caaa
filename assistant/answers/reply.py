"""One turn of a conversation, plain or about documents.

Documents that fit are put whole at the head of the first message, the same in every turn, so that the model's KV
cache of them is used again. From longer ones the passages that fit the question best stand with that question.
What no longer fits of the conversation is left out, the oldest first.
"""

from __future__ import annotations

import bisect
import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from assistant.answers.retrieval import Passage, choose_passages, split_passages
from assistant.cited_text import CitedText, PlainText, Shown, page_mark, without_page_marks
from assistant.context_window import context_overflow, fitting_config, room_tokens
from assistant.coverage import coverage
from assistant.documents.model import Document
from assistant.errors import NoTextError
from assistant.generation import ChatMessage, GenerationConfig, LanguageModel, ShouldStop, never_stop
from assistant.grounding import Claim, PageSet, Passages
from assistant.i18n import _, current_language
from assistant.language import detect_language
from assistant.prompts import answer_system, chat_system, question_prompt
from assistant.protocol import Event
from assistant.stems import content_stems
from assistant.summaries import summary_language, support_notice
from assistant.writing import Ask, Screen, Writer, no_text_error

WHOLE_SHARE = 0.6
"""Documents that take at most this share of the room are given whole; the rest is for the conversation."""

_SOURCE = r"\b(?:documents?|texts?|passages?|answer|documento|testo|brano|risposta)\b"
_NOT = r"(?:\bnot\b|n't\b|\bno\b|\bnon\b)"
_DENIAL = re.compile(rf"{_SOURCE}.{{0,40}}{_NOT}|{_NOT}.{{0,40}}{_SOURCE}", re.IGNORECASE)
"""A sentence that says what the document does not say has no passage to be checked against."""

FOLLOW_UP_TERMS = 3
"""A question with fewer words is read together with the one before it ("And the second?")."""


@dataclass(frozen=True)
class _Prompt:
    """What the model is given, and from which pages."""

    system: Callable[[bool], ChatMessage]
    turns: Sequence[ChatMessage]
    pages: frozenset[tuple[str, int]] = frozenset()
    left_out: int = 0
    """Messages of the conversation that did not fit."""

    def messages(self, insist: bool) -> list[ChatMessage]:
        return [self.system(insist), *self.turns]


def reply(
    job: str,
    model: LanguageModel,
    messages: Sequence[ChatMessage],
    documents: Sequence[Document] = (),
    *,
    config: GenerationConfig,
    language: str = "auto",
    chosen: Mapping[str, Sequence[int]] | None = None,
    should_stop: ShouldStop = never_stop,
) -> Generator[Event, None, dict[str, Any]]:
    """Answer the last of `messages` (a user's), the oldest first; from the documents where there are any.

    `chosen` are the page numbers to read of a document, by its path; none are all. `language` `auto` is the question's
    own, or the documents' where the question is too short to tell.
    Raises NoTextError, ContextOverflowError, ModelError where nothing was written, Stopped.
    """
    started = time.monotonic()
    config = fitting_config(config, model)
    chosen = chosen or {}
    said = [replace(message, content=without_page_marks(message.content)) for message in messages]
    spoken = answer_language(said, documents) if language == "auto" else language
    composer = _Composer(model, config, spoken, forced=language != "auto")
    prompt = composer.about(documents, chosen, said) if documents else composer.plain(said)

    writer = Writer(model, Screen(job), should_stop)
    writer.check_stop()
    ask = Ask(prompt.messages, config, "" if language == "auto" else language)
    written, shown = yield from writer.write(ask, _shown_through(documents, prompt.pages))
    if not written.text:
        raise no_text_error(model)
    claims = [placed.claim for placed in shown.claims] if shown else []
    yield from writer.notices()
    yield from support_notice(job, claims)
    return {
        "task": "ask" if documents else "chat",
        "answer": writer.screen.text,
        "claims": [claim.as_json() for claim in claims],
        "coverage": coverage(documents, prompt.pages, chosen),
        "language": spoken,
        "model": model.name,
        "adapter": model.adapter,
        "finish_reason": written.finish_reason,
        "messages_left_out": prompt.left_out,
        "seconds": round(time.monotonic() - started, 3),
        **writer.usage.as_json(),
    }


def answer_language(messages: Sequence[ChatMessage], documents: Sequence[Document]) -> str:
    """What the person writes in; where that is too short to tell, the documents' language, then the interface's."""
    asked = " ".join(message.content for message in messages if message.role == "user")
    return detect_language(asked) or summary_language(documents, "auto") or current_language()


class _Composer:
    """Puts documents and conversation into a prompt that fits."""

    def __init__(self, model: LanguageModel, config: GenerationConfig, language: str, *, forced: bool) -> None:
        self._model = model
        self._config = config
        self._language = language
        self._forced = forced

    def plain(self, turns: Sequence[ChatMessage]) -> _Prompt:
        def system(insist: bool) -> ChatMessage:
            return chat_system(self._language, forced=self._forced, insist=insist)

        kept = self._fitting(system, turns, list)
        return _Prompt(system, kept, left_out=len(turns) - len(kept))

    def about(
        self,
        documents: Sequence[Document],
        chosen: Mapping[str, Sequence[int]],
        turns: Sequence[ChatMessage],
    ) -> _Prompt:
        def system(insist: bool) -> ChatMessage:
            return answer_system(self._language, forced=self._forced, insist=insist)

        passages = split_passages(documents, self._model.count_tokens, chosen)
        if not passages:
            raise NoTextError(
                _("There is no text to read on these pages."),
                _("Choose other pages; scanned ones need text recognition (OCR) first."),
                path=documents[0].path,
            )
        whole = whole_text(passages)
        room = int(WHOLE_SHARE * room_tokens(self._model, [system(True)], self._config))
        budget = min(room, self._model.chunk_tokens)  # in more than it digests well, a model finds nothing
        if self._model.count_tokens(whole) <= budget:
            texts, build = [whole], self._with_first
        else:
            passages = choose_passages(passages, _searched(turns), self._model.count_tokens, budget)
            texts, build = [passage.chunk.text for passage in passages], self._with_last
        kept = self._fitting(system, turns, lambda some: build(texts, some))
        pages = frozenset[tuple[str, int]]().union(*(passage.pages for passage in passages))
        return _Prompt(system, kept, pages, len(turns) - len(kept))

    def _with_first(self, texts: Sequence[str], turns: Sequence[ChatMessage]) -> list[ChatMessage]:
        return [question_prompt(texts, turns[0].content, self._language), *turns[1:]]

    def _with_last(self, texts: Sequence[str], turns: Sequence[ChatMessage]) -> list[ChatMessage]:
        return [*turns[:-1], question_prompt(texts, turns[-1].content, self._language)]

    def _fitting(
        self,
        system: Callable[[bool], ChatMessage],
        turns: Sequence[ChatMessage],
        build: Callable[[Sequence[ChatMessage]], list[ChatMessage]],
    ) -> list[ChatMessage]:
        """The longest end of the conversation, from a question on, that fits. Raises ContextOverflowError."""
        starts = [position for position, turn in enumerate(turns) if turn.role == "user"]

        def fits(start: int) -> bool:
            prompt = [system(True), *build(turns[start:])]
            taken = self._model.count_prompt_tokens(prompt) + self._config.max_new_tokens
            return taken <= self._model.context_tokens

        first = bisect.bisect_left(starts, True, key=fits)
        if first == len(starts):
            raise context_overflow(self._model)
        return build(turns[starts[first] :])


def whole_text(passages: Sequence[Passage]) -> str:
    """All of the documents, each under its title where there are several."""
    several = len({passage.document.path for passage in passages}) > 1
    lines: list[str] = []
    for before, passage in zip([None, *passages], passages, strict=False):
        if several and (before is None or before.document is not passage.document):
            lines.append(f"# {passage.document.title}")
        lines.append(passage.chunk.text)
    return "\n\n".join(lines)


def _searched(turns: Sequence[ChatMessage]) -> str:
    """The question, with the one before where it says too little by itself ("And why?")."""
    questions = [turn.content for turn in turns if turn.role == "user"]
    if len(questions) > 1 and len(content_stems(questions[-1], "")) < FOLLOW_UP_TERMS:
        return f"{questions[-2]} {questions[-1]}"
    return questions[-1]


def _shown_through(documents: Sequence[Document], pages: PageSet) -> Callable[[], Shown]:
    if not documents:
        return PlainText
    passages = Passages(documents)

    def cite(sentence: str) -> Claim | None:
        return None if _DENIAL.search(sentence) else passages.cite(sentence, pages)

    return partial(CitedText, cite, partial(page_mark, several_documents=len(documents) > 1))
