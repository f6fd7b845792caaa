"""An adapter while it is trained: float32 A and B beside the base's linear layers, and their products.

y = W x + scaling · B A dropout(x) (Hu et al. 2021), with PEFT's initial values. Layers that read the same input
(queries, keys and values; gate and up) are computed together: one dropout mask, one product with all their A, one
gradient of the input. Products are in the activations' dtype, A and B themselves in float32, so that small steps are
not rounded away. The base's weights are only read: 4-bit ones are dequantized for the way back, one layer at a time.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import torch
from torch import nn

from adapters.training.dropout import choose, without
from adapters.training.remaking import Recipe
from assistant.engine.adapter_files import Adapter, LoraSettings, Pair
from assistant.engine.lora import Beside, linear_modules, replace

_SAME_INPUT = (("q_proj", "k_proj", "v_proj"), ("gate_proj", "up_proj"))
"""Names of layers that one parent gives the same input. Where it does not, each is computed for itself."""


class AdapterInTraining:
    """A and B of every linear layer of a model. Made with `attach`."""

    def __init__(self, model: Any, settings: LoraSettings, layers: Mapping[str, LoraLinear]) -> None:
        self.settings = settings
        self._model = model
        self._layers = layers
        self._switch = next(iter(layers.values())).group.switch

    @classmethod
    def attach(cls, model: Any, settings: LoraSettings, seed: int) -> AdapterInTraining:
        """A fresh adapter on every linear layer. B is zero, so that nothing changes yet; the seed decides A."""
        generator = torch.Generator().manual_seed(seed)
        switch = _Switch(settings.lora_dropout)
        layers: dict[str, LoraLinear] = {}
        bases = linear_modules(model)
        for names in _groups(list(bases)):
            group = _Group(switch)
            for name in names:
                layers[name] = LoraLinear(bases[name], group, settings)
        for name in bases:  # in the model's order, which PEFT follows too
            layers[name].initialize(generator)
            replace(model, name, layers[name])
        return cls(model, settings, {name: layers[name] for name in bases})

    @property
    def parameters(self) -> list[nn.Parameter]:
        """A, B, A, B, …, always in the same order."""
        return [weight for layer in self._layers.values() for weight in (layer.lora_A, layer.lora_B)]

    @property
    def nbytes(self) -> int:
        return sum(weight.nbytes for weight in self.parameters)

    def weights(self) -> dict[str, Pair]:
        """Module name → A of shape (r, in) and B of shape (out, r): the very tensors, which go on changing."""
        return {name: (layer.lora_A.detach(), layer.lora_B.detach()) for name, layer in self._layers.items()}

    @torch.no_grad()
    def load(self, weights: Mapping[str, Pair]) -> None:
        """Copy these values in. Raises KeyError where a module is missing, RuntimeError where a shape differs."""
        for name, layer in self._layers.items():
            a, b = weights[name]
            layer.lora_A.copy_(a)
            layer.lora_B.copy_(b)

    def snapshot(self, name: str) -> Adapter:
        """As it is now, ready to be placed in a slot and asked. Its tensors go on changing: place it at once."""
        digest = hashlib.sha256()
        for weight in self.parameters:
            digest.update(weight.detach().cpu().contiguous().numpy().tobytes())
        scaling = self.settings.scaling
        weights = {module: (a, b, scaling) for module, (a, b) in self.weights().items()}
        return Adapter(name, digest.hexdigest(), weights, self.settings.invocation)

    def detach(self) -> None:
        """Take it off; the base's layers are the same objects as before."""
        for name, layer in self._layers.items():
            replace(self._model, name, layer.base)

    def divide_gradients(self, by: float) -> None:
        """From now on A and B get their gradients divided by this, in float32: what the loss was multiplied with."""
        self._switch.divisor = by

    def turn(self, *, on: bool, dropout: bool) -> None:
        """Whether the model computes with it from now on, and whether a share of its inputs is left out."""
        self._switch.on, self._switch.dropout = on, dropout

    def ask_how_made(self, recipe_of: Callable[[torch.Tensor], Recipe | None]) -> None:
        """From now on an input is not kept for the way back if this knows how to make it again."""
        self._switch.recipe_of = recipe_of

    def forget(self) -> None:
        """Let go of products that a layer of a group did not ask for, such as after a forward pass that failed."""
        for layer in self._layers.values():
            layer.group.forget()


class LoraLinear(Beside):
    """A linear layer of the base and the A and B beside it, computed with the other layers of its group."""

    def __init__(self, base: nn.Linear, group: _Group, settings: LoraSettings) -> None:
        super().__init__(base)
        device = base.weight.device
        self.lora_A = nn.Parameter(torch.empty(settings.r, base.in_features, device=device))
        """(r, in)"""
        self.lora_B = nn.Parameter(torch.zeros(base.out_features, settings.r, device=device))
        """(out, r)"""
        self.scaling = settings.scaling
        self.group = group
        self._index = group.join(self)

    @torch.no_grad()
    def initialize(self, generator: torch.Generator) -> None:
        a = torch.empty(self.lora_A.shape)
        nn.init.kaiming_uniform_(a, a=math.sqrt(5), generator=generator)  # PEFT's default for A
        self.lora_A.copy_(a)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x of shape (..., in) → (..., out)."""
        return self.group.product(x, self._index)


class _Switch:
    """What all groups look at."""

    def __init__(self, probability: float) -> None:
        self.on = True
        self.dropout = False
        self.probability = probability
        self.divisor = 1.0
        """Of the gradients of A and B."""
        self.recipe_of: Callable[[torch.Tensor], Recipe | None] = lambda _tensor: None


class _Group:
    """Layers that read the same input; the first that is asked computes the products of all."""

    def __init__(self, switch: _Switch) -> None:
        self.switch = switch
        self.layers: tuple[LoraLinear, ...] = ()
        self._input: torch.Tensor | None = None
        self._products: dict[int, torch.Tensor] = {}
        """Not yet asked for."""

    def join(self, layer: LoraLinear) -> int:
        self.layers = (*self.layers, layer)
        return len(self.layers) - 1

    def product(self, x: torch.Tensor, index: int) -> torch.Tensor:
        if not self.switch.on:
            return self.layers[index].base(x)
        if self._input is not x or index not in self._products:
            self._input, self._products = x, dict(enumerate(self._all_products(x)))
        product = self._products.pop(index)
        if not self._products:
            self._input = None
        return product

    def forget(self) -> None:
        self._input, self._products = None, {}

    def _all_products(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        probability = self.switch.probability if self.switch.dropout else 0.0
        recipe = self.switch.recipe_of(x)
        left_out = choose(x, probability)
        weights = [weight for layer in self.layers for weight in (layer.lora_A, layer.lora_B)]
        larger = 1 / (1 - probability)
        found: Any = _Products.apply(x, recipe, left_out, larger, self.switch.divisor, self.layers, *weights)  # pyright: ignore[reportUnknownMemberType]
        return found


class _Products(torch.autograd.Function):
    """W x + scaling · B A dropout(x) of each layer of a group. For the way back x is kept, or what it was made from.

    What dropout leaves of x would have to be made larger; B is instead (`larger`), which has far fewer elements.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: torch.Tensor,
        recipe: Recipe | None,
        left_out: torch.Tensor | None,
        larger: float,
        divisor: float,
        layers: Sequence[LoraLinear],
        *weights: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        """x of shape (..., in); weights are A, B, A, B, …; returns a tensor of shape (..., out) for each layer."""
        low = without(x, left_out).flatten(0, -2) @ _all_a(weights, x.dtype).T
        products: list[torch.Tensor] = []
        for layer, b, part in zip(layers, weights[1::2], low.split(_ranks(weights), dim=1), strict=True):
            y: torch.Tensor = layer.base(x)
            y.view(-1, y.shape[-1]).addmm_(part, (b * (layer.scaling * larger)).to(x.dtype).T)
            products.append(y)
        ctx.layers, ctx.larger, ctx.divisor = layers, larger, divisor
        ctx.make = recipe.make if recipe else None
        ctx.save_for_backward(left_out, low, *weights, *(recipe.inputs if recipe else (x,)))
        return tuple(products)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor | None) -> tuple[torch.Tensor | None, ...]:  # pyright: ignore[reportIncompatibleMethodOverride]
        left_out, low, *others = ctx.saved_tensors
        weights, source = others[: 2 * len(ctx.layers)], others[2 * len(ctx.layers) :]
        x = ctx.make(*source) if ctx.make else source[0]
        back = torch.zeros_like(low)
        grad_x: torch.Tensor | None = None
        grad_b: list[torch.Tensor] = []
        parts = zip(low.split(_ranks(weights), dim=1), back.split(_ranks(weights), dim=1), strict=True)
        for layer, b, gradient, (part, back_part) in zip(ctx.layers, weights[1::2], gradients, parts, strict=True):
            if gradient is None:  # what this layer computed was not used
                grad_b.append(torch.zeros_like(b))
                continue
            rows, scale = gradient.flatten(0, -2), layer.scaling * ctx.larger
            back_part.copy_(rows @ (b * scale).to(x.dtype))
            grad_b.append((rows.T @ part).to(b.dtype).mul_(scale / ctx.divisor))
            if ctx.needs_input_grad[0]:
                weight = base_weight(layer.base, x.dtype)
                grad_x = rows @ weight if grad_x is None else grad_x.addmm_(rows, weight)
        grad_a = (back.T @ without(x, left_out).flatten(0, -2)).to(weights[0].dtype)
        if grad_x is not None:
            grad_x = grad_x.view(x.shape).add_(without((back @ _all_a(weights, x.dtype)).view(x.shape), left_out))
        all_grad_a = grad_a.div_(ctx.divisor).split(_ranks(weights))
        pairs = [gradient for pair in zip(all_grad_a, grad_b, strict=True) for gradient in pair]
        return (grad_x, None, None, None, None, None, *pairs)


def base_weight(layer: nn.Linear, dtype: torch.dtype) -> torch.Tensor:
    """The weight of a layer of the base, shape (out, in), dequantized if it is in 4 bits."""
    state = getattr(layer.weight, "quant_state", None)
    if state is None:
        return layer.weight.to(dtype)
    from bitsandbytes.functional import dequantize_4bit

    return dequantize_4bit(layer.weight.data, state).to(dtype)


def _all_a(weights: Sequence[torch.Tensor], dtype: torch.dtype) -> torch.Tensor:
    """(sum of ranks, in)"""
    return torch.cat(list(weights[::2])).to(dtype)


def _ranks(weights: Sequence[torch.Tensor]) -> list[int]:
    return [a.shape[0] for a in weights[::2]]


def _groups(names: Sequence[str]) -> Iterator[list[str]]:
    """Names of layers that may read the same input; the others one by one."""
    left = dict.fromkeys(names)
    for name in names:
        if name not in left:
            continue
        parent, dot, last = name.rpartition(".")
        family = next((family for family in _SAME_INPUT if last in family), (last,))
        group = [other for member in family if (other := f"{parent}{dot}{member}") in left]
        yield group
        for member in group:
            del left[member]
