"""Adapters and a base model as they lie in the data directory, without weights worth the name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from assistant.weights.store import KeptModel, Manifest, write_manifest

BASE = "scripted-135m"
OTHER_BASE = "Qwen/Qwen3-4B-Instruct-2507"


def keep_base(home: Path, name: str = BASE) -> None:
    """Its manifest: enough for adapters to be held against it."""
    model = KeptModel(
        name=name,
        directory=home / "models" / name,
        revision="1",
        weights_sha256="a" * 64,
        chat_template_sha256="b" * 64,
        context_tokens=2048,
        chunk_tokens=256,
        languages=("en",),
    )
    write_manifest(Manifest(model, "folder", {}, {}, {}, {}))


def keep_adapter(home: Path, name: str, base: str = BASE, kind: str = "lora", size: int = 4096, **card: Any) -> Path:
    """With a card where anything is given for it."""
    folder = home / "adapters" / name
    folder.mkdir(parents=True)
    config: dict[str, Any] = {"peft_type": "LORA", "r": 16, "base_model_name_or_path": base}
    if kind == "alora":
        config["alora_invocation_tokens"] = [1, 2]
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "adapter_model.safetensors").write_bytes(b"\0" * size)
    if card:
        known = {"base": {"name": base}, "name": name, "kind": kind, **card}
        (folder / "sunto.json").write_text(json.dumps(known), encoding="utf-8")
    return folder


def keep_version(home: Path, name: str, number: int, base: str = BASE, **card: Any) -> Path:
    """An earlier version of an adapter that is kept."""
    folder = home / "adapters" / name / "versions" / str(number)
    folder.mkdir(parents=True)
    config = {"peft_type": "LORA", "r": 8, "base_model_name_or_path": base}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / "adapter_model.safetensors").write_bytes(b"\0" * 64)
    known = {"base": {"name": base}, "name": name, "version": number, **card}
    (folder / "sunto.json").write_text(json.dumps(known), encoding="utf-8")
    return folder
