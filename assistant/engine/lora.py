"""Linear layers of the base and what stands beside them; an adapter that is being trained.

y = W x + scaling · B A x (Hu et al. 2021). The base's own layers are never touched, so that taking an adapter off
leaves the model bit for bit as it was. Adapters that only answer are in `slots`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import torch
from torch import nn

from assistant.engine.adapter_config import some
from assistant.engine.adapter_files import Adapter, LoraSettings
from assistant.errors import AdapterMismatchError
from assistant.i18n import _


class Beside(nn.Module):
    """Stands where a linear layer of the base stood, and computes it and something more."""

    base: nn.Linear

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base


class LoraLinear(Beside):
    """A linear layer of the base with an adapter's A and B beside it, to be trained."""

    def __init__(self, base: nn.Linear, a: torch.Tensor, b: torch.Tensor, scaling: float, dropout: float = 0.0) -> None:
        super().__init__(base)
        self.lora_A = nn.Parameter(a, requires_grad=False)
        """(r, in)"""
        self.lora_B = nn.Parameter(b, requires_grad=False)
        """(out, r)"""
        self.scaling = scaling
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x of shape (..., in) → (..., out)."""
        # Matrix products in the activations' dtype: float32 masters stay exact, the products stay fast.
        low = nn.functional.linear(self.dropout(x), self.lora_A.to(x.dtype))
        return self.base(x) + nn.functional.linear(low, self.lora_B.to(x.dtype)) * self.scaling


def linear_modules(model: Any) -> dict[str, nn.Linear]:
    """Every linear layer an adapter may change, by name: all but the output head, as in QLoRA."""
    head = model.get_output_embeddings()
    found: dict[str, nn.Linear] = {}
    for name, module in model.named_modules():
        layer = module.base if isinstance(module, Beside) else module
        if isinstance(layer, nn.Linear) and layer is not head and not name.endswith(".base"):
            found[name] = layer
    return found


def check_fits(layers: Mapping[str, nn.Linear], adapter: Adapter) -> None:
    """Raises AdapterMismatchError with every difference from the base's layers (`linear_modules`), expected and got."""
    differences: list[str] = []
    for name, (a, b, _scale) in adapter.weights.items():
        layer = layers.get(name)
        if layer is None:
            differences.append(_("{name}: the base has no such layer").format(name=name))
            continue
        expected, got = (layer.in_features, layer.out_features), (a.shape[1], b.shape[0])
        if expected != got:
            differences.append(
                _("{name}: expected {expected}, got {got}").format(name=name, expected=expected, got=got)
            )
    if differences:
        raise AdapterMismatchError(
            _("The adapter “{name}” was made for another base: {differences}.").format(
                name=adapter.name, differences=some(differences)
            ),
            _("Use the base it was trained on (`sunto adapters show {name}`), or train it again on this one.").format(
                name=adapter.name
            ),
        )


def attach_new(model: Any, settings: LoraSettings, seed: int) -> list[LoraLinear]:
    """Put a fresh adapter on every linear layer, ready to be trained: float32, B zero, so that nothing changes yet."""
    generator = torch.Generator().manual_seed(seed)
    added: list[LoraLinear] = []
    for name, layer in linear_modules(model).items():
        a = torch.empty(settings.r, layer.in_features)
        nn.init.kaiming_uniform_(a, a=math.sqrt(5), generator=generator)  # PEFT's default for A
        b = torch.zeros(layer.out_features, settings.r)
        device = layer.weight.device
        lora = LoraLinear(layer, a.to(device), b.to(device), settings.lora_alpha / settings.r, settings.lora_dropout)
        lora.lora_A.requires_grad_(True)
        lora.lora_B.requires_grad_(True)
        replace(model, name, lora)
        added.append(lora)
    return added


def trained_weights(model: nn.Module) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """Module name → (A, B) of the adapter in training."""
    return {name: (module.lora_A, module.lora_B) for name, module in _attached(model)}


def detach(model: nn.Module) -> None:
    """Take off the adapter in training; the base's layers are the same objects as before."""
    for name, module in list(_attached(model)):
        replace(model, name, module.base)


def _attached(model: nn.Module) -> Iterator[tuple[str, LoraLinear]]:
    for name, module in model.named_modules():
        if isinstance(module, LoraLinear):
            yield name, module


def replace(model: nn.Module, name: str, module: nn.Module) -> None:
    """Put this module where the one of this name stands."""
    parent, _dot, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, module)
