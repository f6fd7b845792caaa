"""AdamW in 32 or in 8 bits: made, changed into each other, and taken apart into tensors that a file can hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn

from adapters.training.records import OptimizerKind

_BLOCK = 256
"""Weights that share a scale in bitsandbytes' 8-bit moments."""
_CONSTANT = ("qmap1", "qmap2")
"""What bitsandbytes keeps beside the moments: the numbers that 8 bits stand for, the same for all."""


def make_optimizer(kind: OptimizerKind, parameters: Sequence[nn.Parameter], rate: float = 0.0) -> torch.optim.Optimizer:
    """With all its memory taken at once, so that a lack of it shows before the first weight was changed.

    Without weight decay: it would pull a trained adapter back to the bare base.
    """
    if kind == "adamw8bit":
        from bitsandbytes.optim.adamw import AdamW8bit  # deferred: it takes a second, and few trainings need it

        optimizer: Any = AdamW8bit(parameters, lr=rate, weight_decay=0.0)
        for number, parameter in enumerate(parameters):
            optimizer.init_state(optimizer.param_groups[0], parameter, 0, number)
        return optimizer
    optimizer = torch.optim.AdamW(parameters, lr=rate, weight_decay=0.0, fused=True)
    for parameter in parameters:
        optimizer.state[parameter] = {
            "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
            "exp_avg": torch.zeros_like(parameter, memory_format=torch.preserve_format),
            "exp_avg_sq": torch.zeros_like(parameter, memory_format=torch.preserve_format),
        }
    return optimizer


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """All it remembers, as `<number of the parameter>.<what>`; not copied."""
    found: dict[str, torch.Tensor] = {}
    for number, parameter in enumerate(optimizer.param_groups[0]["params"]):
        for what, value in _remembered(optimizer.state[parameter]):
            found[f"{number}.{what}"] = value if isinstance(value, torch.Tensor) else torch.tensor(value)
    return found


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: Mapping[str, torch.Tensor]) -> None:
    """Into one of the same kind with the same parameters. Raises ValueError where it is of another."""
    present = optimizer_tensors(optimizer)
    if present.keys() != tensors.keys() or any(present[key].shape != tensors[key].shape for key in present):
        raise ValueError("the optimizer's state belongs to another optimizer")
    for number, parameter in enumerate(optimizer.param_groups[0]["params"]):
        state = optimizer.state[parameter]
        for what, value in _remembered(state):
            kept = tensors[f"{number}.{what}"]
            if isinstance(value, torch.Tensor):
                value.copy_(kept)
            else:
                state[what] = int(kept)


def _remembered(state: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(what, value) for what, value in state.items() if what not in _CONSTANT]


def change_kind(optimizer: torch.optim.Optimizer, kind: OptimizerKind) -> torch.optim.Optimizer:
    """An optimizer of 8 bits that remembers what this one of 32 bits does, as near as 8 bits come.

    This one stays as it is, so that it can still be kept where memory runs out on the way.
    """
    parameters: list[nn.Parameter] = optimizer.param_groups[0]["params"]
    changed = make_optimizer(kind, parameters, optimizer.param_groups[0]["lr"])
    for parameter in parameters:
        moments = optimizer.state[parameter]
        state = changed.state[parameter]
        state["step"] = int(moments["step"])
        _quantize(state, "1", moments["exp_avg"])
        _quantize(state, "2", moments["exp_avg_sq"])
    return changed


def _quantize(state: dict[str, Any], which: str, moment: torch.Tensor) -> None:
    target: torch.Tensor = state[f"state{which}"]
    if target.dtype != torch.uint8:  # bitsandbytes leaves small tensors their 32 bits
        target.copy_(moment)
        return
    from bitsandbytes import functional

    functional.quantize_blockwise(
        moment, code=state[f"qmap{which}"], absmax=state[f"absmax{which}"], out=target, blocksize=_BLOCK
    )
