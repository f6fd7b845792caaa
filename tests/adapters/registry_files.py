"""Adapters small enough to be made by the hundred: a configuration with a number in it, and a few bytes of weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from adapters import registry

State = dict[str, tuple[int, dict[int, int]]]
"""Name → number of the version in use, and number → mark (the rank) of every version."""


def fill(directory: Path, mark: int, **card: Any) -> None:
    (directory / "adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "base_model_name_or_path": "starter", "r": mark}), encoding="utf-8"
    )
    (directory / "adapter_model.safetensors").write_bytes(bytes([mark % 256]) * 64)
    (directory / "sunto.json").write_text(json.dumps({"base": {"name": "starter"}, **card}), encoding="utf-8")


def install(name: str, mark: int, *, overwrite: bool = True, **card: Any) -> Path:
    """Publish an adapter that is known by its mark."""
    with registry.staging() as staging:
        with registry.writing():
            fill(staging, mark, **card)
        return registry.publish(staging, name, overwrite=overwrite)


def state() -> State:
    """What the registry lists, every file of every version looked at."""
    found: State = {}
    for record in registry.list_adapters():
        versions = registry.earlier_versions(record)
        assert {version.version for version in versions} == set(record.versions), "a version cannot be read"
        marks = {version.version: version.r for version in (record, *versions)}
        for version in (record, *versions):
            weights = (version.directory / "adapter_model.safetensors").read_bytes()
            assert weights == bytes([version.r % 256]) * 64, "files of two versions are mixed"
        found[record.name] = (record.version, marks)
    return found


def leftovers() -> list[str]:
    return sorted(path.name for path in registry.adapters_dir().iterdir() if path.name.startswith("."))
