"""Examples through the base with an adapter in training: losses and gradients, in little time and memory.

Several examples stand in one sequence without padding (`attention`). What stands before an activated adapter is read
by the bare base without gradients, once (`prefixes`). Logits are computed only where there is a label (`loss`), and
nothing at all after the last one.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Protocol

import torch

from adapters.dataset.tokens import IGNORED, TokenizedExample
from adapters.training.attention import Pack, configurations, installed
from adapters.training.batches import pack
from adapters.training.checkpointing import checkpoint_layers, decoder_layers
from adapters.training.lora import AdapterInTraining
from adapters.training.loss import token_losses
from adapters.training.prefixes import Prefixes
from adapters.training.remaking import Remaking
from adapters.training.settings import Kind
from assistant.engine.activation import last_occurrence
from assistant.engine.batch_cache import can_batch
from assistant.engine.engine import Engine
from assistant.errors import TrainingError
from assistant.i18n import _

_PREFIX_COST = 1 / 8
"""Memory of a token that is only read, beside one with a gradient; as much, where all layers are checkpointed."""
_HALF_PRECISION_FACTOR = 16.0
"""Of the loss where activations are float16, whose smallest number is 6e-8: smaller gradients would be lost on the way
back. A and B get theirs divided again in float32. Its largest number is 65,504, far from the gradients of one token."""


class MemoryPlan(Protocol):
    """How much memory may be used (`adapters.training.ladder.Plan`)."""

    @property
    def micro_tokens(self) -> int: ...
    @property
    def checkpointed_layers(self) -> int: ...
    @property
    def prefix_bytes(self) -> int: ...


@dataclass(frozen=True)
class _Parts:
    """An example as it goes through the model."""

    prefix: tuple[int, ...]
    """Before the adapter begins."""
    tokens: tuple[int, ...]
    """From where it begins to the last token that something is predicted from."""
    predicting: tuple[int, ...]
    """Of `tokens`, the places that targets are predicted from."""
    targets: tuple[int, ...]


class Forward:
    """One base and one adapter in training. Not for use from two threads at once."""

    def __init__(self, base: Any, adapter: AdapterInTraining, plan: MemoryPlan, kind: Kind = "lora") -> None:
        """`base` is an engine within its `training()`, or the model which that yields.

        Raises TrainingError for a base that cannot be trained in this way.
        """
        self.model: Any = base.model if isinstance(base, Engine) else base
        self.adapter = adapter
        self._device: torch.device = self.model.device
        self._invocation = adapter.settings.invocation if kind == "alora" else ()
        self._packs = can_pack(self.model.config)
        if kind == "alora" and not (self._packs and self._invocation):
            raise TrainingError(
                _("This base cannot be trained with an adapter that begins at the answer."),
                _("Train an ordinary one: --kind lora."),
            )
        self._configs = configurations(self.model)
        self._head: Any = self.model.get_output_embeddings()
        self._layers = len(decoder_layers(self.model))
        self._remaking = Remaking(self.model)
        adapter.ask_how_made(self._remaking.recipe_of)
        self._prefixes = Prefixes(plan.prefix_bytes, self._device, self._read)
        self._plan = plan
        self.set_plan(plan)
        self._plain_head = self._is_head_plain()

    def set_plan(self, plan: MemoryPlan) -> None:
        """Use this much memory from the next micro-batch on."""
        self._plan = plan
        checkpoint_layers(self.model, plan.checkpointed_layers)
        self._prefixes.limit(plan.prefix_bytes)

    @property
    def prefix_bytes(self) -> int:
        """Of documents kept as read."""
        return self._prefixes.nbytes

    def micro_batches(self, examples: Sequence[TokenizedExample]) -> list[list[TokenizedExample]]:
        """Those that go through the model together: as many as the plan has memory for, at least one."""
        if not self._packs:
            return [[example] for example in examples]
        return pack(examples, [self._cost(example) for example in examples], self._plan.micro_tokens)

    def backward(self, micro: Sequence[TokenizedExample], scale: float) -> float:
        """The sum of the losses of the targets, in nats; adds the gradients of `scale` times that sum."""
        parts = [self._parts(example) for example in micro]
        prefixes = self._prefixes_of(parts)
        factor = _HALF_PRECISION_FACTOR if self.model.dtype == torch.float16 else scale
        self.adapter.divide_gradients(factor / scale)
        with self._running(learning=True):
            loss = self._token_losses(parts, prefixes).sum()
            (loss * factor).backward()
        return float(loss.detach())

    def losses(self, examples: Sequence[TokenizedExample]) -> list[tuple[float, int]]:
        """Of each example the sum of the losses of its targets, in nats, and how many there are. No dropout."""
        found: dict[int, tuple[float, int]] = {}
        for micro in self.micro_batches(examples):
            parts = [self._parts(example) for example in micro]
            prefixes = self._prefixes_of(parts)
            with torch.no_grad(), self._running(learning=False):
                counts = [len(part.targets) for part in parts]
                sums = torch.stack([each.sum() for each in self._token_losses(parts, prefixes).split(counts)])
            for example, loss, count in zip(micro, sums.tolist(), counts, strict=True):
                found[id(example)] = (loss, count)
        return [found[id(example)] for example in examples]

    # --- an example ------------------------------------------------------------------------------------------

    def _cost(self, example: TokenizedExample) -> int:
        parts = self._parts(example)
        checkpointed = min(1.0, self._plan.checkpointed_layers / max(1, self._layers))
        return len(parts.tokens) + round(len(parts.prefix) * (_PREFIX_COST + (1 - _PREFIX_COST) * checkpointed))

    def _parts(self, example: TokenizedExample) -> _Parts:
        labelled = [place for place, label in enumerate(example.labels) if label != IGNORED]
        start = 0
        if self._invocation:
            found = last_occurrence(self._invocation, example.input_ids[: labelled[0]])
            if found is None:
                raise TrainingError(
                    _("An example's prompt does not have the words that the adapter begins at."),
                    _("Train an ordinary adapter: --kind lora."),
                )
            start = found
        # The logits that predict token i stand at position i − 1.
        return _Parts(
            prefix=example.input_ids[:start],
            tokens=example.input_ids[start : labelled[-1]],
            predicting=tuple(place - 1 - start for place in labelled),
            targets=tuple(example.labels[place] for place in labelled),
        )

    # --- what stands before the adapter ----------------------------------------------------------------------

    def _prefixes_of(self, parts: Sequence[_Parts]) -> list[torch.Tensor]:
        """Of each its keys and values; empty for an ordinary adapter."""
        return [self._prefixes.get(part.prefix) for part in parts] if self._invocation else []

    def _read(self, tokens: Sequence[int]) -> torch.Tensor:
        """Each alone, so that the numbers do not depend on what else is read: a run that goes on has the same ones."""
        layers: dict[int, torch.Tensor] = {}
        with torch.no_grad(), self._running(learning=False, with_adapter=False):
            self._backbone(tokens, range(len(tokens)), Pack([len(tokens)], read=layers))
        return torch.stack([layers[index] for index in sorted(layers)])

    # --- the model -------------------------------------------------------------------------------------------

    @contextmanager
    def _running(self, *, learning: bool, with_adapter: bool = True) -> Generator[None]:
        if self.model.training != learning:
            self.model.train(learning)
        self.adapter.turn(on=with_adapter, dropout=learning)
        try:
            with (
                installed(self._configs) if self._packs else nullcontext(),
                self._remaking.installed() if learning else nullcontext(),
            ):
                yield
        finally:
            self.adapter.forget()

    def _token_losses(self, parts: Sequence[_Parts], prefixes: Sequence[torch.Tensor]) -> torch.Tensor:
        """Of all targets, one example after another; float32."""
        tokens = [token for part in parts for token in part.tokens]
        positions = [len(part.prefix) + place for part in parts for place in range(len(part.tokens))]
        starts = accumulate((len(part.tokens) for part in parts[:-1]), initial=0)
        predicting = self._tensor(
            [start + place for start, part in zip(starts, parts, strict=True) for place in part.predicting]
        )
        targets = self._tensor([target for part in parts for target in part.targets])
        layout = Pack([len(part.tokens) for part in parts], prefixes)
        if self._plain_head:
            hidden = self._backbone(tokens, positions, layout)
            return token_losses(self._head, hidden[predicting], targets)
        logits = self.model(**self._inputs(tokens, positions, layout), logits_to_keep=predicting).logits[0]
        return torch.nn.functional.cross_entropy(logits.float(), targets, reduction="none")

    def _backbone(self, tokens: Sequence[int], positions: Sequence[int], layout: Pack) -> torch.Tensor:
        """What the head sees, shape (tokens, hidden size)."""
        return self.model.get_decoder()(**self._inputs(tokens, positions, layout)).last_hidden_state[0]

    def _inputs(self, tokens: Sequence[int], positions: Sequence[int], layout: Pack) -> dict[str, Any]:
        packed = {"position_ids": self._tensor(positions)[None], "sunto_pack": layout} if self._packs else {}
        return {"input_ids": self._tensor(tokens)[None], "use_cache": False, **packed}

    def _tensor(self, values: Sequence[int]) -> torch.Tensor:
        return torch.tensor(values, device=self._device)

    def _is_head_plain(self) -> bool:
        """Whether logits are what the head makes of the last layer, and nothing is done to them afterwards."""
        with torch.no_grad(), self._running(learning=False, with_adapter=False):
            layout = Pack([2])
            hidden = self._backbone([0, 1], [0, 1], layout)
            logits = self.model(**self._inputs([0, 1], [0, 1], layout)).logits[0]
            return torch.equal(self._head(hidden), logits)


def can_pack(config: Any) -> bool:
    """Whether examples can stand in one sequence: every layer is attention, of the kind that `attention` knows."""
    text = config.get_text_config()
    return can_batch(config) and not getattr(text, "attn_logit_softcapping", None) and text.model_type != "gpt_oss"
