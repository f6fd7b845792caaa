"""What fits into the free memory: answers side by side, documents kept as read; and what running out looks like."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import psutil
import torch

from assistant.config import data_dir
from assistant.engine.kv_limits import KVLimits
from assistant.errors import OutOfMemoryError
from assistant.i18n import _

MAX_ROWS = {"cpu": 8, "cuda": 8}
"""On two cores eight answers side by side took a third of the time of one by one (benchmarks/batching.py). On cards,
where nobody has measured it yet, bitsandbytes' 4-bit product should be nearly as quick for eight rows as for one."""

_SHARE_OF_FREE = 0.5
"""The rest is for activations, for the copy that growing a cache makes, and for other programs."""

_SHARE_FOR_DOCUMENTS = {"cpu": 0.25, "cuda": 0.15}
"""Of what is free once the model is loaded: what was read before is kept there (a book of 7,000 tokens takes 160 MB
with the starter and 1 GB with a model of 4 billion weights)."""

_MOST_FOR_DOCUMENTS = 4 << 30
"""However much is free: beyond this the oldest is not missed."""


def kv_bytes_per_token(config: Any, dtype: torch.dtype) -> int:
    """Of keys and values of one token in all layers, from the model's configuration."""
    text = config.get_text_config()
    heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
    head_size = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
    return 2 * text.num_hidden_layers * heads * head_size * dtype.itemsize


def free_bytes(device: torch.device) -> int:
    """What can still be allocated: on CUDA the device's, with what torch holds in reserve; otherwise the machine's."""
    if device.type == "cuda":
        free, _total = torch.cuda.mem_get_info(device)
        return free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device)
    return psutil.virtual_memory().available


def rows_that_fit(device: torch.device, bytes_per_row: int) -> int:
    """At least 1: whether one fits is found out by trying."""
    fitting = int(free_bytes(device) * _SHARE_OF_FREE) // bytes_per_row
    return max(1, min(fitting, MAX_ROWS[device.type]))


def document_limits(device: torch.device, memory_mb: int = 0, disk_mb: int = 0) -> KVLimits:
    """How much of documents that were read is kept for the next question; 0 MB of memory: by what is free now."""
    return KVLimits(
        device=str(device),
        device_bytes=_for_documents(device) if device.type == "cuda" else 0,
        memory_bytes=memory_mb * 10**6 or _for_documents(torch.device("cpu")),
        disk_bytes=disk_mb * 10**6,
        directory=data_dir() / "kv",
    )


def _for_documents(device: torch.device) -> int:
    return min(int(free_bytes(device) * _SHARE_FOR_DOCUMENTS[device.type]), _MOST_FOR_DOCUMENTS)


_OUT_OF_MEMORY = ("DefaultCPUAllocator", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED")
"""What torch's errors say of it that are no `OutOfMemoryError`: on a CPU, of pinned memory and of a library's own."""


def is_out_of_memory(error: BaseException) -> bool:
    """torch has an error of its own only for what its allocator for a card could not get."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in _OUT_OF_MEMORY)


def release(device: torch.device) -> None:
    """Give back what torch holds in reserve; on a CPU, where glibc is, what its allocator does."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif _trim is not None:
        _trim(0)


def trim(device: torch.device) -> None:
    """Give back what glibc's allocator holds of a training on a CPU; elsewhere nothing, as on Windows and macOS.

    Examples of ever other lengths leave pieces that fit nothing later. Measured with the starter, one thread, batches
    of 6 examples of 120 to 720 tokens, five trainings side by side: the memory above the base after a step grew from
    1,162 MB to 1,570 MB in six steps, and went on. Given back after the fifth it fell to 256 MB there and was 1,313 MB
    after the sixth, for 1.5 % of the processor's time; after every step, for 6 to 7 % (18 % in an earlier measurement:
    the pages have to be asked for again). Half as large micro-batches took 9 % and grew as well; pieces of a megabyte
    and more that the system gives one by one (M_MMAP_THRESHOLD) took 70 %. Weights are the same bit for bit. A card's
    reserve is left as it is: its pieces are used again in other sizes.
    """
    if device.type == "cpu":
        release(device)


def _malloc_trim() -> Callable[[int], int] | None:
    """glibc keeps what was freed for later: after a training that was more than the model itself."""
    if sys.platform != "linux":
        return None
    return getattr(ctypes.CDLL(None), "malloc_trim", None)


_trim = _malloc_trim()


def out_of_memory(device: torch.device, prompt_tokens: int) -> OutOfMemoryError:
    if device.type == "cuda":
        return OutOfMemoryError(
            _("The graphics card ran out of memory at a prompt of {count} tokens.").format(count=prompt_tokens),
            _("Close other programs that use it, give fewer pages at a time, or add --device cpu."),
        )
    return OutOfMemoryError(
        _("The memory ran out at a prompt of {count} tokens.").format(count=prompt_tokens),
        _("Close other programs, give fewer pages at a time, or choose a smaller base (`sunto models list`)."),
    )
