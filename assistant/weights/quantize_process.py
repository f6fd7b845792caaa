"""Quantize in a child process: its memory is given back at the end, and it can be stopped at any moment.

    python -m assistant.weights.quantize_process '{"source": …, "destination": …, "scratch": …, "gguf_file": …}'

The child writes one JSON object a line: `{"done": 0.4}` while it works, then `{"versions"}` or
`{"error", "reason"}`.
"""

from __future__ import annotations

import errno
import json
import os
import sys
from pathlib import Path
from typing import Any

from assistant.children import ChildEnd, leave_with_the_parent, run_module
from assistant.errors import ModelError, ModelLoadError, OutOfMemoryError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.weights.disk import disk_full
from assistant.weights.progress import OnProgress

_CHILD_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}


def quantize_in_child(
    name: str,
    source: Path,
    destination: Path,
    scratch: Path,
    *,
    gguf_file: str = "",
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> dict[str, str]:
    """Write the NF4 checkpoint of `source` to `destination`; returns the versions of the libraries used.

    Raises ModelLoadError, OutOfMemoryError, Stopped.
    """
    job = {
        "source": str(source),
        "destination": str(destination),
        "scratch": str(scratch),
        "gguf_file": gguf_file,
    }
    outcome: dict[str, Any] = {}

    def on_line(line: str) -> None:
        report = json.loads(line)
        if "done" in report:
            on_progress("quantize", report["done"], 1, "", name)
        else:
            outcome.update(report)

    on_progress("quantize", 0, 0, "", name)
    end = run_module(
        "assistant.weights.quantize_process",
        json.dumps(job),
        on_line=on_line,
        should_stop=should_stop,
        environment=_CHILD_ENVIRONMENT,
    )
    if "versions" not in outcome:
        raise _failure(name, outcome, end)
    return outcome["versions"]


def _failure(name: str, outcome: dict[str, Any], end: ChildEnd) -> ModelError:
    kind = outcome.get("error")
    if kind == "DiskFull":
        return disk_full(name)
    if kind == "MemoryError" or (kind is None and end.returncode < 0):
        return OutOfMemoryError(
            _("There was not enough memory to quantize {name}.").format(name=name),
            _("Close other programs and try again, or choose a smaller model."),
        )
    reason = outcome.get("reason") or (end.talk[-1] if end.talk else _("no reason given"))
    return ModelLoadError(
        _("The model {name} could not be quantized: {reason}").format(name=name, reason=reason),
        _("It may be of a kind that the installed transformers does not know; see `sunto doctor`."),
    )


# --- in the child ---------------------------------------------------------------------------------------------


def main(arguments: list[str]) -> int:
    job = json.loads(arguments[0])
    events = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)  # what a library prints goes to the log

    def send(report: dict[str, Any]) -> None:
        events.write(json.dumps(report) + "\n")

    leave_with_the_parent()
    try:
        from assistant.weights.quantize import quantize_checkpoint

        versions = quantize_checkpoint(
            Path(job["source"]),
            Path(job["destination"]),
            Path(job["scratch"]),
            gguf_file=job["gguf_file"],
            report=lambda done: send({"done": done}),
        )
    except Exception as error:  # the seam: whatever a library raises is told to the parent
        sentence = str(error).strip().splitlines()
        reason = sentence[0] if sentence else type(error).__name__
        send({"error": _kind(error), "reason": reason})
        raise
    send({"versions": versions})
    return 0


def _kind(error: Exception) -> str:
    """Names what the parent tells apart. torch and safetensors say it with general errors, in words:
    `c10/core/impl/alloc_cpu.cpp`, and the system's own message for a full disk (ENOSPC; 112 on Windows)."""
    words = str(error)
    if isinstance(error, MemoryError) or "can't allocate memory" in words:
        return "MemoryError"
    if "os error 28" in words or "os error 112" in words or getattr(error, "errno", None) == errno.ENOSPC:
        return "DiskFull"
    return type(error).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
