"""Gradient checkpointing of as many decoder layers as memory asks for (Chen et al. 2016).

Such a layer keeps only its input, and is computed a second time on the way back: the same numbers, dropout included,
for a third more time. The first layers are taken: when they are computed again, what the later ones kept is gone.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from torch.utils.checkpoint import checkpoint


def decoder_layers(model: Any) -> list[Any]:
    """Those of the model that can be checkpointed, in its order."""
    from transformers.modeling_layers import GradientCheckpointingLayer

    return [module for module in model.modules() if isinstance(module, GradientCheckpointingLayer)]


def checkpoint_layers(model: Any, count: int) -> None:
    """The first `count` layers from now on, in training mode; 0 is none."""
    again = partial(checkpoint, use_reentrant=False)
    for index, layer in enumerate(decoder_layers(model)):
        layer.gradient_checkpointing = index < count
        layer._gradient_checkpointing_func = again
