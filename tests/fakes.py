"""Stand-ins for the expensive parts, with scripted answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.generation import (
    BatchEvent,
    ChatMessage,
    Completion,
    Delta,
    GenerationConfig,
    Prefill,
    ShouldEnd,
    ShouldStop,
    never_end,
    never_stop,
)
from assistant.protocol import TextDelta, TextReset


class ScriptedModel:
    """A `LanguageModel` that gives the answers it was told to give, a word at a time.

    `answers` is a list, used in order and then repeated from its last item, or a function of the messages.
    One token is one word.
    """

    def __init__(
        self,
        answers,
        *,
        context_tokens: int = 4096,
        chunk_tokens: int = 400,
        name: str = "scripted",
        languages: tuple[str, ...] = (),
        batch_rows: int = 2,
    ):
        self.answers = answers
        self.context_tokens = context_tokens
        self.chunk_tokens = chunk_tokens
        self.name = name
        self.adapter: str | None = None
        self.languages = languages
        self.batch_rows = batch_rows
        self.prompts: list[list[ChatMessage]] = []
        """Every prompt it was given, for tests to look at."""

    @property
    def fingerprint(self) -> str:
        return f"{self.name}+{self.adapter or ''}"

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def count_prompt_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return sum(self.count_tokens(message.content) + 4 for message in messages)

    def use_adapter(self, directory: Path | None) -> None:
        self.adapter = directory.name if directory else None

    def stream(
        self, messages: Sequence[ChatMessage], config: GenerationConfig, should_stop: ShouldStop = never_stop
    ) -> Iterator[Prefill | Delta | Completion]:
        self.prompts.append(list(messages))
        answer = self._answer(messages)
        total = self.count_prompt_tokens(messages)
        yield Prefill(total, total)
        text, finish, generated = "", "stop", 0
        for word in _words(answer):
            if should_stop():
                finish = "cancelled"
                break
            if generated >= config.max_new_tokens:
                finish = "length"
                break
            text += word
            generated += 1
            yield Delta(word)
        yield Completion(text, finish, total, 0, generated, 0.01, 0.01 * max(generated, 1), 1 << 20)

    def stream_many(
        self,
        prompts: Sequence[Sequence[ChatMessage]],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
        should_end: ShouldEnd = never_end,
    ) -> Iterator[BatchEvent]:
        """`batch_rows` answers grow together, a word of each in turn."""

        def stopped(index: int) -> ShouldStop:
            return lambda: should_stop() or should_end(index)

        for first in range(0, len(prompts), self.batch_rows):
            batch = enumerate(prompts[first : first + self.batch_rows], first)
            rows = {index: self.stream(messages, config, stopped(index)) for index, messages in batch}
            while rows:
                for index, row in list(rows.items()):
                    event = next(row)
                    yield index, event
                    if isinstance(event, Completion):
                        del rows[index]

    def _answer(self, messages: Sequence[ChatMessage]) -> str:
        if callable(self.answers):
            return self.answers(messages)
        return self.answers[min(len(self.prompts), len(self.answers)) - 1]


def _words(text: str) -> list[str]:
    """Words with the white space that follows them, so that they join back to the text."""
    import re

    return re.findall(r"\s*\S+\s*", text)


def screen_text(events) -> str:
    """The text as a reader of the events sees it at the end."""
    text = ""
    for event in events:
        if isinstance(event, TextReset):
            text = ""
        elif isinstance(event, TextDelta):
            text += event.text
    return text
