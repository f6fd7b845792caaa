"""`Engine`: the `LanguageModel` that runs on this machine."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from assistant.engine import lora, memory, packing
from assistant.engine.adapter_files import Adapter, read_adapter
from assistant.engine.answer import Answer
from assistant.engine.batch import Batch
from assistant.engine.batch_cache import can_batch
from assistant.engine.kv import PrefixCache
from assistant.engine.prompt import ChatTemplate
from assistant.errors import ContextOverflowError
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
    one_by_one,
)
from assistant.hardware import peak_memory_bytes as process_peak_memory_bytes
from assistant.i18n import _
from assistant.weights import KeptModel

PREFILL_CHUNK_TOKENS = {"cpu": 256, "cuda": 1024}
"""Between two chunks a stop is noticed and progress is shown: small enough to feel instant on either device."""
_USUAL_EXTRA_TOKENS = 1024
"""Of instructions and answer, beside a chunk of the source."""


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
        kept = self.kept
        base = f"{kept.name}@{kept.revision}:{kept.weights_sha256}:{kept.chat_template_sha256}"
        # The hash is of the weights before they were quantized.
        numbers = f"{'nf4' if kept.quantized else 'plain'}:{self.model.dtype}"
        return f"{base}:{numbers}+{self._adapter.sha256 if self._adapter else ''}"

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
        answer = self._begin(messages, config)
        with self._memory_errors(len(answer.prompt)):
            logits = yield from self.read(answer, should_stop)
            started = time.perf_counter()
            while answer.finish is None:
                if logits is None or should_stop():
                    answer.finish = "cancelled"
                    break
                yield from answer.take(logits)
                if answer.finish is None:
                    logits = self._forward(answer.generated[-1:])
            answer.decode_seconds = time.perf_counter() - started
            yield from answer.end(self.peak_memory_bytes())

    @property
    def batch_rows(self) -> int:
        return self._rows_for(self.chunk_tokens + _USUAL_EXTRA_TOKENS)

    def stream_many(
        self,
        prompts: Sequence[Sequence[ChatMessage]],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
        should_end: ShouldEnd = never_end,
    ) -> Iterator[BatchEvent]:
        answers = [self._begin(messages, config) for messages in prompts]
        longest = max((len(answer.prompt) for answer in answers), default=0)
        rows = min(self._rows_for(longest + config.max_new_tokens), len(answers))
        if rows <= 1:
            yield from one_by_one(self, prompts, config, should_stop, should_end)
            return
        with self._memory_errors(longest):
            yield from Batch(self, answers, rows, should_stop, should_end).run()

    def _rows_for(self, tokens: int) -> int:
        """How many sequences of so many tokens to grow side by side."""
        if not can_batch(self.model.config):
            return 1
        return memory.rows_that_fit(
            self.device, tokens * memory.kv_bytes_per_token(self.model.config, self.model.dtype)
        )

    def _begin(self, messages: Sequence[ChatMessage], config: GenerationConfig) -> Answer:
        prompt = self._template.encode(messages)
        self._check_fits(len(prompt), config.max_new_tokens)
        return Answer(prompt, config, self.tokenizer, self._stop_tokens, self.device)

    @contextmanager
    def _memory_errors(self, prompt_tokens: int) -> Generator[None]:
        """Leave nothing half read behind, whatever happens; say what it means when memory runs out."""
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            self.forget()
            if not memory.is_out_of_memory(error):
                raise
            raise memory.out_of_memory(self.device, prompt_tokens) from error
        except BaseException:
            # Left half-way through a forward pass, layers of the cache may differ in length.
            self._cache.reset()
            raise

    def read(self, answer: Answer, should_stop: ShouldStop = never_stop) -> Generator[Prefill, None, Any]:
        """Read all tokens of the answer that the KV cache does not hold yet.

        Returns the logits of the last, of shape (vocabulary,), or None when stopped before.
        """
        started = time.perf_counter()
        tokens = answer.tokens
        cached = self._cache.reuse(tokens, self.fingerprint)
        logits = None
        for position in range(cached, len(tokens), self._chunk):
            if should_stop():
                logits = None
                break
            logits = self._forward(tokens[position : position + self._chunk])
            yield Prefill(min(position + self._chunk, len(tokens)), len(tokens))
        answer.prefill_seconds += time.perf_counter() - started
        if not answer.generated:  # otherwise it is read a second time
            answer.cached_tokens = cached
        return logits

    def read_cache(self) -> Any:
        """Keys and values of what was read last."""
        return self._cache.values

    def forget(self) -> None:
        """Give up the KV cache and what torch holds in reserve."""
        self._cache.reset()
        memory.release(self.device)

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
