"""The real language model: an NF4 base on CPU or CUDA, and the adapters that answer in its place.

    loading     a kept checkpoint -> model and tokenizer
    packing     the fast CPU layout of 4-bit weights, and the way back
    adapter_config what PEFT's configuration says of an adapter
    adapter_files  adapters in PEFT's format, read and written
    flat_tensors   their tensors as views of the bytes of the file
    lora        the base's linear layers, and an adapter in training
    slots       resident adapters: to switch is to change an index
    activation  from which token of a prompt on an adapter is active
    reading     tokens through the model, each with its adapter, and the KV cache
    scoring     how likely given answers are
    kv_store    the KV cache of what was read, kept for the next prompts; made of
    kv_sequence the sequence in progress
    kv_tree     which others are known, block by block
    kv_tiers    where their keys and values lie: device, memory,
    kv_disk     and disk
    kv_limits   how much of each they may take
    batch_cache the KV caches of several sequences in one
    batch       several answers side by side
    answer      one answer while it grows
    memory      how many fit side by side, and how much is kept
    sampling    logits -> the next token
    text        tokens -> text, never half a character
    engine      puts these together: `Engine` is a `LanguageModel`

Importing this package imports nothing heavy; `load_engine` brings in torch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.engine.engine import Engine
    from assistant.weights import KeptModel


def load_engine(kept: KeptModel, device: str = "cpu", *, kept_memory_mb: int = 0, kept_disk_mb: int = 0) -> Engine:
    """With so much memory and disk for what was read; 0 MB of memory: as much as what is free allows.

    Raises ModelLoadError when the files do not load, OutOfMemoryError when they do not fit.
    """
    from assistant.engine.engine import Engine
    from assistant.engine.loading import load_base
    from assistant.engine.memory import document_limits

    model, tokenizer = load_base(kept.directory, device)
    return Engine(model, tokenizer, kept, document_limits(model.device, kept_memory_mb, kept_disk_mb))
