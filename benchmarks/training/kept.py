"""Runs that are kept, so that what was trained once with the same tokens, settings and code is not trained again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant.config import data_dir
from benchmarks.measure import ROOT

_OWN_CODE = ("adapters/training", "assistant/engine")
_ELSEWHERE = ("checkpoint", "threads")
"""Decides neither which weights come out nor what they are worth."""


def kept_dir() -> Path:
    """In the data directory."""
    return data_dir() / "benchmarks" / "training"


def train_once(
    who: str, asked: Mapping[str, Any], train: Callable[[Mapping[str, Any], Path], dict[str, Any]]
) -> tuple[dict[str, Any], Path]:
    """What `train` gave, now or earlier, and the directory of the adapter."""
    lasting = {name: value for name, value in asked.items() if name not in _ELSEWHERE}
    directory = kept_dir() / f"{who}-{digest_of(lasting)}"
    path = directory / "result.json"
    if not path.exists():
        directory.mkdir(parents=True, exist_ok=True)
        write(path, train(asked, directory / "adapter"))
    return json.loads(path.read_text(encoding="utf-8")), directory / "adapter"


def write(path: Path, found: object) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(found), encoding="utf-8")
    draft.replace(path)


def digest_of(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def own_code() -> str:
    """Changes with every line of what trains here."""
    files = sorted(path for folder in _OWN_CODE for path in (ROOT / folder).glob("*.py"))
    return digest_of([path.read_text(encoding="utf-8") for path in files])
