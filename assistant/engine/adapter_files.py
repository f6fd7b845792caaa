"""Adapters on disk, in PEFT's format: `adapter_config.json` and `adapter_model.safetensors`.

Not covered: anything that changes more of the model than A and B beside its linear layers (DoRA, trained biases,
`modules_to_save`, ...) is refused by name.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from assistant.errors import AdapterCorruptError, AdapterMismatchError
from assistant.i18n import _

CONFIG_FILE = "adapter_config.json"
WEIGHTS_FILE = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_MAX_CONFIG_BYTES = 1 << 20

_REFUSED: Mapping[str, object] = {
    "use_dora": False,
    "use_qalora": False,
    "lora_bias": False,
    "bias": "none",
    "modules_to_save": None,
    "alora_invocation_tokens": None,
    "trainable_token_indices": None,
    "layer_replication": None,
    "fan_in_fan_out": False,
    "target_parameters": None,
}
"""Fields of PEFT's `LoraConfig` that this module does not carry out, with the value that means "not used"."""


@dataclass(frozen=True)
class LoraSettings:
    r: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.0


@dataclass(frozen=True)
class Adapter:
    name: str
    """The directory's name."""
    sha256: str
    """Of the weights file and the configuration: part of every cache key."""
    weights: Mapping[str, tuple[torch.Tensor, torch.Tensor, float]]
    """Module name → A of shape (r, in), B of shape (out, r), scaling."""


def read_adapter(directory: Path) -> Adapter:
    """Raises AdapterCorruptError when the files are broken, AdapterMismatchError for a kind we do not run."""
    config_bytes, config = _read_config(directory)
    _refuse_other_kinds(config)
    tensors, weights_bytes_sha256 = _read_tensors(directory / WEIGHTS_FILE)
    pairs = _pair_up(tensors)
    try:
        weights = {name: (a, b, _scaling(config, name, a.shape[0])) for name, (a, b) in pairs.items()}
    except (TypeError, ValueError, AttributeError, re.error) as error:
        raise _corrupt(directory / CONFIG_FILE, _("it does not say how strong the adapter is")) from error
    digest = hashlib.sha256(config_bytes + weights_bytes_sha256).hexdigest()
    return Adapter(directory.name, digest, weights)


def _read_config(directory: Path) -> tuple[bytes, dict[str, Any]]:
    path = directory / CONFIG_FILE
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise _corrupt(path, _("it is far too large"))
        data = path.read_bytes()
        config = json.loads(data)
        if not isinstance(config, dict):
            raise _corrupt(path, _("it is not an object"))
    except FileNotFoundError as error:
        raise _corrupt(path, _("it is missing")) from error
    except (OSError, ValueError, RecursionError) as error:
        raise _corrupt(path, str(error)) from error
    return data, config


def _refuse_other_kinds(config: dict[str, Any]) -> None:
    differences = [
        _("{field} is {got}").format(field=field, got=config[field])
        for field, unused in _REFUSED.items()
        if config.get(field, unused) not in (unused, None, [], {})
    ]
    if (kind := config.get("peft_type", "LORA")) != "LORA":
        differences.append(_("{field} is {got}").format(field="peft_type", got=kind))
    if differences:
        raise AdapterMismatchError(
            _("Sunto cannot run this kind of adapter: {differences}.").format(differences="; ".join(differences)),
            _("Ordinary LoRA adapters work, without DoRA and without other trained parts."),
        )


def _read_tensors(path: Path) -> tuple[dict[str, torch.Tensor], bytes]:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        data = path.read_bytes()
        return load(data), hashlib.sha256(data).digest()
    except FileNotFoundError as error:
        raise _corrupt(path, _("it is missing")) from error
    except (OSError, SafetensorError, ValueError, KeyError, RuntimeError) as error:
        raise _corrupt(path, str(error)) from error


def _pair_up(tensors: dict[str, torch.Tensor]) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    found: dict[str, dict[str, torch.Tensor]] = {}
    unknown: list[str] = []
    for key, tensor in tensors.items():
        match = re.fullmatch(rf"{re.escape(_PREFIX)}(.+)\.lora_([AB])\.weight", key)
        if match and tensor.ndim == 2:
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


def _scaling(config: dict[str, Any], module: str, rank: int) -> float:
    """alpha / r, or alpha / sqrt(r) with rank-stabilized LoRA (Kalajdzievski 2023); per-module alphas as in PEFT."""
    alpha = float(_by_pattern(config.get("alpha_pattern") or {}, module, config.get("lora_alpha", rank)))
    return alpha / math.sqrt(rank) if config.get("use_rslora") else alpha / rank


def _by_pattern(patterns: dict[str, Any], module: str, default: Any) -> Any:
    """PEFT's rule: a key matches a module's name or its end after a dot."""
    for pattern, value in patterns.items():
        if re.match(rf"(.*\.)?({pattern})$", module):
            return value
    return default


def _corrupt(path: Path, reason: str) -> AdapterCorruptError:
    return AdapterCorruptError(
        _("The adapter file {path} is damaged: {reason}.").format(path=path, reason=reason.rstrip(".")),
        _("Copy the adapter again from where it came from, or train it again."),
    )


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
    config = {
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
    save_file(tensors, directory / WEIGHTS_FILE, metadata={"format": "pt"})
    (directory / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def some(items: list[str], limit: int = 8) -> str:
    """The first few; a whole model's worth of names would hide the message."""
    rest = len(items) - limit
    return "; ".join(items[:limit]) + (f"; … (+{rest})" if rest > 0 else "")
