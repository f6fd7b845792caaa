"""Memory of this process in RAM, in bytes; for peers in other environments too: the standard library alone on Linux."""

from __future__ import annotations

import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def resident() -> int:
    return _status("VmRSS") if sys.platform == "linux" else _psutil().rss


def begin_peak() -> int:
    """Forget the high-water mark, where the system can (Linux); gives what is resident now."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return resident()


def peak() -> int:
    """The most since `begin_peak`."""
    if sys.platform == "linux":
        return _status("VmHWM")
    memory = _psutil()
    return getattr(memory, "peak_wset", memory.rss)


def _status(field: str) -> int:
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


def _psutil():
    import psutil

    return psutil.Process().memory_info()
