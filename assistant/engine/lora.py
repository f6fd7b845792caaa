"""Linear layers of the base, and what stands beside them.

y = W x + scaling · B A x (Hu et al. 2021). The base's own layers are never touched, so that taking an adapter off
leaves the model bit for bit as it was. Adapters that answer are in `slots`, those in training in `adapters.training`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import nn

from assistant.engine.adapter_config import some
from assistant.engine.adapter_files import Adapter
from assistant.errors import AdapterMismatchError
from assistant.i18n import _


class Beside(nn.Module):
    """Stands where a linear layer of the base stood, and computes it and something more."""

    base: nn.Linear

    def __init__(self, base: nn.Linear) -> None:
        super().__init__()
        self.base = base


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


def replace(model: nn.Module, name: str, module: nn.Module) -> None:
    """Put this module where the one of this name stands."""
    parent, _dot, child = name.rpartition(".")
    setattr(model.get_submodule(parent), child, module)
