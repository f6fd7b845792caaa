"""A run's curves for TensorBoard, in the run's folder `tensorboard`, where the extra `sunto[tensorboard]` is installed.

`tensorboard --logdir $SUNTO_HOME/runs` shows them all. Nothing here is needed for a training: whatever goes wrong with
the files is logged, and the training goes on without them.
"""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)

FOLDER = "tensorboard"
_FLUSH_SECONDS = 10
_TAGS = {
    "step": {
        "loss": "loss/training",
        "learning_rate": "learning_rate",
        "gradient_norm": "gradient_norm",
        "seconds": "seconds/step",
    },
    "evaluation": {"loss": "loss/held_out", "seconds": "seconds/evaluation"},
}


def is_installed() -> bool:
    return importlib.util.find_spec("tensorboard") is not None


class Board:
    """Writes as the training goes on; does nothing where TensorBoard is not installed."""

    def __init__(self, run_directory: Path) -> None:
        self._directory = run_directory / FOLDER
        self._writer: Any = None

    def add(self, row: Mapping[str, Any]) -> None:
        """A row of the metrics (`adapters.training.metrics`)."""
        if self._writer is None:
            return
        try:
            for name, tag in _TAGS.get(row["kind"], {}).items():
                if row[name] is not None:
                    self._writer.add_scalar(tag, row[name], row["step"])
            if row["kind"] == "adjustment":
                self._writer.add_text("changes", row["message"], row["step"])
        except OSError as error:
            logger.warning("TensorBoard's file cannot be written: %s", error)
            self._writer = None

    def go_back(self, step: int) -> None:
        """Begin, or begin again, after that step: what was written of later ones is not shown."""
        self.close()
        if not is_installed():
            return
        from torch.utils.tensorboard import SummaryWriter  # deferred: it takes half a second

        try:
            self._writer = SummaryWriter(str(self._directory), purge_step=step + 1, flush_secs=_FLUSH_SECONDS)
        except OSError as error:
            logger.warning("TensorBoard's file cannot be made: %s", error)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
