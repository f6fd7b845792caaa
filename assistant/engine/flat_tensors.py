"""The tensors of a safetensors file that is in memory already, as views of its bytes.

The library's `load` copies each tensor, which takes longer than reading the file. Files whose tensors are of one dtype
and lie one behind the other, as every tool writes them, need no copy; any other is left to the library, which also
says what is wrong with a broken one. Format: 8 bytes little-endian length, so many bytes of JSON, then the values
(https://huggingface.co/docs/safetensors, "Format").
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import torch

_DTYPES: Mapping[str, torch.dtype] = {"F32": torch.float32, "BF16": torch.bfloat16, "F16": torch.float16}
_PREFIX_BYTES = 8
_MAX_HEADER_BYTES = 4 << 20


def flat_tensors(data: torch.Tensor) -> dict[str, torch.Tensor] | None:
    """By name, from the bytes of the whole file (uint8, one dimension); None where it has to be read in another way."""
    length = int.from_bytes(bytes(data[:_PREFIX_BYTES].tolist()), "little")
    first = _PREFIX_BYTES + length
    if length > min(_MAX_HEADER_BYTES, len(data) - _PREFIX_BYTES):
        return None
    try:
        header = json.loads(data[_PREFIX_BYTES:first].numpy().tobytes())
        entries = sorted(
            (
                (*map(int, entry["data_offsets"]), name, entry["dtype"], tuple(map(int, entry["shape"])))
                for name, entry in header.items()
                if name != "__metadata__"
            ),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return _views(data[first:], entries)


def _views(values: torch.Tensor, entries: list[Any]) -> dict[str, torch.Tensor] | None:
    """`entries` are (start, end, name, dtype, shape) in the order of their bytes."""
    dtypes = {dtype for _start, _end, _name, dtype, _shape in entries}
    dtype = _DTYPES.get(dtypes.pop()) if len(dtypes) == 1 else None
    starts = [start for start, *_rest in entries]
    ends = [end for _start, end, *_rest in entries]
    if dtype is None or starts != [0, *ends[:-1]] or ends[-1] != len(values):
        return None
    sizes = [math.prod(shape) for *_rest, shape in entries]
    if any(min(shape, default=1) < 1 for *_rest, shape in entries):
        return None
    if any(size * dtype.itemsize != end - start for size, (start, end, *_rest) in zip(sizes, entries, strict=True)):
        return None
    if values.storage_offset() % dtype.itemsize:
        return None
    pieces = values.view(dtype).split(sizes)
    return {name: piece.view(shape) for piece, (_start, _end, name, _dtype, shape) in zip(pieces, entries, strict=True)}
