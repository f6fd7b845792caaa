"""How much memory something takes at its peak."""

from __future__ import annotations

import threading
from typing import Any, Self

import psutil

_EVERY_SECONDS = 0.01


class PeakMemory:
    """Watch with `with`; `bytes` is the peak beyond what there was when the watching began.

    On CUDA torch counts. Elsewhere the system knows only what the whole process has held so far, so a thread looks
    again and again: torch lets go of Python's lock while it computes.
    """

    def __init__(self, device: Any) -> None:
        self._device = device
        self._before = 0
        self._highest = 0
        self._done = threading.Event()
        self._watcher: threading.Thread | None = None

    @property
    def bytes(self) -> int:
        return max(0, self._highest - self._before)

    def __enter__(self) -> Self:
        if self._device.type == "cuda":
            import torch

            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats(self._device)
            self._before = torch.cuda.memory_reserved(self._device)
        else:
            self._before = self._highest = _resident()
            self._watcher = threading.Thread(target=self._watch, name="sunto-peak", daemon=True)
            self._watcher.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self._watcher is None:
            import torch

            self._highest = torch.cuda.max_memory_reserved(self._device)
        else:
            self._done.set()
            self._watcher.join()

    def _watch(self) -> None:
        while True:
            self._highest = max(self._highest, _resident())
            if self._done.wait(_EVERY_SECONDS):
                return


def _resident() -> int:
    return psutil.Process().memory_info().rss
