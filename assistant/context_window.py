"""What fits into a model's context window: prompt and answer together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.errors import ContextOverflowError
from assistant.generation import ChatMessage, GenerationConfig, LanguageModel
from assistant.i18n import _

MAX_ANSWER_SHARE = 1 / 3
"""Of the context window: a longer answer would leave too little of it for what is read."""

PROMPT_SLACK_TOKENS = 16
"""A text and a prompt counted apart may come to a few tokens less than when they are counted together."""

MIN_ROOM_TOKENS = 32


def fitting_config(config: GenerationConfig, model: LanguageModel) -> GenerationConfig:
    """The configuration with an answer no longer than the context window allows."""
    longest = int(model.context_tokens * MAX_ANSWER_SHARE)
    return replace(config, max_new_tokens=min(config.max_new_tokens, longest))


def room_tokens(model: LanguageModel, prompt: Sequence[ChatMessage], config: GenerationConfig) -> int:
    """How many tokens can still be put into the prompt. Raises ContextOverflowError where it is next to none."""
    taken = model.count_prompt_tokens(prompt) + config.max_new_tokens + PROMPT_SLACK_TOKENS
    room = model.context_tokens - taken
    if room < MIN_ROOM_TOKENS:
        raise context_overflow(model)
    return room


def context_overflow(model: LanguageModel) -> ContextOverflowError:
    return ContextOverflowError(
        _("This does not fit into the context window of {name} ({tokens} tokens).").format(
            name=model.name, tokens=model.context_tokens
        ),
        _("Ask a shorter question or for a shorter answer, or choose another model."),
    )
