"""What is not kept for the way back, because it is quickly made again from what is.

Between two products with weights stand norms and gates: element by element, and so cheap that their results are only
memory. What a norm makes of a layer's input, and what a gate lets through, are inputs of such products too, which
would keep them (`lora`). Here each such piece keeps its own inputs and nothing else, and says how its result is made,
so that the product after it need not keep that result either: a layer of a Llama keeps half as much.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

Make = Callable[..., torch.Tensor]


@dataclass(frozen=True)
class Recipe:
    result: torch.Tensor
    make: Make
    inputs: tuple[torch.Tensor, ...]


class Remaking:
    """The norms and gates of one model."""

    def __init__(self, model: Any) -> None:
        self._latest: Recipe | None = None
        self._pieces: list[tuple[nn.Module, Make]] = []
        for module in model.modules():
            if "Norm" in type(module).__name__:
                self._pieces.append((module, partial(self._apply, module.forward)))
            elif _is_gated(module, model.dtype):
                self._pieces.append((module, partial(self._gated, module)))

    def recipe_of(self, tensor: torch.Tensor) -> Recipe | None:
        """How it was made, if it was the last thing that was."""
        return self._latest if self._latest is not None and self._latest.result is tensor else None

    @contextmanager
    def installed(self) -> Generator[None]:
        """The model's pieces keep only their inputs; afterwards they are as before."""
        own = [module.__dict__.get("forward") for module, _instead in self._pieces]  # a library may have put one there
        for module, instead in self._pieces:
            module.forward = instead
        try:
            yield
        finally:
            self._latest = None
            for (module, _instead), before in zip(self._pieces, own, strict=True):
                if before is None:
                    del module.forward
                else:
                    module.forward = before

    def _apply(self, make: Make, *inputs: torch.Tensor) -> torch.Tensor:
        result: Any = _Remade.apply(make, *inputs)  # pyright: ignore[reportUnknownMemberType]
        self._latest = Recipe(result, make, tuple(tensor.detach() for tensor in inputs))
        return result

    def _gated(self, module: Any, x: torch.Tensor) -> torch.Tensor:
        return module.down_proj(self._apply(partial(_gate, module.act_fn), module.gate_proj(x), module.up_proj(x)))


class _Remade(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, make: Make, *inputs: torch.Tensor) -> torch.Tensor:
        ctx.make = make
        ctx.save_for_backward(*inputs)
        return make(*inputs)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        wanted: Sequence[bool] = ctx.needs_input_grad[1:]
        with torch.enable_grad():
            inputs = [
                tensor.detach().requires_grad_(needed) for tensor, needed in zip(ctx.saved_tensors, wanted, strict=True)
            ]
            result = ctx.make(*inputs)
        needing = [tensor for tensor in inputs if tensor.requires_grad]
        found = iter(torch.autograd.grad(result, needing, gradient))
        return (None, *(next(found) if needed else None for needed in wanted))


def _gate(activation: Make, gate: torch.Tensor, up: torch.Tensor) -> torch.Tensor:
    return activation(gate) * up


def _is_gated(module: Any, dtype: torch.dtype) -> bool:
    """Whether it is down(activation(gate(x)) · up(x)) and nothing else: the module itself is asked."""
    if not all(hasattr(module, name) for name in ("gate_proj", "up_proj", "down_proj", "act_fn")):
        return False
    layer = getattr(module.gate_proj, "base", module.gate_proj)
    if not isinstance(layer, nn.Linear):
        return False
    size = layer.in_features
    x = torch.linspace(-1, 1, 2 * size, device=layer.weight.device).view(1, 2, size).to(dtype)
    with torch.no_grad():
        ours = module.down_proj(_gate(module.act_fn, module.gate_proj(x), module.up_proj(x)))
        return torch.equal(module(x), ours)
