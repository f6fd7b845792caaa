"""A kept NF4 checkpoint → a model ready for inference, and its tokenizer."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assistant.errors import ModelLoadError, OutOfMemoryError
from assistant.i18n import _


def quiet_libraries() -> None:
    """Keep the model libraries off the network and off the terminal. Call before importing any of them."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # bitsandbytes asks the hub for a kernel at import where `kernels` is installed (backends/cpu/ops.py);
    # None makes that import fail at once, and its own kernel is used.
    sys.modules.setdefault("kernels", None)  # pyright: ignore[reportArgumentType]
    for name in ("bitsandbytes", "transformers", "torch"):
        logging.getLogger(name).setLevel(logging.ERROR)


def load_base(directory: Path, device: str) -> tuple[Any, Any]:
    """The model, in evaluation mode and without gradients, and its tokenizer.

    Compute dtype is what the device is quick at: bfloat16 where it has it, otherwise float16 on CUDA and
    float32 on a CPU. Weights stay NF4 as they are in the checkpoint.

    Raises ModelLoadError, OutOfMemoryError.
    """
    quiet_libraries()
    import torch
    import transformers

    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    dtype = compute_dtype(device)
    with load_errors(directory):
        tokenizer = transformers.AutoTokenizer.from_pretrained(directory, local_files_only=True)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            directory,
            dtype=dtype,
            device_map={"": torch.device(device)},
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
        )
    model.requires_grad_(False).eval()
    _compute_in(model, dtype)
    return model, tokenizer


def compute_dtype(device: str) -> Any:
    """The torch dtype of activations on this device."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    # Without these instructions torch computes bfloat16 products far slower than float32.
    cpu: Any = torch.cpu  # torch has no public name for these two questions
    fast = cpu._is_avx512_bf16_supported() or cpu._is_amx_tile_supported()
    return torch.bfloat16 if fast else torch.float32


@contextmanager
def load_errors(directory: Path) -> Generator[None]:
    """Turn what torch, transformers and safetensors raise while loading into our own errors."""
    import torch
    from safetensors import SafetensorError

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemoryError(
            _("The model does not fit into the memory of the graphics card."),
            _("Close other programs that use it, choose a smaller base (`sunto models list`), or add --device cpu."),
        ) from error
    except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
        raise ModelLoadError(
            _("The model in {directory} does not load: {reason}").format(
                directory=directory, reason=str(error).strip().split("\n")[0]
            ),
            _("Remove it with `sunto models remove` and fetch it again."),
        ) from error


def _compute_in(model: Any, dtype: Any) -> None:
    """Give everything but the 4-bit codes this dtype.

    transformers keeps a quantized checkpoint's own dtype, whatever it is asked for: on cards and CPUs without
    bfloat16 every activation would be emulated.
    """
    from bitsandbytes.nn.modules import Linear4bit

    for parameter in model.parameters():
        if parameter.is_floating_point():
            parameter.data = parameter.data.to(dtype)
    layers: list[Any] = [module for module in model.modules() if isinstance(module, Linear4bit)]
    for layer in layers:
        layer.compute_dtype = dtype
        layer.compute_type_is_set = True
        layer.weight.quant_state.dtype = dtype
    model.config.dtype = dtype
