"""Read one PDF and print, as JSON, the most memory the reading children had and by how much this process grew.

Run as a process of its own by speed.py: `python -m benchmarks.reading.memory_probe SMALL LARGE`. The small file is read
first, so that what is loaded once is no part of the growth.
"""

from __future__ import annotations

import json
import re
import sys
import threading
from pathlib import Path

import psutil

from assistant.documents import load_document
from assistant.documents.ocr.options import Recognition

MB = 1e6
INTERVAL_SECONDS = 0.01


class ChildrenPeaks:
    """The most memory in RAM that each child of this process had, in bytes by process id."""

    def __init__(self) -> None:
        self.peaks: dict[int, int] = {}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> list[int]:
        self._over.set()
        self._thread.join()
        return list(self.peaks.values())

    def _watch(self) -> None:
        this = psutil.Process()
        while not self._over.wait(INTERVAL_SECONDS):
            for child in this.children(recursive=True):
                try:
                    self.peaks[child.pid] = max(self.peaks.get(child.pid, 0), _most_so_far(child))
                except (psutil.Error, OSError, ValueError):  # it has just ended
                    continue


def main(small: str, large: str) -> None:
    this = psutil.Process()
    off = Recognition(mode="off")
    load_document(small, recognition=off)
    before = this.memory_info().rss
    most = before
    children = ChildrenPeaks()

    def on_page(_done: int, _total: int, /) -> None:
        nonlocal most
        most = max(most, this.memory_info().rss)

    document = load_document(Path(large), on_page=on_page, recognition=off)
    after = this.memory_info().rss
    peaks = children.stop()
    figures = {
        "pages": len(document.pages),
        "children": len(peaks),
        "child_peak_mb": max(peaks) / MB,
        "children_peaks_sum_mb": sum(peaks) / MB,
        "parent_before_mb": before / MB,
        "parent_growth_mb": (max(most, after, _most_so_far(this)) - before) / MB,
        "parent_kept_mb": (after - before) / MB,
    }
    print(json.dumps(figures))


def _most_so_far(process: psutil.Process) -> int:
    """The system's own mark where it keeps one, which also sees what happens between two looks."""
    if sys.platform != "linux":
        return process.memory_info().rss
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


if __name__ == "__main__":
    main(*sys.argv[1:])
