"""Messages → prompt tokens, by the model's own chat template."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

from assistant.errors import ModelLoadError
from assistant.generation import ChatMessage
from assistant.i18n import _


class ChatTemplate:
    """The template comes with the weights and is untrusted: transformers renders it in Jinja's sandbox."""

    def __init__(self, tokenizer: Any) -> None:
        if not tokenizer.chat_template:
            raise ModelLoadError(
                _("This base model has no chat template, so it cannot hold a conversation."),
                _("Choose a base whose name ends in Instruct, Chat or it."),
            )
        self._tokenizer = tokenizer
        self._marks = _control_marks(tokenizer)

    def encode(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Tokens of the whole prompt, up to where the answer begins."""
        return list(self._tokenizer.encode(self.render(messages), add_special_tokens=False))

    def render(self, messages: Sequence[ChatMessage]) -> str:
        """The prompt as text."""
        from jinja2 import TemplateError

        rows = [{"role": message.role, "content": self.disarm(message.content)} for message in messages]
        try:
            return self._render(rows)
        except TemplateError:
            # Some templates (Gemma's, Mistral's early ones) refuse a system message: put it before the question.
            return self._render(_without_system(rows))

    def invocation(self) -> tuple[int, ...]:
        """The tokens that stand between every question and its answer, such as the assistant's header.

        Where the template adds none for the answer, they are what all prompts end with.
        """
        prompts = [self.encode([ChatMessage("user", text)]) for text in ("a", "1 + 1?")]
        bare = self._tokenizer.encode(
            self._render([{"role": "user", "content": "a"}], answer=False), add_special_tokens=False
        )
        if len(bare) < len(prompts[0]) and prompts[0][: len(bare)] == bare:
            return tuple(prompts[0][len(bare) :])
        return tuple(prompts[0][len(prompts[0]) - _common_end(*prompts) :])

    def end_token(self, stop_tokens: Collection[int]) -> int | None:
        """Which of these tokens the template puts after an answer; None where it puts none of them."""
        rows = [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]
        tokens = self._tokenizer.encode(self._render(rows, answer=False), add_special_tokens=False)
        return next((token for token in reversed(tokens) if token in stop_tokens), None)

    def _render(self, rows: list[dict[str, str]], *, answer: bool = True) -> str:
        return self._tokenizer.apply_chat_template(
            rows, tokenize=False, add_generation_prompt=answer, enable_thinking=False
        )

    def disarm(self, text: str) -> str:
        """A document that contains `<|im_end|>` must not end the student's turn: the mark becomes plain text."""
        return self._marks.sub(lambda match: f"{match[0][0]} {match[0][1:]}", text) if self._marks else text


def _common_end(one: Sequence[int], other: Sequence[int]) -> int:
    """How many of their last tokens are the same."""
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((count for count, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _control_marks(tokenizer: Any) -> re.Pattern[str] | None:
    special = {str(token) for token in tokenizer.added_tokens_decoder.values() if token.special and len(str(token)) > 1}
    return re.compile("|".join(re.escape(mark) for mark in sorted(special, key=len, reverse=True))) if special else None


def _without_system(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    system = "\n\n".join(row["content"] for row in rows if row["role"] == "system")
    rest = [dict(row) for row in rows if row["role"] != "system"]
    if system and rest:
        rest[0]["content"] = f"{system}\n\n{rest[0]['content']}"
    return rest
