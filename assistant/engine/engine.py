"""`Engine`: the `LanguageModel` that runs on this machine."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from assistant.engine import lora, packing
from assistant.engine.adapter_files import Adapter, read_adapter
from assistant.engine.kv import PrefixCache
from assistant.engine.prompt import ChatTemplate
from assistant.engine.sampling import make_generator, next_token
from assistant.engine.text import TextStream
from assistant.errors import ContextOverflowError, OutOfMemoryError
from assistant.generation import (
    BatchEvent,
    ChatMessage,
    Completion,
    Delta,
    FinishReason,
    GenerationConfig,
    Prefill,
    ShouldEnd,
    ShouldStop,
    never_end,
    never_stop,
    one_by_one,
)
from assistant.hardware import peak_memory_bytes as process_peak_memory_bytes
from assistant.i18n import _
from assistant.weights import KeptModel

PREFILL_CHUNK_TOKENS = {"cpu": 256, "cuda": 1024}
"""Between two chunks a stop is noticed and progress is shown: small enough to feel instant on either device."""


class Engine:
    """One NF4 base, at most one adapter, one KV cache. Not for use from two threads at once."""

    def __init__(self, model: Any, tokenizer: Any, kept: KeptModel) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.kept = kept
        self.device: torch.device = model.device
        self.context_tokens = min(kept.context_tokens, model.config.get_text_config().max_position_embeddings)
        self.chunk_tokens = kept.chunk_tokens
        self._template = ChatTemplate(tokenizer)
        self._cache = PrefixCache(model.config)
        self._adapter: Adapter | None = None
        self._stop_tokens = _stop_tokens(model, tokenizer)
        packing.forbid(model)
        packing.pack(model)

    @property
    def name(self) -> str:
        return self.kept.name

    @property
    def adapter(self) -> str | None:
        return self._adapter.name if self._adapter else None

    @property
    def languages(self) -> tuple[str, ...]:
        """Those the base writes well; empty when not known."""
        return self.kept.languages

    @property
    def fingerprint(self) -> str:
        adapter = self._adapter.sha256 if self._adapter else ""
        return f"{self.kept.name}@{self.kept.weights_sha256}+{adapter}:{self.model.dtype}"

    @property
    def memory_bytes(self) -> int:
        """Of weights, adapter included, on the device."""
        return sum(parameter.nbytes for parameter in self.model.parameters())

    def count_tokens(self, text: str) -> int:
        return len(self.tokenizer.encode(text, add_special_tokens=False))

    def count_prompt_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return len(self._template.encode(messages))

    def encode_prompt(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Tokens of the whole prompt, up to where the answer begins."""
        return self._template.encode(messages)

    def encode_completion(self, text: str) -> list[int]:
        """Tokens of an answer, with the token that ends it."""
        return [*self.tokenizer.encode(text, add_special_tokens=False), self.tokenizer.eos_token_id]

    def use_adapter(self, directory: Path | None) -> None:
        if directory is None:
            lora.detach(self.model)
            self._adapter = None
            return
        adapter = read_adapter(directory)
        lora.check_fits(self.model, adapter)
        lora.detach(self.model)
        lora.attach(self.model, adapter)
        self._adapter = adapter

    @contextmanager
    def training(self) -> Generator[Any]:
        """The bare base in the layout that has gradients; afterwards everything is as it was.

        Whoever trains attaches its own adapter and takes it off again.
        """
        adapter = self._adapter
        self.use_adapter(None)
        self._cache.reset()
        packing.unpack(self.model)
        try:
            yield self.model
        finally:
            lora.detach(self.model)
            self.model.eval()
            packing.pack(self.model)
            if adapter is not None:
                lora.attach(self.model, adapter)
                self._adapter = adapter

    def stream(
        self,
        messages: Sequence[ChatMessage],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
    ) -> Iterator[Prefill | Delta | Completion]:
        prompt = self._template.encode(messages)
        self._check_fits(len(prompt), config.max_new_tokens)
        try:
            yield from self._stream(prompt, config, should_stop)
        except torch.OutOfMemoryError as error:
            self._cache.reset()
            torch.cuda.empty_cache()
            raise OutOfMemoryError(
                _("The graphics card ran out of memory at a prompt of {count} tokens.").format(count=len(prompt)),
                _("Close other programs that use it, give fewer pages at a time, or add --device cpu."),
            ) from error
        except BaseException:
            # Left half-way through a forward pass, layers of the cache may differ in length.
            self._cache.reset()
            raise

    def _stream(
        self, prompt: list[int], config: GenerationConfig, should_stop: ShouldStop
    ) -> Iterator[Prefill | Delta | Completion]:
        started = time.perf_counter()
        cached = self._cache.reuse(prompt, self.fingerprint)
        logits = None
        for position in range(cached, len(prompt), self._chunk):
            if should_stop():
                break
            chunk = prompt[position : position + self._chunk]
            logits = self._forward(chunk)
            yield Prefill(min(position + self._chunk, len(prompt)), len(prompt))
        read = time.perf_counter()

        output = TextStream(self.tokenizer)
        generator = make_generator(config.seed, self.device)
        generated: list[int] = []
        text: list[str] = []
        finish: FinishReason = "length"
        while len(generated) < config.max_new_tokens:
            if logits is None or should_stop():
                finish = "cancelled"
                break
            token = next_token(logits, generated, config, generator)
            if token in self._stop_tokens:
                finish = "stop"
                break
            generated.append(token)
            if piece := output.add(token):
                text.append(piece)
                yield Delta(piece)
            if len(generated) < config.max_new_tokens:
                logits = self._forward([token])
        if piece := output.flush():
            text.append(piece)
            yield Delta(piece)
        yield Completion(
            text="".join(text),
            finish_reason=finish,
            prompt_tokens=len(prompt),
            cached_tokens=cached,
            generated_tokens=len(generated),
            prefill_seconds=read - started,
            decode_seconds=time.perf_counter() - read,
            peak_memory_bytes=self.peak_memory_bytes(),
        )

    @property
    def batch_rows(self) -> int:
        return 1

    def stream_many(
        self,
        prompts: Sequence[Sequence[ChatMessage]],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
        should_end: ShouldEnd = never_end,
    ) -> Iterator[BatchEvent]:
        yield from one_by_one(self, prompts, config, should_stop, should_end)

    @property
    def _chunk(self) -> int:
        return PREFILL_CHUNK_TOKENS[self.device.type]

    @torch.inference_mode()
    def _forward(self, tokens: list[int]) -> Any:
        """Read these tokens after what the cache holds; the logits of the last one, shape (vocabulary,)."""
        output = self.model(
            input_ids=torch.tensor([tokens], device=self.device),
            past_key_values=self._cache.values,
            use_cache=True,
            logits_to_keep=1,
        )
        self._cache.tokens.extend(tokens)
        return output.logits[0, -1]

    def _check_fits(self, prompt_tokens: int, max_new_tokens: int) -> None:
        if prompt_tokens + max_new_tokens > self.context_tokens:
            raise ContextOverflowError(
                _(
                    "{prompt} tokens of text and {answer} of answer do not fit into the {limit} that {model} holds."
                ).format(prompt=prompt_tokens, answer=max_new_tokens, limit=self.context_tokens, model=self.name),
                _("Give fewer pages (--pages), or a base with a longer context (`sunto models list`)."),
            )

    def peak_memory_bytes(self) -> int:
        """Highest so far: of the device on CUDA, of this process on a CPU."""
        if self.device.type == "cuda":
            return torch.cuda.max_memory_allocated(self.device)
        return process_peak_memory_bytes()


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Everything that ends an answer: the tokenizer's end token and those of the generation config."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    found = configured if isinstance(configured, list) else [configured]
    return frozenset(token for token in [*found, tokenizer.eos_token_id] if token is not None)
