"""What an event changes in the status bar. Pure."""

from __future__ import annotations

from typing import Any

from assistant.protocol import Event, Finished, ModelLoaded, Progress, TextDelta
from tui.widgets.status_bar import Phase

_LOADING_STAGES = ("download", "quantize", "load")


def status_while(event: Event, phase: Phase) -> dict[str, Any]:
    """Fields of `ModelStatus` that an event of a running job changes."""
    match event:
        case ModelLoaded():
            return {"model": event.model, "device": event.device, "context_tokens": event.context_tokens}
        case _ if phase == "stopping":
            return {}
        case Progress(stage=stage) if stage in _LOADING_STAGES:
            return {"phase": "loading"}
        case Progress() | TextDelta():
            return {"phase": "working"}
        case _:
            return {}


def status_after(event: Event) -> dict[str, Any]:
    """Fields that the end of a job changes."""
    changes: dict[str, Any] = {"phase": "idle"}
    if isinstance(event, Finished):
        result = event.result
        if result.get("model") and result.get("device"):
            changes |= {"model": result["model"], "device": result["device"]}
        if result.get("tokens_per_second"):
            changes["tokens_per_second"] = float(result["tokens_per_second"])
        if result.get("prompt_tokens"):
            changes["context_used"] = int(result["prompt_tokens"]) + int(result.get("generated_tokens") or 0)
    return changes
