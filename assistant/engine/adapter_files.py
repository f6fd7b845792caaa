"""Adapters on disk, in PEFT's format: `adapter_config.json` and `adapter_model.safetensors`."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from assistant.engine.adapter_config import CONFIG_FILE, AdapterConfig, corrupt, read_config, some
from assistant.engine.flat_tensors import flat_tensors
from assistant.errors import AdapterMismatchError
from assistant.i18n import _

WEIGHTS_FILE = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_KEY = re.compile(rf"{re.escape(_PREFIX)}(.+)\.lora_([AB])(?:\.default)?\.weight")
"""As PEFT saves it, and with the adapter's name inside: a `state_dict` saved without `save_pretrained`."""
_PIECE_BYTES = 1 << 20
_DTYPES = (torch.float32, torch.bfloat16, torch.float16, torch.float64)

Pair = tuple[torch.Tensor, torch.Tensor]
"""A of shape (r, in), B of shape (out, r)."""


@dataclass(frozen=True)
class LoraSettings:
    r: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.0
    invocation: tuple[int, ...] = ()
    """See `Adapter.invocation`."""

    @property
    def scaling(self) -> float:
        return self.lora_alpha / self.r


@dataclass(frozen=True)
class Adapter:
    name: str
    """The directory's name."""
    sha256: str
    """Of the weights file and the configuration: part of every cache key."""
    weights: Mapping[str, tuple[torch.Tensor, torch.Tensor, float]]
    """Module name → A of shape (r, in), B of shape (out, r), scaling."""
    invocation: tuple[int, ...] = ()
    """The adapter is active from the last place in the prompt where these tokens stand; empty: on every token."""


def read_adapter(directory: Path) -> Adapter:
    """Raises AdapterCorruptError when the files are broken, AdapterMismatchError for a kind we do not run."""
    config = read_config(directory)
    path = directory / WEIGHTS_FILE
    digest = hashlib.sha256(config.data)
    with ThreadPoolExecutor(1) as beside:  # to hash takes as long as a quick disk does, or all that follows
        data = _read_bytes(path, lambda piece: beside.submit(digest.update, piece))
        pairs = _pair_up(_tensors(path, data))
        _check(path, pairs, config)
        weights = {name: (a, b, config.scaling(name)) for name, (a, b) in pairs.items()}
    return Adapter(directory.name, digest.hexdigest(), weights, config.invocation)


def _read_bytes(path: Path, on_piece: Callable[[memoryview], object]) -> torch.Tensor:
    """The whole file (uint8, one dimension), each piece handed over as it comes."""
    try:
        with path.open("rb", buffering=0) as file:
            data = torch.empty(path.stat().st_size, dtype=torch.uint8)
            left = _memory(data)
            while left and (count := file.readinto(left[:_PIECE_BYTES])):
                on_piece(left[:count])
                left = left[count:]
    except FileNotFoundError as error:
        raise corrupt(path, _("it is missing")) from error
    except OSError as error:
        raise corrupt(path, str(error)) from error
    if left:
        raise corrupt(path, _("it is cut off"))
    return data


def _memory(data: torch.Tensor) -> memoryview:
    """The tensor's own bytes."""
    array: Any = data.numpy()
    return memoryview(array)


def _tensors(path: Path, data: torch.Tensor) -> dict[str, torch.Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    found = flat_tensors(data)
    if found is not None:
        return found
    try:
        return load(data.numpy().tobytes())
    except (SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise corrupt(path, str(error)) from error


def _pair_up(tensors: dict[str, torch.Tensor]) -> dict[str, Pair]:
    found: dict[str, dict[str, torch.Tensor]] = {}
    unknown: list[str] = []
    for key, tensor in tensors.items():
        match = _KEY.fullmatch(key)
        if match and tensor.ndim == 2 and match[2] not in found.get(match[1], {}):
            found.setdefault(match[1], {})[match[2]] = tensor
        else:
            unknown.append(key)
    unknown += [name for name, pair in found.items() if pair.keys() != {"A", "B"}]
    if unknown or not found:
        raise AdapterMismatchError(
            _("The adapter holds weights that Sunto cannot place: {names}.").format(names=some(unknown) or "-"),
            _("Only ordinary LoRA weights (lora_A and lora_B) are understood."),
        )
    return {name: (pair["A"], pair["B"]) for name, pair in found.items()}


def _check(path: Path, pairs: Mapping[str, Pair], config: AdapterConfig) -> None:
    """Ranks as the configuration says, numbers that are numbers. Raises AdapterMismatchError, AdapterCorruptError."""
    differences: list[str] = []
    for name, (a, b) in pairs.items():
        expected, got = config.rank(name), (a.shape[0], b.shape[1])
        if got != (expected, expected):
            differences.append(
                _("{name}: expected rank {expected}, got {got}").format(name=name, expected=expected, got=got)
            )
        differences += [
            _("{name}: expected floating-point numbers, got {got}").format(name=name, got=tensor.dtype)
            for tensor in (a, b)
            if tensor.dtype not in _DTYPES
        ]
    if differences:
        raise AdapterMismatchError(
            _("The adapter's weights do not fit its configuration: {differences}.").format(
                differences=some(differences)
            ),
            _("Copy the adapter again from where it came from, or train it again."),
        )
    if not _all_finite(pairs):
        broken = [name for name, pair in pairs.items() if not all(torch.isfinite(tensor).all() for tensor in pair)]
        if broken:
            raise corrupt(path, _("there are weights that are no numbers in {names}").format(names=some(broken)))


def _all_finite(pairs: Mapping[str, Pair]) -> bool:
    """Quickly: one number that is none makes its sum none. Finite ones may overflow, so that False is not certain."""
    sums = [tensor.sum(dtype=torch.float32) for pair in pairs.values() for tensor in pair]
    return bool(torch.isfinite(torch.stack(sums)).all())


def write_adapter(
    directory: Path,
    weights: Mapping[str, tuple[torch.Tensor, torch.Tensor]],
    settings: LoraSettings,
    base_name: str,
) -> None:
    """Write A and B of each module as PEFT would.

    From the adapter's own tensors, never through a `state_dict()` of the whole model: on a CPU with packed 4-bit
    weights that would damage the base.
    """
    from safetensors.torch import save_file

    tensors: dict[str, torch.Tensor] = {}
    for name, (a, b) in weights.items():
        tensors[f"{_PREFIX}{name}.lora_A.weight"] = a.detach().float().cpu().contiguous()
        tensors[f"{_PREFIX}{name}.lora_B.weight"] = b.detach().float().cpu().contiguous()
    targets = sorted({name.rpartition(".")[2] for name in weights})
    config: dict[str, Any] = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": base_name,
        "r": settings.r,
        "lora_alpha": settings.lora_alpha,
        "lora_dropout": settings.lora_dropout,
        "target_modules": targets,
        "bias": "none",
        "inference_mode": True,
        "fan_in_fan_out": False,
        "init_lora_weights": True,
        "use_rslora": False,
        "use_dora": False,
    }
    if settings.invocation:
        config["alora_invocation_tokens"] = list(settings.invocation)
    save_file(tensors, directory / WEIGHTS_FILE, metadata={"format": "pt"})
    (directory / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
