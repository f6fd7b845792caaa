"""Cross-entropy of the tokens that carry a label, with the logits of no others and of few at a time.

With a vocabulary of 150,000 the logits of one prompt would take more memory than the weights of the model.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy

ROWS = 256
"""Of logits that exist at a time."""


def token_losses(head: nn.Linear, hidden: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of each target in nats, float32, shape (targets,).

    `hidden` of shape (targets, hidden size) is what the head makes the logits of.
    """
    found: Any = _TokenLosses.apply(hidden, head, targets)  # pyright: ignore[reportUnknownMemberType]
    return found


class _TokenLosses(torch.autograd.Function):
    """The gradient is computed with the loss, while the logits are there: the head is gone through once each way."""

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor, head: nn.Linear, targets: torch.Tensor) -> torch.Tensor:
        losses: list[torch.Tensor] = []
        gradients: list[torch.Tensor] = []
        for rows, wanted in zip(hidden.split(ROWS), targets.split(ROWS), strict=True):
            logits = head(rows).float()
            losses.append(cross_entropy(logits, wanted, reduction="none"))
            if ctx.needs_input_grad[0]:
                gradient = logits.softmax(-1)
                gradient[torch.arange(len(wanted), device=wanted.device), wanted] -= 1
                gradients.append(gradient.to(hidden.dtype) @ head.weight)
        if gradients:
            ctx.save_for_backward(torch.cat(gradients))
        return torch.cat(losses)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        (of_hidden,) = ctx.saved_tensors
        return of_hidden * gradient[:, None].to(of_hidden.dtype), None, None
