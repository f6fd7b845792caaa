"""`evaluation/saved.json` beside an adapter: what its files were when it was saved, so that changes are noticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypedDict, cast

from adapters.dataset.whole_file import replace_file

FOLDER = "evaluation"
SAVED_FILE = "saved.json"
_MAX_BYTES = 4 << 20
"""A model of 80 layers has 1,120 tensors, of which each takes 120 bytes here."""


class Saved(TypedDict):
    format: int
    weights_sha256: str
    """Of the file, as `config_sha256`."""
    config_sha256: str
    scaling: float
    """alpha / r"""
    tensors: dict[str, str]
    """SHA-256 of each, by module: see `tensor_digests`."""


def write_saved(directory: Path, digests: Mapping[str, str], scaling: float) -> None:
    """Of the adapter in this folder, whose files are written. Raises OSError."""
    from assistant.engine.adapter_files import CONFIG_FILE, WEIGHTS_FILE

    saved = Saved(
        format=1,
        weights_sha256=file_sha256(directory / WEIGHTS_FILE),
        config_sha256=file_sha256(directory / CONFIG_FILE),
        scaling=scaling,
        tensors=dict(digests),
    )
    (directory / FOLDER).mkdir(exist_ok=True)
    replace_file(directory / FOLDER / SAVED_FILE, [json.dumps(saved, indent=1), "\n"])


def read_saved(directory: Path) -> Saved | None:
    """None where there is none, or none that can be read: of an adapter made elsewhere, or by an earlier Sunto."""
    path = directory / FOLDER / SAVED_FILE
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    known = isinstance(found, dict) and found.get("format") == 1 and Saved.__annotations__.keys() <= found.keys()
    return cast("Saved", found) if known and isinstance(found["tensors"], dict) else None


def tensor_digests(weights: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of A and of B of each module, in float32: `layers.0.q_proj.A`."""
    found: dict[str, str] = {}
    for module, (a, b, *_scaling) in weights.items():
        for which, tensor in (("A", a), ("B", b)):
            data = tensor.detach().float().cpu().contiguous().numpy().tobytes()
            found[f"{module}.{which}"] = hashlib.sha256(data).hexdigest()
    return found


def file_sha256(path: Path) -> str:
    """Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
