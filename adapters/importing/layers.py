"""The base's linear layers, without its weights: the architecture is built on torch's meta device, which holds none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.weights.store import KeptModel


@dataclass(frozen=True)
class BaseLayers:
    linear: Mapping[str, tuple[int, int]]
    """Name of each layer that an adapter may change → (in, out): the same as `engine.lora.linear_modules` gives."""
    head: str
    """The name of the output head, which adapters may not change; empty if there is none."""
    names: frozenset[str]
    """Of all modules."""
    vocabulary_tokens: int


def base_layers(model: KeptModel) -> BaseLayers:
    """Read once for each base. Raises ModelLoadError."""
    return _layers(model.directory, model.weights_sha256)


@lru_cache(maxsize=8)
def _layers(directory: Path, _weights_sha256: str) -> BaseLayers:
    """The hash is part of the key: another base may have come into the same folder."""
    from assistant.engine.loading import load_errors, quiet_libraries

    quiet_libraries()
    import torch
    import transformers

    from assistant.engine.lora import linear_modules

    with load_errors(directory):
        config: Any = transformers.AutoConfig.from_pretrained(directory, local_files_only=True, trust_remote_code=False)
        with torch.device("meta"):
            model: Any = transformers.AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    head = model.get_output_embeddings()
    return BaseLayers(
        linear={name: (layer.in_features, layer.out_features) for name, layer in linear_modules(model).items()},
        head=next((name for name, module in model.named_modules() if module is head), "") if head is not None else "",
        names=frozenset(name for name, _module in model.named_modules()),
        vocabulary_tokens=int(config.get_text_config().vocab_size),
    )
