"""An example as the loss sees it: tokens, and which of them carry a label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from adapters.dataset.example import Example
from adapters.dataset.prompting import messages
from assistant.generation import ChatMessage

IGNORED = -100
"""The label of a token that carries no loss (PyTorch's `ignore_index`)."""


class Encoder(Protocol):
    """What is needed of an engine."""

    def encode_prompt(self, messages: Sequence[ChatMessage]) -> list[int]: ...
    def encode_completion(self, text: str) -> list[int]: ...


@dataclass(frozen=True)
class TokenizedExample:
    """One training sequence. `labels[i]` is `input_ids[i]` where the target is, `IGNORED` elsewhere."""

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    shortened: bool
    """True when the end of the source text was left out to fit; the target and its end never are."""
    id: str = ""
    group: str = ""
    """Both as in `Example`."""

    @property
    def target_tokens(self) -> int:
        return sum(label != IGNORED for label in self.labels)


def tokenize(example: Example, engine: Encoder, max_tokens: int) -> TokenizedExample | None:
    """Tokens and labels of an example; None when not even its target fits into `max_tokens`.

    The prompt is the very one that the task is asked with, so that what is learned is what is used. A too long example
    shortens its source: cut at the right, a target would lose its end and the model would learn never to stop.
    """

    def encode(text: str) -> list[int]:
        return engine.encode_prompt(messages(example.task, text, example.language))

    target = engine.encode_completion(example.target)
    room = max_tokens - len(target)
    prompt = encode(example.text)
    shortened = len(prompt) > room
    if shortened:
        text = shorten(example.text, encode, room)
        if text is None:
            return None
        prompt = encode(text)
    return TokenizedExample(
        input_ids=(*prompt, *target),
        labels=(*[IGNORED] * len(prompt), *target),
        shortened=shortened,
        id=example.id,
        group=example.group,
    )


def shorten(text: str, encode: Callable[[str], list[int]], room: int) -> str | None:
    """The longest beginning of the text, in whole words, whose prompt fits into `room` tokens."""
    words = text.split(" ")
    low, high, best = 1, len(words) - 1, 0
    while low <= high:
        middle = (low + high) // 2
        if len(encode(" ".join(words[:middle]))) <= room:
            best, low = middle, middle + 1
        else:
            high = middle - 1
    return " ".join(words[:best]) or None
