"""The fast layout of 4-bit weights on CPUs with AVX512-BF16, and the way back from it.

bitsandbytes lays a `Linear4bit` out anew at its first forward in evaluation mode on such a CPU. The new layout
decodes several times faster, but it has no gradients: a training step through it silently teaches nothing.
Its own way back is lossy, since packing rounds the scales to bfloat16 (`functional._convert_weight_packed_for_cpu`,
bitsandbytes 0.50). So the layout is chosen here and nowhere else: `pack` keeps the exact scales aside, `unpack` puts
them back, and what comes out is bit for bit what went in.
"""

from __future__ import annotations

import copy
from typing import Any

_EXACT = "_sunto_exact_quant_state"
_ROWS = 32
"""The packed kernel works on blocks of this many output features (`block_n` in bitsandbytes)."""


def layers(model: Any) -> list[Any]:
    """Every `Linear4bit` of the model."""
    from bitsandbytes.nn.modules import Linear4bit

    return [module for module in model.modules() if isinstance(module, Linear4bit)]


def forbid(model: Any) -> None:
    """Keep bitsandbytes from packing anything by itself."""
    for layer in layers(model):
        layer.support_avx512bf16_for_cpu = False


def pack(model: Any) -> int:
    """Lay out for fast decoding every layer that allows it. Returns how many are packed now."""
    from bitsandbytes.functional import (  # pyright: ignore[reportMissingImports]
        _convert_weight_packed_for_cpu,  # pyright: ignore[reportPrivateUsage]
        has_avx512bf16,
    )

    if not has_avx512bf16():
        return 0
    packed = 0
    for layer in layers(model):
        state = layer.weight.quant_state
        if not is_packed(layer):
            if not _can_pack(layer, state):
                continue
            setattr(layer, _EXACT, copy.copy(state))
            layer.weight.data, layer.weight.quant_state = _convert_weight_packed_for_cpu(layer.weight.data, state)
        packed += 1
    return packed


def unpack(model: Any) -> None:
    """Undo `pack` exactly, so that gradients, dequantization and saving are right."""
    from bitsandbytes.functional import (  # pyright: ignore[reportMissingImports]
        _convert_weight_packed_for_cpu_inverse,  # pyright: ignore[reportPrivateUsage]
    )

    for layer in layers(model):
        if not is_packed(layer):
            continue
        # The inverse restores the 4-bit codes exactly; the scales it guesses are thrown away.
        codes, _guessed = _convert_weight_packed_for_cpu_inverse(layer.weight.data, layer.weight.quant_state)
        layer.weight.data = codes
        layer.weight.quant_state = getattr(layer, _EXACT)
        delattr(layer, _EXACT)


def is_packed(layer: Any) -> bool:
    return bool(getattr(layer.weight.quant_state, "packing_format_for_cpu", False))


def _can_pack(layer: Any, state: Any) -> bool:
    """Only what the kernel was written for: whole blocks of rows, and scales that do not straddle rows."""
    import torch

    rows, columns = state.shape
    return (
        layer.weight.device.type == "cpu"
        and layer.compute_dtype == torch.bfloat16
        and rows % _ROWS == 0
        and columns % state.blocksize == 0
    )
