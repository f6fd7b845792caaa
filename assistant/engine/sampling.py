"""From logits to the next token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant.generation import GenerationConfig


def make_generator(seed: int, device: Any) -> Any:
    import torch

    return torch.Generator(device=device).manual_seed(seed)


def next_token(logits: Any, generated: Sequence[int], config: GenerationConfig, generator: Any) -> int:
    """The next token's id.

    `logits` has shape (vocabulary,) and any float dtype; `generated` are the tokens of the answer so far.
    """
    import torch

    logits = logits.float()
    if config.repetition_penalty != 1.0 and generated:
        logits = _penalize(logits, generated, config.repetition_penalty)
    if config.temperature <= 0:
        return int(logits.argmax())
    probabilities = torch.softmax(logits / config.temperature, dim=-1)
    probabilities = _nucleus(probabilities, config.top_p)
    return int(torch.multinomial(probabilities, 1, generator=generator))


def _penalize(logits: Any, generated: Sequence[int], penalty: float) -> Any:
    """Keskar et al. 2019 (CTRL), section 4.1, over the answer only: the source text may be quoted freely."""
    import torch

    index = torch.tensor(sorted(set(generated)), device=logits.device)
    values = logits[index]
    logits = logits.clone()
    logits[index] = torch.where(values > 0, values / penalty, values * penalty)
    return logits


def _nucleus(probabilities: Any, top_p: float) -> Any:
    """Holtzman et al. 2020: the smallest set of tokens whose probabilities add up to `top_p`."""
    import torch

    ordered, index = probabilities.sort(descending=True)
    ordered[ordered.cumsum(dim=-1) - ordered >= top_p] = 0.0
    return torch.zeros_like(probabilities).scatter_(0, index, ordered)
