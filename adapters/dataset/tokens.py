"""An example as the loss sees it: tokens, and which of them carry a label."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.dataset.pairs import Pair

IGNORED = -100
"""The label of a token that carries no loss (PyTorch's `ignore_index`)."""


@dataclass(frozen=True)
class TokenizedExample:
    """One training sequence. `labels[i]` is `input_ids[i]` where the summary is, `IGNORED` elsewhere."""

    input_ids: tuple[int, ...]
    labels: tuple[int, ...]
    shortened: bool
    """True when the end of the source text was left out to fit; the summary and its end never are."""

    @property
    def target_tokens(self) -> int:
        return sum(label != IGNORED for label in self.labels)


def make_example(
    pair: Pair,
    encode_prompt: Callable[[str], Sequence[int]],
    encode_completion: Callable[[str], Sequence[int]],
    max_tokens: int,
) -> TokenizedExample | None:
    """Tokens and labels of a pair; None when not even the summary fits into `max_tokens`.

    `encode_prompt` maps a source text to the whole prompt's tokens, `encode_completion` a summary to its tokens with
    the end token. A too long example shortens its source: cut at the right, a summary would lose its end and
    the model would learn never to stop.
    """
    completion = list(encode_completion(pair.summary))
    room = max_tokens - len(completion)
    prompt = list(encode_prompt(pair.document))
    shortened = len(prompt) > room
    if shortened:
        prompt = _shorten(pair.document, encode_prompt, room)
        if prompt is None:
            return None
    return TokenizedExample((*prompt, *completion), (*[IGNORED] * len(prompt), *completion), shortened)


def _shorten(document: str, encode_prompt: Callable[[str], Sequence[int]], room: int) -> list[int] | None:
    """The prompt of the longest beginning of the document, in whole words, that fits into `room` tokens."""
    words = document.split(" ")
    low, high, best = 1, len(words) - 1, None
    while low <= high:
        middle = (low + high) // 2
        prompt = list(encode_prompt(" ".join(words[:middle])))
        if len(prompt) <= room:
            best, low = prompt, middle + 1
        else:
            high = middle - 1
    return best
