"""How an adapter is trained: everything that decides which weights come out, data and base apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["lora", "alora"]

PRESETS: dict[str, float] = {"prudent": 5e-5, "normal": 1e-4, "bold": 2e-4}
"""Learning rates."""


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    learning_rate: float = 1e-4
    epochs: int = 3
    max_steps: int = 0
    """0 is no limit."""
    batch_size: int = 8
    """Examples per optimizer step, however many go through the model at a time."""
    r: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    kind: Kind = "lora"
    seed: int = 0
    max_tokens: int = 0
    """Length of one example, prompt and target together; 0 is `MAX_TOKENS` of the device."""
    warm_up_share: float = 0.1
    """Of all steps: the learning rate rises from zero first, then falls along a cosine."""
    max_gradient_norm: float = 1.0
    evaluations_per_epoch: int = 2
    """On the held-out documents."""
    patience: int = 3
    """So many evaluations without an improvement end the training; 0 never does."""
