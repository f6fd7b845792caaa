"""TRL's SFTTrainer on the same tokens, in an environment of its own that SUNTO_PEERS names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from adapters.training.schedule import batch_indexes, rate_factor, total_steps
from adapters.training.settings import TrainingSettings
from assistant.weights import KeptModel
from benchmarks.measure import ROOT
from benchmarks.programs import PEERS
from benchmarks.training.rows import Row

DEFAULTS: dict[str, Any] = {"per_device_train_batch_size": 8}
"""As it is installed: padded batches of 8 (its own default), gradient checkpointing, loss in chunks, bf16."""
ONE_BY_ONE: dict[str, Any] = {
    "per_device_train_batch_size": 1,
    "gradient_accumulation_steps": 8,
    "gradient_checkpointing": False,
}
"""No padding and no mask: on a CPU, which has no FlashAttention, TRL's quickest way."""
PACKED: dict[str, Any] = {
    "per_device_train_batch_size": 1,
    "gradient_accumulation_steps": 4,
    "gradient_checkpointing": False,
    "packing": True,
    "max_length": 512,
}
"""About 8 examples a step, several in one sequence."""


def request(
    base: KeptModel,
    rows: Sequence[Row],
    options: Mapping[str, Any],
    settings: TrainingSettings,
    threads: int,
    first: int = 0,
) -> dict[str, Any]:
    """What `peers/trl_training.py` is asked: our order of the rows, our learning rates.

    `first` leaves all but so many steps out; 0 makes all of them.
    """
    steps = range(1, total_steps(settings, len(rows)) + 1)
    return {
        "base": base.weights_sha256,
        "checkpoint": str(base.directory),
        "rows": [rows[index] for step in steps[: first or None] for index in batch_indexes(settings, len(rows), step)],
        "rate_factors": [rate_factor(step, len(steps), settings.warm_up_share) for step in steps],
        "options": dict(options),
        "threads": threads,
        "seed": settings.seed,
        "learning_rate": settings.learning_rate,
        "max_gradient_norm": settings.max_gradient_norm,
        "r": settings.r,
        "lora_alpha": settings.lora_alpha,
        "lora_dropout": settings.lora_dropout,
    }


def train(asked: Mapping[str, Any], adapter: Path) -> dict[str, Any]:
    """Run the trainer once; the adapter lies in `adapter` afterwards."""
    return run_peer("trl_training", {**asked, "adapter": str(adapter)})


def run_peer(script: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a script of the peers prints as its last line. Ends the program where there is no environment for it."""
    peers = Path(os.environ.get("SUNTO_PEERS", ROOT / ".venv-peers"))
    python = next((path for name in ("bin/python", "Scripts/python.exe") if (path := peers / name).exists()), None)
    if python is None:
        sys.exit(f"There is no Python in {peers}: see benchmarks/README.md, “Training beside TRL”.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "request.json")
        path.write_text(json.dumps(asked), encoding="utf-8")
        done = subprocess.run(
            [str(python), str(PEERS / f"{script}.py"), str(path)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "OMP_NUM_THREADS": str(asked["threads"]), "HF_HUB_OFFLINE": "1"},
        )
    if done.returncode:
        sys.exit(f"{script} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])
