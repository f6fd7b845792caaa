"""`metrics.jsonl` of a run: one line for each step, evaluation and change of course, in the order they happened.

A line is written at once, so that whoever looks on sees it and a crash loses none. A run that is continued cuts the
file back to where it was when its checkpoint was written: no step stands there twice. Steps that the run itself took
back stay, and those after them have a higher `attempt`.
"""

from __future__ import annotations

import json
import logging
import math
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from adapters.training.records import Adjustment, EvaluationDone, Stepped, Told

logger = logging.getLogger(__name__)

FILE = "metrics.jsonl"
_KINDS = {Stepped: "step", EvaluationDone: "evaluation", Adjustment: "adjustment"}
_MOST_WAITING = 10_000
"""Lines kept in memory while the disk is full; older ones are lost."""


def read_metrics(directory: Path) -> Iterator[dict[str, Any]]:
    """What is known of a run so far; a line that is not whole is left out.

    `kind` is step, evaluation or adjustment; the other fields are those of `adapters.training.records`, and of an
    adjustment `change` says which.
    """
    try:
        with (directory / FILE).open(encoding="utf-8", errors="replace") as file:
            for line in file:
                with suppress(ValueError):
                    row = json.loads(line)
                    if isinstance(row, dict):
                        yield row
    except OSError as error:
        logger.info("no metrics in %s: %s", directory, error)


class MetricsFile:
    """Appends to a run's metrics. A full disk does not stop the training: lines wait until there is room."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE
        self._waiting: list[bytes] = []

    def add(self, told: Told, attempt: int) -> dict[str, Any]:
        """`attempt` is the number of rollbacks before it. Returns the row, see `read_metrics`."""
        row = _row(told, attempt)
        line = json.dumps(row, ensure_ascii=False, allow_nan=False)
        self._waiting = [*self._waiting, f"{line}\n".encode()][-_MOST_WAITING:]
        before = self._size_bytes()
        try:
            with self.path.open("ab") as file:
                file.write(b"".join(self._waiting))
            self._waiting = []
        except OSError as error:
            logger.warning("the metrics could not be written: %s", error)
            with suppress(OSError):
                self._truncate(before)  # half a line would spoil the next one
        return row

    def settle(self) -> int:
        """Everything is on the disk itself; the size of the file in bytes, for `cut`."""
        with suppress(OSError), self.path.open("ab") as file:
            os.fsync(file.fileno())
        return self._size_bytes()

    def cut(self, size_bytes: int) -> None:
        """Forget what was written since the file had that size, and a half line at its end. Raises OSError."""
        with suppress(FileNotFoundError):
            kept = self.path.read_bytes()[:size_bytes]
            self._truncate(kept.rfind(b"\n") + 1)

    def _truncate(self, size_bytes: int) -> None:
        if self._size_bytes() > size_bytes:
            os.truncate(self.path, size_bytes)

    def _size_bytes(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0


def _row(told: Told, attempt: int) -> dict[str, Any]:
    """JSON has no word for what is not a number: it is null."""
    fields = asdict(told)
    if isinstance(told, Adjustment):
        fields["change"] = fields.pop("kind")
    finite = {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in fields.items()
    }
    return {"kind": _KINDS[type(told)], "attempt": attempt, **finite}
