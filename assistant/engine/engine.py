"""`Engine`: the `LanguageModel` that runs on this machine."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from assistant.engine import memory, packing
from assistant.engine.activation import activate
from assistant.engine.adapter_files import Adapter, read_adapter
from assistant.engine.answer import Answer
from assistant.engine.batch import Batch
from assistant.engine.batch_cache import can_batch
from assistant.engine.kv_store import KVLimits
from assistant.engine.prompt import ChatTemplate
from assistant.engine.reading import Reader
from assistant.engine.scoring import Question, Scorer
from assistant.engine.slots import PlacedAdapter, Slots
from assistant.engine.training_layout import TrainingLayout
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
)
from assistant.i18n import _
from assistant.weights import KeptModel

_USUAL_EXTRA_TOKENS = 1024
"""Of instructions and answer, beside a chunk of the source."""


class Engine:
    """One NF4 base and its resident adapters, of which one or none answers. Not for use from two threads at once."""

    def __init__(self, model: Any, tokenizer: Any, kept: KeptModel, limits: KVLimits | None = None) -> None:
        """`limits` is how much is kept of what was read; None chooses by the memory that is free."""
        self.model = model
        self.tokenizer = tokenizer
        self.kept = kept
        self.device: torch.device = model.device
        self.context_tokens = min(kept.context_tokens, model.config.get_text_config().max_position_embeddings)
        self.chunk_tokens = kept.chunk_tokens
        self._template = ChatTemplate(tokenizer)
        self.slots = Slots(model)
        self._placed: dict[str, PlacedAdapter] = {}
        self._selected: PlacedAdapter | None = None
        self._answering_with: Counter[str] = Counter()
        self._layout: TrainingLayout | None = None
        self._stop_tokens = _stop_tokens(model, tokenizer)
        end = self._template.end_token(self._stop_tokens)
        self._end_token: int = tokenizer.eos_token_id if end is None else end
        packing.forbid(model)
        packing.pack(model)
        self.reader = Reader(model, self.slots, self._base_fingerprint, limits or memory.document_limits(self.device))

    @property
    def name(self) -> str:
        return self.kept.name

    @property
    def adapter(self) -> str | None:
        return self._selected.name if self._selected else None

    @property
    def answering(self) -> frozenset[str]:
        """The names of the adapters with which an answer is being written: they must stay where they are."""
        return frozenset(+self._answering_with)

    @property
    def languages(self) -> tuple[str, ...]:
        """Those the base writes well; empty when not known."""
        return self.kept.languages

    @property
    def fingerprint(self) -> str:
        return f"{self._base_fingerprint}+{self._selected.sha256 if self._selected else ''}"

    @property
    def _base_fingerprint(self) -> str:
        kept = self.kept
        base = f"{kept.name}@{kept.revision}:{kept.weights_sha256}:{kept.chat_template_sha256}"
        # The hash is of the weights before they were quantized.
        return f"{base}:{'nf4' if kept.quantized else 'plain'}:{self.model.dtype}"

    @property
    def memory_bytes(self) -> int:
        """Of weights, resident adapters included, on the device."""
        return sum(parameter.nbytes for parameter in self.model.parameters()) + self.slots.nbytes

    def count_tokens(self, text: str) -> int:
        return len(self.tokenizer.encode(text, add_special_tokens=False))

    def count_prompt_tokens(self, messages: Sequence[ChatMessage]) -> int:
        return len(self._template.encode(messages))

    def encode_prompt(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Tokens of the whole prompt, up to where the answer begins."""
        return self._template.encode(messages)

    def invocation_tokens(self) -> tuple[int, ...]:
        """What stands between every question and its answer: an activated adapter begins there. May be empty."""
        return self._template.invocation()

    def encode_completion(self, text: str) -> list[int]:
        """Tokens of an answer, with the token that ends it."""
        tokens = self.tokenizer.encode(self._template.disarm(text), add_special_tokens=False)
        return [*tokens, self._end_token]

    def use_adapter(self, directory: Path | None) -> None:
        self.select(None if directory is None else self.place(read_adapter(directory)))

    def place(self, adapter: Adapter, instead_of: PlacedAdapter | None = None) -> PlacedAdapter:
        """Make an adapter resident, ready to be selected; one of the same name, or `instead_of`, gives up its place.

        Raises AdapterMismatchError, and then everything is as it was; torch's error when memory runs out, and then
        the place is free.
        """
        self.slots.check_fits(adapter)
        old = self._placed.get(adapter.name) or instead_of
        if old is not None:
            self._forget_placed(old)
        placed = PlacedAdapter(
            adapter.name, self.slots.place(adapter, old and old.slot), adapter.sha256, adapter.invocation
        )
        self._placed[adapter.name] = placed
        return placed

    def remove(self, placed: PlacedAdapter) -> None:
        """Give up the memory of a resident adapter; the bare base answers where it did."""
        self._forget_placed(placed)
        self.slots.clear(placed.slot)

    def select(self, placed: PlacedAdapter | None) -> None:
        """Answer with this resident adapter from now on; None is the bare base. Changes an index, and nothing else."""
        self._selected = placed
        self.slots.select(placed.slot if placed else None)

    def _forget_placed(self, placed: PlacedAdapter) -> None:
        self._placed.pop(placed.name, None)
        if self._selected == placed:
            self.select(None)

    def is_invoked(self) -> bool:
        """Whether the adapter that answers is active in every conversation.

        An activated one is only where the chat template, or what is asked, has its invocation tokens.
        """
        selected = self._selected
        return (
            selected is None or activate(selected, self.encode_prompt([ChatMessage("user", "?")])).adapter is not None
        )

    @contextmanager
    def training(self) -> Generator[Any]:
        """The bare base in the layout that has gradients; afterwards everything is as it was.

        Whoever trains attaches its own adapter.
        """
        self.reader.forget()
        self._layout = TrainingLayout(self.model, self.slots)
        with self._layout.entered():
            try:
                yield self.model
            finally:
                self._layout = None

    @contextmanager
    def aside(self) -> Generator[None]:
        """Answer as usual in the middle of `training()`; afterwards the training goes on as if nothing had been.

        Not between a forward pass and its backward pass: what was computed for it would be lost.
        """
        if self._layout is None:
            raise RuntimeError("nothing is being trained")
        with self._layout.aside():
            yield

    def stream(
        self,
        messages: Sequence[ChatMessage],
        config: GenerationConfig,
        should_stop: ShouldStop = never_stop,
    ) -> Iterator[Prefill | Delta | Completion]:
        yield from self._stream(self._begin(messages, config, self._selected), should_stop)

    def _stream(self, answer: Answer, should_stop: ShouldStop) -> Iterator[Prefill | Delta | Completion]:
        with self._answering([answer]):
            logits = yield from self.reader.read(answer, should_stop)
            started = time.perf_counter()
            while answer.finish is None:
                if logits is None or should_stop():
                    answer.finish = "cancelled"
                    break
                yield from answer.take(logits)
                if answer.finish is None:
                    logits = yield from self.reader.next(answer)
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
        adapters: Sequence[str | None] | None = None,
    ) -> Iterator[BatchEvent]:
        """Each prompt with its own of the resident `adapters`, by name (None: the bare base); or all as selected.

        Raises KeyError for an adapter that is not resident.
        """
        if adapters is None:
            voices = [self._selected] * len(prompts)
        else:
            voices = [None if name is None else self._placed[name] for name in adapters]
        answers = [self._begin(messages, config, voice) for messages, voice in zip(prompts, voices, strict=True)]
        longest = max((len(answer.prompt) for answer in answers), default=0)
        rows = min(self._rows_for(longest + config.max_new_tokens), len(answers))
        if rows <= 1:
            yield from self._one_by_one(answers, should_stop, should_end)
            return
        with self._answering(answers):
            yield from Batch(self.reader, answers, rows, should_stop, should_end).run()

    def score(
        self,
        items: Sequence[tuple[Sequence[ChatMessage], str]],
        should_stop: ShouldStop = never_stop,
        *,
        ended: bool = True,
    ) -> Iterator[tuple[float, int]]:
        """How likely these answers to these prompts are: of each the sum of -log p of its tokens, and their number.

        In nats, with the token that ends it unless what is asked is not `ended`, by whoever is selected when the first
        is asked for; an activated adapter from its invocation on. Prompts that follow one another and are the same are
        read once. Raises ContextOverflowError before anything is read, Stopped, OutOfMemoryError.
        """
        questions = [self.question(messages, text, ended=ended) for messages, text in items]
        scorer = Scorer(self.model, self.slots)
        for question in questions:
            with self._answering([question]):
                scored = scorer.loss(question, should_stop)
            yield scored

    def question(self, messages: Sequence[ChatMessage], text: str, *, ended: bool = True) -> Question:
        """This answer to this prompt, for a `Scorer`, with whoever is selected. Raises ContextOverflowError."""
        prompt, completion = self._template.encode(messages), self.encode_completion(text)
        if not ended:
            completion.pop()
        self._check_fits(len(prompt), len(completion))
        return Question(prompt, completion, activate(self._selected, prompt))

    def _one_by_one(
        self, answers: Sequence[Answer], should_stop: ShouldStop, should_end: ShouldEnd
    ) -> Iterator[BatchEvent]:
        for index, answer in enumerate(answers):
            for event in self._stream(answer, lambda index=index: should_stop() or should_end(index)):
                yield index, event

    def _rows_for(self, tokens: int) -> int:
        """How many sequences of so many tokens to grow side by side."""
        if not can_batch(self.model.config):
            return 1
        return memory.rows_that_fit(
            self.device, tokens * memory.kv_bytes_per_token(self.model.config, self.model.dtype)
        )

    def _begin(
        self, messages: Sequence[ChatMessage], config: GenerationConfig, adapter: PlacedAdapter | None
    ) -> Answer:
        prompt = self._template.encode(messages)
        self._check_fits(len(prompt), config.max_new_tokens)
        return Answer(prompt, config, self.tokenizer, self._stop_tokens, self.device, activate(adapter, prompt))

    @contextmanager
    def _answering(self, answers: Sequence[Answer | Question]) -> Generator[None]:
        """Say what it means when memory runs out; afterwards whoever was selected is."""
        names = [answer.activation.adapter.name for answer in answers if answer.activation.adapter]
        self._answering_with.update(names)
        try:
            yield
        except (RuntimeError, MemoryError) as error:
            if not memory.is_out_of_memory(error):
                raise
            self.forget()
            raise memory.out_of_memory(self.device, max(len(answer.prompt) for answer in answers)) from error
        finally:
            self._answering_with.subtract(names)
            self.select(self._selected)  # some may have been another's

    def forget(self) -> None:
        """Give up the KV cache and what torch holds in reserve."""
        self.reader.forget()

    def close(self) -> None:
        """Leave nothing on the disk."""
        self.reader.store.close()

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
        return self.reader.peak_memory_bytes()


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """Everything that ends an answer: the tokenizer's end token and those of the generation config."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    found = configured if isinstance(configured, list) else [configured]
    return frozenset(token for token in [*found, tokenizer.eos_token_id] if token is not None)
