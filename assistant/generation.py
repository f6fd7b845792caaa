"""The words of generation, without torch: what is asked of a language model and what it answers, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

ShouldStop = Callable[[], bool]
"""Asked between chunks of the prompt and between tokens; true means: stop now, keep what there is."""

ShouldEnd = Callable[[int], bool]
"""Asked for the answer to the prompt of this index, as `ShouldStop` is; true means: end this one only."""

FinishReason = Literal["stop", "length", "cancelled"]


def never_stop() -> bool:
    return False


def never_end(_index: int) -> bool:
    return False


@dataclass(frozen=True)
class ChatMessage:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True)
class GenerationConfig:
    max_new_tokens: int = 512
    temperature: float = 0.0
    """0 is greedy: the likeliest token each time, the same answer every time."""
    top_p: float = 0.95
    repetition_penalty: float = 1.0
    """Above 1 makes tokens already generated less likely (Keskar et al. 2019); small models loop without it."""
    seed: int = 0


@dataclass(frozen=True)
class Prefill:
    """The prompt is being read: `done` of `total` tokens."""

    done: int
    total: int


@dataclass(frozen=True)
class Delta:
    """The next piece of the answer; never half a character."""

    text: str


@dataclass(frozen=True)
class Completion:
    """The last thing a stream yields."""

    text: str
    finish_reason: FinishReason
    prompt_tokens: int
    cached_tokens: int
    """Of the prompt tokens, how many were already in the KV cache."""
    generated_tokens: int
    prefill_seconds: float
    decode_seconds: float
    """Its share of the time, where several answers grew side by side: the sum over all is the time that passed."""
    peak_memory_bytes: int
    """Highest so far: of the device on CUDA, of the process on a CPU."""

    @property
    def tokens_per_second(self) -> float:
        return self.generated_tokens / self.decode_seconds if self.decode_seconds > 0 else 0.0


BatchEvent = tuple[int, Prefill | Delta | Completion]
"""What happened to the answer to the prompt of this index."""


class LanguageModel(Protocol):
    """What summaries and chat need of a model. `assistant.engine.Engine` is the real one."""

    @property
    def name(self) -> str:
        """The base model's id, as the catalogue or the hub spells it."""
        ...

    @property
    def fingerprint(self) -> str:
        """Base (revision, weights, chat template), quantization and adapter: part of every key."""
        ...

    @property
    def adapter(self) -> str | None:
        """The name of the adapter in use, or None for the bare base."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Those it writes well, as ISO 639-1 codes; empty when not known."""
        ...

    @property
    def context_tokens(self) -> int: ...

    @property
    def chunk_tokens(self) -> int:
        """The most tokens of source text this model digests well in one prompt."""
        ...

    def count_tokens(self, text: str) -> int: ...

    def count_prompt_tokens(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of the whole prompt, chat template included."""
        ...

    def use_adapter(self, directory: Path | None) -> None:
        """Answer with this adapter from now on; None is the bare base.

        Raises AdapterMismatchError or AdapterCorruptError, and then keeps the adapter in use as it was.
        """
        ...

    def stream(
        self,
        messages: Sequence[ChatMessage],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
    ) -> Iterator[Prefill | Delta | Completion]:
        """Yield progress through the prompt, then text, then exactly one `Completion`.

        When stopped, the completion has `finish_reason == "cancelled"` and the text so far.
        Raises ContextOverflowError when prompt + max_new_tokens do not fit, OutOfMemoryError.
        """
        ...

    @property
    def batch_rows(self) -> int:
        """How many prompts of usual length `stream_many` would answer side by side now; at least 1."""
        ...

    def stream_many(
        self,
        prompts: Sequence[Sequence[ChatMessage]],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
        should_end: ShouldEnd = never_end,
    ) -> Iterator[BatchEvent]:
        """Answer several prompts side by side: for each index what `stream` would yield, indexes in any order.

        Each prompt gets exactly one `Completion`, also those that `should_stop` kept from beginning. When the batch
        turns out too large for the memory, some answers wait and go on later where they were (`Prefill` comes again).
        Raises ContextOverflowError before anything is yielded, OutOfMemoryError when not even one fits.
        """
        ...


def one_by_one(
    model: LanguageModel,
    prompts: Sequence[Sequence[ChatMessage]],
    config: GenerationConfig,
    should_stop: ShouldStop = never_stop,
    should_end: ShouldEnd = never_end,
) -> Iterator[BatchEvent]:
    """`stream_many` for a model that answers only one prompt at a time."""
    for index, messages in enumerate(prompts):

        def stopped(index: int = index) -> bool:
            return should_stop() or should_end(index)

        for event in model.stream(messages, config, stopped):
            yield index, event
