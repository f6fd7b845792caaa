"""Adapters with random weights, as if they had been trained, and PEFT's own code beside ours."""

from __future__ import annotations

import json
import re
from pathlib import Path

IDS = [[5, 9, 200, 31, 77]]
"""A prompt of some tokens."""


def make_adapter(engine, directory: Path, settings=None, seed: int = 1, change=None, size: float = 0.1) -> Path:
    """Random A and B for every linear layer; `change` edits the configuration, and its `rank_pattern` the shapes."""
    import torch

    from assistant.engine import lora
    from assistant.engine.adapter_files import LoraSettings, write_adapter

    settings = settings or LoraSettings(r=4, lora_alpha=8)
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, layer in lora.linear_modules(engine.model).items():
        r = _rank(name, (change or {}).get("rank_pattern") or {}, settings.r)
        weights[name] = (
            torch.randn(r, layer.in_features, generator=generator) * size,
            torch.randn(layer.out_features, r, generator=generator) * size,
        )
    directory.mkdir(parents=True, exist_ok=True)
    write_adapter(directory, weights, settings, "tiny")
    if change:
        edit_config(directory, **change)
    return directory


def edit_config(directory: Path, **change) -> None:
    path = directory / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}), encoding="utf-8")


def _rank(name: str, patterns: dict[str, int], default: int) -> int:
    """Written apart from the code under test; PEFT itself checks the shapes in the tests against it."""
    return next((r for key, r in patterns.items() if re.match(rf"(.*\.)?({key})$", name)), default)


def peft_model(base, directory: Path):
    """The adapter through PEFT's own code; changes `base`."""
    from peft import PeftModel

    return PeftModel.from_pretrained(base, directory).eval()


def fixed_logits(engine):
    """What the model makes of `IDS`, with whoever is selected; shape (tokens, vocabulary)."""
    import torch

    with torch.inference_mode():
        return engine.model(input_ids=torch.tensor(IDS)).logits[0]
