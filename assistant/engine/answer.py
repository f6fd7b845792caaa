"""One answer while it grows: its tokens, its text, and why it ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assistant.engine.activation import BARE_BASE, Activation
from assistant.engine.sampling import make_generator, next_token
from assistant.engine.text import TextStream
from assistant.generation import Completion, Delta, FinishReason, GenerationConfig


class Answer:
    """Each has its own random numbers, so that what is answered beside it changes nothing."""

    def __init__(
        self,
        prompt: list[int],
        config: GenerationConfig,
        tokenizer: Any,
        stop_tokens: frozenset[int],
        device: Any,
        activation: Activation = BARE_BASE,
    ) -> None:
        self.prompt = prompt
        self.activation = activation
        self.generated: list[int] = []
        self.finish: FinishReason | None = "length" if config.max_new_tokens <= 0 else None
        """None while it grows."""
        self.cached_tokens = 0
        self.prefill_seconds = 0.0
        self.decode_seconds = 0.0
        """Its share, where others grew beside it."""
        self._config = config
        self._stop_tokens = stop_tokens
        self._generator = make_generator(config.seed, device)
        self._output = TextStream(tokenizer)
        self._text: list[str] = []

    @property
    def tokens(self) -> list[int]:
        """All that the model must have read before it can go on."""
        return self.prompt + self.generated

    @property
    def slot(self) -> int | None:
        """Of the adapter that writes it; None is the bare base."""
        return self.activation.adapter.slot if self.activation.adapter else None

    def take(self, logits: Any) -> Iterator[Delta]:
        """Choose the next token from logits of shape (vocabulary,), and yield the text that it completes, if any."""
        token = next_token(logits, self.generated, self._config, self._generator)
        if token in self._stop_tokens:
            self.finish = "stop"
            return
        self.generated.append(token)
        if len(self.generated) >= self._config.max_new_tokens:
            self.finish = "length"
        yield from self._show(self._output.add(token))

    def end(self, peak_memory_bytes: int) -> Iterator[Delta | Completion]:
        """What is still held back, then the completion."""
        assert self.finish is not None
        yield from self._show(self._output.flush())
        yield Completion(
            text="".join(self._text),
            finish_reason=self.finish,
            prompt_tokens=len(self.prompt),
            cached_tokens=self.cached_tokens,
            generated_tokens=len(self.generated),
            prefill_seconds=self.prefill_seconds,
            decode_seconds=self.decode_seconds,
            peak_memory_bytes=peak_memory_bytes,
        )

    def _show(self, piece: str) -> Iterator[Delta]:
        if piece:
            self._text.append(piece)
            yield Delta(piece)
