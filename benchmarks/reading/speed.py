"""Pages a second over whole books, and memory on the largest, beside the peers.

    python -m benchmarks.reading.speed FOLDER [ROUNDS]

FOLDER holds the packages that books.py names. Every run is a whole process, from its start until it has all the pages:
Sunto's with its child and its cleaning, a peer's with its imports; pdftotext is called directly. Nobody recognises
images: Sunto would, where tesseract is installed. The runs are taken in turn, every other round in reverse. The slow
peers run once a book, in the middle of the rounds, and not on the largest books; on these there are fewer rounds.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.hardware import describe_machine
from benchmarks.measure import RESULTS, ROOT
from benchmarks.programs import run_seconds
from benchmarks.reading.books import Book, unpacked
from benchmarks.reading.readers import PEER_READER, SUNTO, peers_python

RESULT = RESULTS / "reading_speed.json"
FAST_PEERS = ("pypdf", "pdfium", "pdftotext")
SLOW_PEERS = {"pdfminer": 300, "markitdown": 300, "docling-native": 300}
"""With the most pages of a book that they are given."""
LARGE_BOOK, LARGE_BOOK_ROUNDS = 500, 3
SUNTO_PROGRAM = """
import sys
from assistant.documents import load_document
from assistant.documents.ocr.options import Recognition
load_document(sys.argv[1], recognition=Recognition(mode="off"))
"""
SMALL = ROOT / "sample_docs" / "photosynthesis.pdf"
LIMITS = {"times as fast as pypdf": 3.0, "child MB": 400.0, "parent growth MB": 60.0}


@dataclass(frozen=True)
class Timing:
    book: str
    reader: str
    pages: int
    seconds: list[float]
    """Wall time."""
    cpu_seconds: list[float]
    """Of the process and its children; empty where the system does not tell (Windows)."""

    @property
    def pages_per_second(self) -> float:
        return self.pages / statistics.median(self.seconds)


def main(folder: str, rounds: str = "5") -> int:
    with unpacked(Path(folder)) as books:
        timings = [timing for book in books for timing in _time(book, _rounds(book, int(rounds)))]
        memory = _memory(books[-1])
    ratios = _ratios(timings)
    _print(timings, ratios, memory)
    RESULT.write_text(json.dumps(_content(books, timings, ratios, memory), indent=1, default=str) + "\n", "utf-8")
    print(f"raw numbers: {RESULT.relative_to(ROOT)}")
    least = min(middle for peer, (_least, middle, _most) in ratios.items() if peer.endswith("/ pypdf"))
    return int(
        least < LIMITS["times as fast as pypdf"]
        or memory["child_peak_mb"] > LIMITS["child MB"]
        or memory["parent_growth_mb"] > LIMITS["parent growth MB"]
    )


def _rounds(book: Book, rounds: int) -> int:
    return min(rounds, LARGE_BOOK_ROUNDS) if book.pages > LARGE_BOOK else rounds


def _time(book: Book, rounds: int) -> list[Timing]:
    fast = {name: partial(run_seconds, _command(name, book.path)) for name in (SUNTO, *FAST_PEERS)}
    slow = {
        name: partial(run_seconds, _command(name, book.path)) for name, most in SLOW_PEERS.items() if book.pages <= most
    }
    for run in fast.values():
        run()  # not counted: the files come into the disk cache
    timings = {name: Timing(book.name, name, book.pages, [], []) for name in (*fast, *slow)}
    for number in range(rounds):
        runs = fast | slow if number == rounds // 2 else fast
        for name in list(runs) if number % 2 == 0 else reversed(list(runs)):
            _take(timings[name], runs[name])
        print(f"{book.name}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return list(timings.values())


def _take(timing: Timing, run: Callable[[], float]) -> None:
    before = os.times()
    timing.seconds.append(run())
    after = os.times()
    if sys.platform != "win32":
        used = after.children_user + after.children_system - before.children_user - before.children_system
        timing.cpu_seconds.append(used)


def _command(name: str, path: Path) -> list[str]:
    if name == SUNTO:
        return [sys.executable, "-c", SUNTO_PROGRAM, str(path)]
    if name == "pdftotext":
        return ["pdftotext", "-enc", "UTF-8", str(path), os.devnull]
    return [str(peers_python()), str(PEER_READER), name, str(path)]


def _memory(book: Book) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.reading.memory_probe", str(SMALL), str(book.path)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True, cwd=ROOT).stdout)


def _ratios(timings: Sequence[Timing]) -> dict[str, tuple[float, float, float]]:
    """For each book and peer: how many times as fast Sunto is, at least, by the medians, at most (round by round)."""
    ours = {timing.book: timing.seconds for timing in timings if timing.reader == SUNTO}
    ratios: dict[str, tuple[float, float, float]] = {}
    for timing in timings:
        if timing.reader != SUNTO:
            mine = ours[timing.book]
            beside = mine if len(timing.seconds) > 1 else mine[len(mine) // 2 :]
            by_round = [theirs / our for theirs, our in zip(timing.seconds, beside, strict=False)]
            middle = statistics.median(timing.seconds) / statistics.median(mine)
            ratios[f"{timing.book} / {timing.reader}"] = (min(by_round), middle, max(by_round))
    return ratios


def _print(timings: Sequence[Timing], ratios: dict[str, tuple[float, float, float]], memory: dict[str, float]) -> None:
    readers = list(dict.fromkeys(timing.reader for timing in timings))
    print(f"{'pages a second (Sunto: times as fast)':<40}" + "".join(f"{name:>20}" for name in readers))
    for book in dict.fromkeys(timing.book for timing in timings):
        of_book = {timing.reader: timing for timing in timings if timing.book == book}
        cells = [_cell(of_book.get(name), ratios.get(f"{book} / {name}")) for name in readers]
        print(f"{book + f', {of_book[SUNTO].pages} pages':<40}" + "".join(f"{cell:>20}" for cell in cells))
    print(
        f"memory on {memory['pages']:.0f} pages: "
        f"the largest of {memory['children']:.0f} children {memory['child_peak_mb']:.0f} MB "
        f"(limit {LIMITS['child MB']:.0f}), "
        f"parent grows by {memory['parent_growth_mb']:.0f} MB (limit {LIMITS['parent growth MB']:.0f}) "
        f"and keeps {memory['parent_kept_mb']:.0f} MB"
    )


def _cell(timing: Timing | None, ratio: tuple[float, float, float] | None) -> str:
    if timing is None:
        return "-"
    speed = f"{timing.pages_per_second:.{0 if timing.pages_per_second >= 10 else 1}f}"
    return speed if ratio is None else f"{speed} ({ratio[1]:.1f}x)"


def _content(
    books: Sequence[Book],
    timings: Sequence[Timing],
    ratios: dict[str, tuple[float, float, float]],
    memory: dict[str, float],
) -> dict[str, object]:
    return {
        "benchmark": "reading_speed",
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "machine": dataclasses.asdict(describe_machine()),
        "python": sys.version,
        "platform": platform.platform(),
        "load_average": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "books": [dataclasses.asdict(book) | {"path": book.path.name} for book in books],
        "seconds": [dataclasses.asdict(timing) for timing in timings],
        "times_as_fast": {
            name: {"least": least, "medians": middle, "most": most} for name, (least, middle, most) in ratios.items()
        },
        "limits": LIMITS,
        "memory": memory,
    }


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
