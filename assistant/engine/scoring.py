"""How likely given answers are: the loss of each, in nats, with whoever is selected, read as it would be written.

Teacher forcing: the prompt is read as for an answer, with an activated adapter from its invocation on, and then the
answer's own tokens instead of those that the model would choose. Nothing of it is kept, and nothing that was kept is
used, so that the numbers do not depend on what was read before. Answers to the same prompt that follow one another
(those of a multiple-choice question) share its reading.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from assistant.engine.activation import BARE_BASE, Activation
from assistant.engine.kv_sequence import LiveSequence
from assistant.engine.reading import PREFILL_CHUNK_TOKENS
from assistant.engine.slots import Slots
from assistant.errors import Stopped
from assistant.generation import ShouldStop, never_stop

_ANSWER_CHUNK_TOKENS = 256
"""Whose logits exist at a time: with a vocabulary of 150,000 each takes 600 kB."""


@dataclass(frozen=True)
class Question:
    """A prompt, and an answer that is given."""

    prompt: list[int]
    completion: list[int]
    """With the token that ends it."""
    activation: Activation = BARE_BASE


class Scorer:
    """Of one model. The last prompt stays in memory as long as this does. Not for use from two threads at once."""

    def __init__(self, model: Any, slots: Slots) -> None:
        self._model = model
        self._slots = slots
        self._device: torch.device = model.device
        self._read = LiveSequence(model.config)
        self._activation = BARE_BASE
        """What the tokens in it were read with."""

    def loss(self, question: Question, should_stop: ShouldStop = never_stop) -> tuple[float, int]:
        """The sum of -log p over the tokens of the completion, in nats, and how many they are. Raises Stopped."""
        targets = torch.tensor(question.completion, device=self._device)
        total, done = 0.0, 0
        for logits in self.logits(question, should_stop):
            wanted = targets[done : done + len(logits)]
            total += float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum"))
            done += len(logits)
        return total, done

    def logits(self, question: Question, should_stop: ShouldStop = never_stop) -> Iterator[torch.Tensor]:
        """That each token of the completion is predicted from: pieces of shape (tokens, vocabulary), float32.

        Raises Stopped.
        """
        before, last = question.prompt[:-1], question.prompt[-1:]
        self._begin(before, question.activation)
        rest = before[len(self._read.tokens) :]
        chunk = PREFILL_CHUNK_TOKENS[self._device.type]
        for tokens in self._pieces(rest, chunk, question.activation, should_stop):
            self._piece(tokens, with_logits=False)
        answer = [*last, *question.completion[:-1]]
        for tokens in self._pieces(answer, _ANSWER_CHUNK_TOKENS, question.activation, should_stop):
            yield self._piece(tokens, with_logits=True)

    def _begin(self, tokens: list[int], activation: Activation) -> None:
        """Keep what was read if these tokens begin with it, and forget what they do not begin with."""
        read = self._read
        known = activation == self._activation and read.is_whole() and read.tokens[: len(tokens)] == tokens
        if known and read.can_crop(len(tokens)):
            read.crop(len(tokens))
        else:
            self._read, self._activation = LiveSequence(self._model.config), activation

    def _pieces(
        self, tokens: list[int], chunk: int, active: Activation, should_stop: ShouldStop
    ) -> Iterator[list[int]]:
        """To be read one after another, none of them across the place where the adapter begins."""
        while tokens:
            if should_stop():
                raise Stopped
            at = len(self._read.tokens)
            size = min(chunk, active.start - at) if at < active.start else chunk
            self._slots.select(active.slot_at(at))
            yield tokens[:size]
            tokens = tokens[size:]

    @torch.inference_mode()
    def _piece(self, tokens: list[int], *, with_logits: bool) -> torch.Tensor:
        output = self._model(
            input_ids=torch.tensor([tokens], device=self._device),
            past_key_values=self._read.values,
            use_cache=True,
            logits_to_keep=0 if with_logits else 1,
        )
        self._read.tokens.extend(tokens)
        return output.logits[0].float()
