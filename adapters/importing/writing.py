"""The staging folder: PEFT's two files, normalised, so that everything that reads PEFT's format reads them.

The weights are copied block by block behind a new header with PEFT's names; each value is looked at on the way.
"""

from __future__ import annotations

import json
import os
import struct
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from adapters.importing.header import BYTES, Tensor
from adapters.importing.layers import BaseLayers
from adapters.importing.patterns import by_pattern
from adapters.importing.reader import Reader
from adapters.importing.settings import LoraSettings
from adapters.importing.source import CONFIG_FILE, WEIGHTS_FILE
from adapters.importing.tensors import PREFIX, Pair
from adapters.importing.trouble import damaged
from assistant.errors import Stopped
from assistant.generation import ShouldStop
from assistant.i18n import _

_BLOCK_BYTES = 1 << 20
_EXPONENTS: Mapping[str, int] = {"F16": 0x7C00, "BF16": 0x7F80, "F32": 0x7F800000}
"""The bits that are all set in values that are no numbers, or infinite."""

OnBlock = Callable[[], object]


def write_weights(
    staging: Path, reader: Reader, pairs: Mapping[str, Pair], should_stop: ShouldStop, on_block: OnBlock
) -> None:
    """The reader stands at the first tensor. Raises AdapterCorruptError, Stopped, OSError."""
    names = {
        pair_tensor: f"{PREFIX}{module}.lora_{side}.weight"
        for module, pair in pairs.items()
        for side, pair_tensor in (("A", pair.a), ("B", pair.b))
    }
    tensors = sorted(names, key=lambda tensor: (tensor.start, tensor.end))
    with (staging / WEIGHTS_FILE).open("xb") as file:
        file.write(_header(tensors, names))
        for tensor in tensors:
            _copy(tensor, reader, file, should_stop, on_block)
        _settle(file)


def write_config(
    staging: Path, settings: LoraSettings, pairs: Mapping[str, Pair], layers: BaseLayers, base: str
) -> None:
    """Raises OSError."""
    with (staging / CONFIG_FILE).open("x", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(peft_config(settings, pairs, layers, base), indent=2, ensure_ascii=False) + "\n")
        _settle(file)


def peft_config(settings: LoraSettings, pairs: Mapping[str, Pair], layers: BaseLayers, base: str) -> dict[str, Any]:
    """PEFT's fields, with ranks and alphas as they are: patterns name layers in full, and need no evaluation."""
    ranks = {module: pair.a.shape[0] for module, pair in pairs.items()}
    alphas = {module: by_pattern(settings.alpha_pattern, module, settings.lora_alpha) for module in pairs}
    rank, alpha = _most_common(ranks.values()), _most_common(alphas.values())
    return {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base,
        "r": rank,
        "lora_alpha": alpha,
        "lora_dropout": settings.lora_dropout,
        "target_modules": _targets(set(pairs), layers),
        "rank_pattern": {module: value for module, value in ranks.items() if value != rank},
        "alpha_pattern": {module: value for module, value in alphas.items() if value != alpha},
        "use_rslora": settings.use_rslora,
        "use_dora": False,
        "bias": "none",
        "fan_in_fan_out": False,
        "init_lora_weights": True,
        "inference_mode": True,
        "modules_to_save": None,
        "alora_invocation_tokens": list(settings.invocation_tokens) or None,
    }


def _targets(modules: set[str], layers: BaseLayers) -> list[str]:
    """The last parts of the names, where these mean the same layers and no others; otherwise the names in full."""
    ends = {name.rpartition(".")[2] for name in modules}
    meant = {name for name in layers.names if name.rpartition(".")[2] in ends}
    return sorted(ends if meant == modules else modules)


def _most_common(values: Any) -> Any:
    return Counter(values).most_common(1)[0][0]


def _header(tensors: Sequence[Tensor], names: Mapping[Tensor, str]) -> bytes:
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    for tensor in tensors:
        entries[names[tensor]] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [tensor.start, tensor.end],
        }
    data = json.dumps(entries, separators=(",", ":")).encode("utf-8")
    data += b" " * (-len(data) % 8)  # as the library writes it, so that values lie at multiples of eight bytes
    return struct.pack("<Q", len(data)) + data


def _copy(tensor: Tensor, reader: Reader, file: IO[bytes], should_stop: ShouldStop, on_block: OnBlock) -> None:
    left = tensor.end - tensor.start
    while left:
        if should_stop():
            raise Stopped
        block = reader.read(min(left, _BLOCK_BYTES))
        if not block or len(block) % BYTES[tensor.dtype]:
            raise damaged(WEIGHTS_FILE, _("it is cut off"))
        if _has_no_number(block, tensor.dtype):
            raise damaged(
                WEIGHTS_FILE, _("{name} holds values that are no numbers, or infinite").format(name=tensor.name)
            )
        file.write(block)
        left -= len(block)
        on_block()


def _has_no_number(block: bytes, dtype: str) -> bool:
    import torch

    bits = torch.frombuffer(bytearray(block), dtype=torch.int32 if BYTES[dtype] == 4 else torch.int16)
    mask = _EXPONENTS[dtype]
    return bool(((bits & mask) == mask).any())


def _settle(file: IO[Any]) -> None:
    """On the disk, not on its way there: the registry may count on it."""
    file.flush()
    os.fsync(file.fileno())
