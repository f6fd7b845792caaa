"""Puts a text and a conversation into a prompt that fits the model's context window.

What no longer fits of the conversation is left out, the oldest first; the text and the question always stay. Whole
documents stand at the head of the first message, the same in every turn, so that the model's KV cache of them is used
again; passages chosen for a question stand with that question.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant.context_window import context_overflow, room_tokens
from assistant.generation import ChatMessage, GenerationConfig, LanguageModel
from assistant.prompts import answer_system, chat_system, question_prompt

WHOLE_SHARE = 0.6
"""Texts may take this share of the room; the rest is for the conversation."""

System = Callable[[bool], ChatMessage]
Build = Callable[[Sequence[ChatMessage]], list[ChatMessage]]


@dataclass(frozen=True)
class Prompt:
    """What the model is given."""

    system: System
    turns: Sequence[ChatMessage]
    left_out: int = 0
    """Messages of the conversation that did not fit."""

    def messages(self, insist: bool) -> list[ChatMessage]:
        return [self.system(insist), *self.turns]


class Composer:
    """`forced` where the person chose the language of the answer."""

    def __init__(self, model: LanguageModel, config: GenerationConfig, language: str, *, forced: bool) -> None:
        self._model = model
        self._config = config
        self._language = language
        self._forced = forced

    def room(self) -> int:
        """How many tokens of text to put before the model. Raises ContextOverflowError."""
        room = int(WHOLE_SHARE * room_tokens(self._model, [self.answering(True)], self._config))
        return min(room, self._model.chunk_tokens)  # in more than it digests well, a model finds nothing

    def plain(self, turns: Sequence[ChatMessage]) -> Prompt:
        return self._fitting(self._chatting, turns, list)

    def with_whole(self, text: str, turns: Sequence[ChatMessage]) -> Prompt:
        def build(some: Sequence[ChatMessage]) -> list[ChatMessage]:
            return [question_prompt([text], some[0].content, self._language), *some[1:]]

        return self._fitting(self.answering, turns, build)

    def with_passages(self, texts: Sequence[str], turns: Sequence[ChatMessage]) -> Prompt:
        def build(some: Sequence[ChatMessage]) -> list[ChatMessage]:
            return [*some[:-1], question_prompt(texts, some[-1].content, self._language)]

        return self._fitting(self.answering, turns, build)

    def answering(self, insist: bool) -> ChatMessage:
        return answer_system(self._language, forced=self._forced, insist=insist)

    def _chatting(self, insist: bool) -> ChatMessage:
        return chat_system(self._language, forced=self._forced, insist=insist)

    def _fitting(self, system: System, turns: Sequence[ChatMessage], build: Build) -> Prompt:
        """With the longest end of the conversation, from a question on, that fits. Raises ContextOverflowError."""
        starts = [position for position, turn in enumerate(turns) if turn.role == "user"]

        def fits(start: int) -> bool:
            prompt = [system(True), *build(turns[start:])]
            taken = self._model.count_prompt_tokens(prompt) + self._config.max_new_tokens
            return taken <= self._model.context_tokens

        first = bisect.bisect_left(starts, True, key=fits)
        if first == len(starts):
            raise context_overflow(self._model)
        return Prompt(system, build(turns[starts[first] :]), left_out=starts[first])
