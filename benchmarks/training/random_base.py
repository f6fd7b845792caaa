"""A base of any size with random weights, in NF4 from the first moment on: its size in 16 bits exists nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from assistant.engine.engine import Engine
from assistant.engine.kv_limits import KVLimits
from assistant.engine.loading import quiet_libraries
from assistant.weights import KeptModel

QWEN3_4B: dict[str, Any] = {
    "model_type": "qwen3",
    "hidden_size": 2560,
    "intermediate_size": 9728,
    "num_hidden_layers": 36,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "vocab_size": 151936,
    "max_position_embeddings": 40960,
    "tie_word_embeddings": True,
}
"""Qwen3-4B, as published."""
_SPREAD = 0.02


def random_engine(shape: dict[str, Any], tokenizer: Any, device: str, limits: KVLimits) -> Engine:
    model = random_base(configuration(shape), device)
    kept = KeptModel(
        name="random",
        directory=Path(),
        revision="",
        weights_sha256="random",
        chat_template_sha256="random",
        context_tokens=shape["max_position_embeddings"],
        chunk_tokens=1024,
        languages=(),
    )
    return Engine(model, tokenizer, kept, limits)


def configuration(shape: dict[str, Any]) -> Any:
    import transformers

    fields = dict(shape)
    return transformers.AutoConfig.for_model(fields.pop("model_type"), **fields)


def random_base(config: Any, device: str) -> Any:
    """In bfloat16 but for its linear layers; ready to answer, without gradients."""
    quiet_libraries()
    import transformers

    config.dtype = torch.bfloat16
    with torch.device("meta"):
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    head = model.get_output_embeddings()
    linear = [name for name, layer in model.named_modules() if isinstance(layer, nn.Linear) and layer is not head]
    for name in linear:
        parent, _dot, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, _quantized(model.get_submodule(name), device))
    for module in model.modules():
        _fill(module, device)
    decoder = model.get_decoder()
    with torch.device(device):
        decoder.rotary_emb = type(decoder.rotary_emb)(config=config)
    model.tie_weights()
    return model.requires_grad_(False).eval()


def _quantized(layer: nn.Linear, device: str) -> nn.Module:
    import bitsandbytes

    parts: Any = bitsandbytes.nn  # has no types
    into, out = layer.in_features, layer.out_features
    made = parts.Linear4bit(into, out, bias=False, compute_dtype=torch.bfloat16, quant_type="nf4", device="meta")
    weight = torch.randn(out, into, dtype=torch.bfloat16, device=device) * _SPREAD
    codes = parts.Params4bit(weight, requires_grad=False, compress_statistics=True, quant_type="nf4", module=made)
    made.weight = codes.to(device)
    return made


def _fill(module: nn.Module, device: str) -> None:
    """Embeddings are random, what multiplies a norm is one."""
    for name, weight in list(module.named_parameters(recurse=False)):
        if weight.is_meta:
            value = torch.ones if weight.ndim == 1 else torch.randn
            made = value(weight.shape, dtype=weight.dtype, device=device)
            setattr(module, name, nn.Parameter(made * (1 if weight.ndim == 1 else _SPREAD), requires_grad=False))
