"""How much memory a training takes, by formula. Knows no torch; nothing here was measured.

What stands in the formulas is counted from a decoder layer of today's models (RMSNorm, rotary positions, grouped
queries, a gated feed-forward network), trained as `adapters.training.forward` does it. Sizes of NF4: Dettmers et al.
2023, QLoRA; the same terms with their sources are in Unsloth's VRAM_ESTIMATION.md, which leaves out the logits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.training.ladder import Plan

NF4_BYTES = 0.5 + 1 / 64 + 4 / 16384
"""Of one weight: 4 bits, a scale of 8 bits for each 64, and one of 32 bits for each 256 of those."""
LOGIT_ROWS = 256
"""So many rows of logits exist at a time (`adapters.training.loss`)."""
_LOGIT_BYTES = 10
"""Of one logit: bfloat16, its float32 copy, and the gradient of that."""
_MASTER_BYTES = 8
"""Of one weight of the adapter: float32, and its gradient."""
_OPTIMIZER_BYTES = {"adamw": 8, "adamw8bit": 2}
"""Of one weight of the adapter: two moments."""
_LIVE_LAYER = 1.25
"""A layer that is computed again holds what it keeps, and gradients beside it."""
SLACK = {"cpu": 0.35, "cuda": 0.1}
"""Of all but the base: what an allocator loses between pieces of different sizes, and what products need beside
themselves. On a CPU as measured with the starter: 846 MB for examples of 256 tokens, 1,383 MB for those of 1,024."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Of a base model."""

    hidden: int
    layers: int
    vocabulary: int
    queries: int
    """Heads times the size of one."""
    keys: int
    """Of keys, and as much again of values."""
    feed_forward: int
    tied: bool
    """Whether the output head is the embedding."""

    @classmethod
    def of(cls, config: Any) -> Shape:
        """From a configuration of transformers."""
        text = config.get_text_config()
        head = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        heads_of_keys = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
        return cls(
            hidden=text.hidden_size,
            layers=text.num_hidden_layers,
            vocabulary=text.vocab_size,
            queries=text.num_attention_heads * head,
            keys=heads_of_keys * head,
            feed_forward=text.intermediate_size,
            tied=bool(text.tie_word_embeddings),
        )

    @property
    def projections(self) -> tuple[tuple[int, int], ...]:
        """(in, out) of the linear layers of one layer."""
        h, q, k, f = self.hidden, self.queries, self.keys, self.feed_forward
        return ((h, q), (h, k), (h, k), (q, h), (h, f), (h, f), (f, h))

    @property
    def linear_weights(self) -> int:
        """Of all layers; embeddings and head apart."""
        return self.layers * sum(into * out for into, out in self.projections)

    @property
    def base_bytes(self) -> int:
        """NF4 with double quantization; embeddings, head and norms in 16 bits."""
        plain = self.vocabulary * self.hidden * (1 if self.tied else 2) + (2 * self.layers + 1) * self.hidden
        return round(self.linear_weights * NF4_BYTES) + 2 * plain

    def adapter_weights(self, r: int) -> int:
        """On every linear layer of every layer."""
        return self.layers * sum(r * (into + out) for into, out in self.projections)

    def kept_per_token(self, itemsize: int) -> int:
        """Bytes that one layer keeps of one token for the way back.

        What stands before each of the two norms; queries, keys and values after the rotation, and what attention makes
        of them; gate and up. What norms and gates make of these is made again (`remaking`). A byte for each element of
        the projections' inputs says what dropout left of it; on a CPU it is less.
        """
        h, q, k, f = self.hidden, self.queries, self.keys, self.feed_forward
        return itemsize * 2 * (h + q + k + f) + (2 * h + q + f)

    def read_per_token(self, itemsize: int) -> int:
        """Bytes of keys and values of one token in all layers."""
        return 2 * self.keys * self.layers * itemsize

    def passing_per_token(self, itemsize: int) -> int:
        """Bytes that one layer needs at once for one token where nothing is kept for the way back."""
        return itemsize * (2 * self.hidden + self.queries + 2 * self.keys + 2 * self.feed_forward)


@dataclass(frozen=True, kw_only=True)
class Texts:
    """How long the examples are, in tokens."""

    longest: int
    """Prompt and target together."""
    longest_target: int
    mean: float
    mean_target: float
    batch_size: int

    @classmethod
    def of(cls, lengths: Sequence[tuple[int, int]], batch_size: int) -> Texts:
        """From (tokens, target tokens) of each example."""
        return cls(
            longest=max(tokens for tokens, _targets in lengths),
            longest_target=max(targets for _tokens, targets in lengths),
            mean=sum(tokens for tokens, _targets in lengths) / len(lengths),
            mean_target=sum(targets for _tokens, targets in lengths) / len(lengths),
            batch_size=batch_size,
        )


@dataclass(frozen=True)
class Estimate:
    """Bytes at the peak, by what they are for."""

    base: int
    adapter: int
    """With its gradients and the optimizer's memory."""
    layers: int
    """What they keep of the texts for the way back."""
    logits: int
    documents: int
    """Keys and values of what is read without learning. Those that are kept for later lie in the machine's memory: on
    a card they are not counted."""
    slack: int

    @property
    def total(self) -> int:
        return self.base + self.adapter + self.layers + self.logits + self.documents + self.slack


def estimate(
    shape: Shape,
    texts: Texts,
    plan: Plan,
    *,
    r: int,
    kind: str,
    itemsize: int = 2,
    base_bytes: int = 0,
    device: str = "cuda",
) -> Estimate:
    """`itemsize` is bytes of one activation; `base_bytes` what the base really takes, 0: by formula."""
    longest = min(texts.longest, plan.max_tokens)
    tokens = max(longest, min(plan.micro_tokens, round(texts.mean * texts.batch_size)))
    targets = min(tokens, max(texts.longest_target, round(tokens * texts.mean_target / texts.mean)))
    learning = targets if kind == "alora" else tokens
    reading = tokens - learning
    adapter = shape.adapter_weights(r) * (_MASTER_BYTES + _OPTIMIZER_BYTES[plan.optimizer])
    layers = _layers(shape, plan.checkpointed_layers, learning, itemsize)
    logits = min(targets, LOGIT_ROWS) * shape.vocabulary * _LOGIT_BYTES
    documents = 0 if device == "cuda" else plan.prefix_bytes
    if reading:
        documents += reading * (shape.read_per_token(itemsize) + shape.passing_per_token(itemsize))
    return Estimate(
        base=base_bytes or shape.base_bytes,
        adapter=adapter,
        layers=layers,
        logits=logits,
        documents=documents,
        slack=round(SLACK[device] * (adapter + layers + logits + documents)),
    )


def _layers(shape: Shape, checkpointed: int, tokens: int, itemsize: int) -> int:
    """What is kept of so many tokens, and one weight of the base in 16 bits."""
    again = min(checkpointed, shape.layers)
    one = tokens * shape.kept_per_token(itemsize)
    kept = (shape.layers - again) * one + again * tokens * shape.hidden * itemsize
    live = _LIVE_LAYER * one if again else (_LIVE_LAYER - 1) * one
    return round(kept + live) + max(into * out for into, out in shape.projections) * itemsize
