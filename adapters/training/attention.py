"""Attention of several examples that stand one after another in one sequence, each seeing only itself.

No padding, and no mask of the whole sequence, which would grow with its square: one causal product per example. Before
an example may stand keys and values that were computed earlier (`prefixes`), which get no gradient. Registered with
transformers under `NAME`, so that every family's own layers call it; what stands where is said in a `Pack`.

On a CPU torch's own kernel for causal attention takes four times as long as the products it is made of, so there they
are made here (`_Blocks`); elsewhere torch chooses among the kernels that the card has.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention

NAME = "sunto_pack"
_BLOCK_ROWS = 64
"""Of queries at a time: their scores stay in the processor's cache."""


@dataclass(frozen=True)
class Pack:
    """What a sequence is made of."""

    lengths: Sequence[int]
    """Tokens of each example."""
    prefixes: Sequence[torch.Tensor] = ()
    """Of each example, what stands before it: shape (layers, 2, heads of keys, tokens, head size). Empty: nothing."""
    read: dict[int, torch.Tensor] | None = None
    """Where to put keys and values of each layer, shape (2, heads of keys, tokens, head size)."""


def attend(
    module: Any,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    _attention_mask: object,
    *,
    sunto_pack: Pack,
    scaling: float | None = None,
    sliding_window: int | None = None,
    **_others: Any,
) -> tuple[torch.Tensor, None]:
    """As transformers calls it: all of shape (1, heads, tokens, head size); returns (1, tokens, heads, head size).

    Each token sees the `sliding_window` tokens that end with itself, or all up to itself.
    """
    layer: int = module.layer_idx
    if sunto_pack.read is not None:
        sunto_pack.read[layer] = torch.cat((key, value)).detach()
    lengths = list(sunto_pack.lengths)
    prefixes = [prefix[layer] for prefix in sunto_pack.prefixes] or [None] * len(lengths)
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    queries, keys, values = (tensor[0].split(lengths, dim=1) for tensor in (query, key, value))
    examples = [
        causal(*example, scale, sliding_window) for example in zip(queries, keys, values, prefixes, strict=True)
    ]
    whole = examples[0] if len(examples) == 1 else torch.cat(examples, 1)
    return whole.transpose(0, 1)[None].contiguous(), None


def causal(
    query: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    prefix: torch.Tensor | None,
    scale: float,
    window: int | None,
) -> torch.Tensor:
    """One example. Queries of shape (heads, tokens, head size), which the result has too; keys and values of shape
    (heads of keys, tokens, head size); before them stands the prefix of shape (2, heads of keys, tokens, head size).
    """
    way = in_blocks if query.device.type == "cpu" else by_torch
    return way(query, keys, values, prefix, scale, window)


def in_blocks(
    query: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    prefix: torch.Tensor | None,
    scale: float,
    window: int | None,
) -> torch.Tensor:
    """`causal` on a CPU."""
    found: Any = _Blocks.apply(query, keys, values, prefix, scale, window)  # pyright: ignore[reportUnknownMemberType]
    return found


def by_torch(
    query: torch.Tensor,
    keys: torch.Tensor,
    values: torch.Tensor,
    prefix: torch.Tensor | None,
    scale: float,
    window: int | None,
) -> torch.Tensor:
    """`causal` with the kernels that torch has for a card."""
    keys, values = _with_prefix(keys, values, prefix)
    rows, columns = query.shape[1], keys.shape[1]
    groups = query.shape[0] // keys.shape[0]
    mask: Any = None
    if window is not None and window < columns:
        places = torch.arange(columns, device=query.device)
        mask = _seen(places[columns - rows :, None], places, window)
    elif rows != columns:
        from torch.nn.attention.bias import causal_lower_right

        mask = causal_lower_right(rows, columns)
    if mask is not None and groups > 1:  # the quick kernels take grouped queries only without a mask
        keys, values, groups = keys.repeat_interleave(groups, 0), values.repeat_interleave(groups, 0), 1
    return scaled_dot_product_attention(
        query[None],
        keys[None],
        values[None],
        attn_mask=mask,
        is_causal=mask is None,
        scale=scale,
        enable_gqa=groups > 1,
    )[0]


def _with_prefix(
    keys: torch.Tensor, values: torch.Tensor, prefix: torch.Tensor | None
) -> tuple[torch.Tensor, torch.Tensor]:
    if prefix is None:
        return keys, values
    return torch.cat((prefix[0], keys), 1), torch.cat((prefix[1], values), 1)


def _seen(rows: torch.Tensor, columns: torch.Tensor, window: int | None) -> torch.Tensor:
    """Which columns (bool) each row sees; both are places in the example."""
    seen = columns <= rows
    return seen if window is None else seen & (columns > rows - window)


class _Blocks(torch.autograd.Function):
    """`causal` on a CPU, some rows of queries at a time. Scores are computed again on the way back, never kept."""

    @staticmethod
    def forward(
        ctx: Any,
        query: torch.Tensor,
        keys: torch.Tensor,
        values: torch.Tensor,
        prefix: torch.Tensor | None,
        scale: float,
        window: int | None,
    ) -> torch.Tensor:
        ctx.save_for_backward(query, keys, values, prefix)
        ctx.scale, ctx.window = scale, window
        keys, values = _with_prefix(keys, values, prefix)
        out = torch.empty_like(query, memory_format=torch.contiguous_format)
        for block in _blocks(query, keys, window):
            likely = block.likely(query, keys, scale)
            out[:, block.rows] = block.apart(torch.bmm(likely, values[:, block.columns]))
        return out

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        query, own_keys, own_values, prefix = ctx.saved_tensors
        keys, values = _with_prefix(own_keys, own_values, prefix)
        grad_query = torch.empty_like(query, memory_format=torch.contiguous_format)
        # Summed over the blocks in float32. A prefix has no gradient, so nothing is computed for it.
        grad_keys = torch.zeros(own_keys.shape)
        grad_values = torch.zeros(own_keys.shape)
        before = keys.shape[1] - own_keys.shape[1]
        for block in _blocks(query, keys, ctx.window):
            likely = block.likely(query, keys, ctx.scale)
            back = block.together(gradient)
            own = slice(max(0, block.columns.start - before), block.columns.stop - before)
            width = own.stop - own.start
            grad_values[:, own] += torch.bmm(likely[..., -width:].transpose(1, 2), back)
            back = torch.bmm(back, values[:, block.columns].transpose(1, 2))
            back = torch._softmax_backward_data(back, likely, -1, likely.dtype)  # pyright: ignore[reportPrivateImportUsage, reportPrivateUsage]
            grad_query[:, block.rows] = block.apart(torch.bmm(back, keys[:, block.columns])).mul_(ctx.scale)
            grad_keys[:, own] += torch.bmm(back[..., -width:].transpose(1, 2), block.together(query)).mul_(ctx.scale)
        return grad_query, grad_keys.to(keys.dtype), grad_values.to(values.dtype), None, None, None


@dataclass(frozen=True)
class _Block:
    """Rows of queries and the columns of keys that any of them sees."""

    heads: int
    """Of keys; the queries of the heads that share one are taken as more rows."""
    rows: slice
    columns: slice
    unseen: torch.Tensor | None
    """What is added to the scores of the last columns, as many as it has: shape (rows, columns)."""

    def together(self, of_queries: torch.Tensor) -> torch.Tensor:
        """(heads, rows, head size) → (heads of keys, heads that share one · rows of the block, head size)"""
        return of_queries[:, self.rows].reshape(self.heads, -1, of_queries.shape[-1])

    def apart(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.reshape(-1, self.rows.stop - self.rows.start, rows.shape[-1])

    def likely(self, query: torch.Tensor, keys: torch.Tensor, scale: float) -> torch.Tensor:
        """softmax(scale · query · keys), shape (heads of keys, rows, columns)."""
        scores = torch.bmm(self.together(query) * scale, keys[:, self.columns].transpose(1, 2))
        if self.unseen is not None:
            rows, width = self.unseen.shape
            by_row = scores.view(self.heads, -1, rows, scores.shape[-1])
            by_row[..., -width:] += self.unseen
        return scores.softmax(-1)


def _blocks(query: torch.Tensor, keys: torch.Tensor, window: int | None) -> Iterator[_Block]:
    count, total = query.shape[1], keys.shape[1]
    if window is not None and window >= total:
        window = None
    offset = total - count
    for start in range(0, count, _BLOCK_ROWS):
        stop = min(start + _BLOCK_ROWS, count)
        first = 0 if window is None else max(0, offset + start - window + 1)
        # Without a window only the last columns, as many as there are rows, are hidden from some of them.
        checked = stop - start if window is None else offset + stop - first
        unseen = _unseen(stop - start, checked, window, query.dtype) if stop - start > 1 else None
        yield _Block(keys.shape[0], slice(start, stop), slice(first, offset + stop), unseen)


@lru_cache(maxsize=64)
def _unseen(rows: int, columns: int, window: int | None, dtype: torch.dtype) -> torch.Tensor:
    """What is added to the scores of the last rows and columns of a stretch: nothing, or minus infinity."""
    seen = _seen(torch.arange(columns - rows, columns)[:, None], torch.arange(columns), window)
    return torch.zeros(seen.shape, dtype=dtype).masked_fill_(~seen, -math.inf)


def configurations(model: Any) -> list[Any]:
    """Every configuration that a part of the model looks at."""
    found = {id(module.config): module.config for module in model.modules() if hasattr(module, "config")}
    return list(found.values())


@contextmanager
def installed(configs: Sequence[Any]) -> Generator[None]:
    """The layers with these configurations attend with `attend` and want a `Pack`; afterwards as before."""
    from transformers import AttentionInterface

    AttentionInterface.register(NAME, attend)
    before = [config._attn_implementation for config in configs]
    try:
        for config in configs:
            config._attn_implementation = NAME
        yield
    finally:
        for config, name in zip(configs, before, strict=True):
            config._attn_implementation = name
