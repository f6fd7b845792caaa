"""Try torch and bitsandbytes for real, in a process of its own: if they crash, that is a finding.

    python -m assistant.doctor.probe

Writes one JSON object a line: first `{"torch", "cuda", "cuda_available"}`, then for each device
`{"device", "name", "seconds"}` or `{"device", "error"}`. Imports torch.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import torch

_OUT_FEATURES, _IN_FEATURES = 64, 128
_LARGEST_QUANTIZATION_ERROR = 0.15
"""Relative, over the whole matrix: NF4 of normal numbers comes to about 0.095 (Dettmers et al. 2023)."""
_LARGEST_PRODUCT_ERROR = 0.02
"""Relative: bfloat16 keeps eight bits."""


def multiply_nf4(device: str) -> None:
    """Quantize a matrix as Sunto's models are, multiply by it, compare. Raises ArithmeticError when it is off."""
    from bitsandbytes.functional import dequantize_4bit
    from bitsandbytes.nn.modules import Linear4bit

    generator = torch.Generator().manual_seed(0)
    weight = torch.randn(_OUT_FEATURES, _IN_FEATURES, generator=generator)
    vectors = torch.randn(3, _IN_FEATURES, generator=generator)
    dtype = torch.bfloat16
    if device == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False):
        dtype = torch.float16
    layer: Any = Linear4bit(
        _IN_FEATURES, _OUT_FEATURES, bias=False, compute_dtype=dtype, quant_type="nf4", compress_statistics=True
    )
    layer.load_state_dict({"weight": weight})
    layer = layer.to(device).eval()
    # Before the first product, which repacks the weight on some CPUs.
    restored = dequantize_4bit(layer.weight.data, layer.weight.quant_state).float().cpu()
    _require_close("a quantized matrix", restored, weight, _LARGEST_QUANTIZATION_ERROR)
    with torch.inference_mode():
        product = layer(vectors.to(device, dtype)).float().cpu()
    _require_close("a product", product, vectors @ restored.T, _LARGEST_PRODUCT_ERROR)


def _require_close(what: str, result: torch.Tensor, expected: torch.Tensor, largest_error: float) -> None:
    error = float((result - expected).norm() / expected.norm())
    if not error < largest_error:  # also when it is not a number
        raise ArithmeticError(f"{what} is off by {error:.0%}")


def main() -> int:
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints goes to the log

    def send(report: dict[str, Any]) -> None:
        events.write(json.dumps(report) + "\n")

    available = torch.cuda.is_available()
    send({"torch": torch.__version__, "cuda": torch.version.cuda, "cuda_available": available})
    for device in ("cpu", "cuda") if available else ("cpu",):
        started = time.perf_counter()
        try:
            multiply_nf4(device)
        except Exception as error:  # whatever it is, it is the answer
            send({"device": device, "error": f"{type(error).__name__}: {error}".splitlines()[0]})
        else:
            name = torch.cuda.get_device_name() if device == "cuda" else "CPU"
            send({"device": device, "name": name, "seconds": time.perf_counter() - started})
    return 0


if __name__ == "__main__":
    sys.exit(main())
