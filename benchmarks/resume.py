"""Is work lost when a summary is killed? `kill -9` of real runs at random moments, each gone on with afterwards.

    python -m benchmarks.resume [KILLS]

Runs `sunto summarize` with the model that is kept, on the English sample documents in one file, again and again in a
data directory of its own. Each run is killed within a bit more than a minute after its first part was begun, until so
many were; a summary that came to its end begins anew with another seed. Counted for each kill: units that were in the
model's hands at that moment, and units that were begun before it and again after it. Nothing that was finished may be
begun again.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.config import data_dir
from benchmarks.measure import ROOT, keep

SOURCES = ("plate-tectonics.txt", "photosynthesis.pdf")
COPIES = 3
"""Of the sources, each with other numbers in it, so that no two parts are the same."""
LONGEST_SECONDS = 75.0
MAX_NEW_TOKENS = 24
LOG = "SUNTO_RESUME_LOG"


@dataclass(frozen=True)
class Kill:
    seed: int
    after_seconds: float
    """Since the model was loaded."""
    parts: int
    finished: int
    """Units ended by then in this run."""
    in_flight: int
    begun_again: int


def main(kills: int = 20) -> int:
    chance = random.Random(0)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "models").symlink_to(data_dir() / "models", target_is_directory=True)
        document = Path(folder) / "book.md"
        document.write_text(_book(), encoding="utf-8")
        counted: list[Kill] = []
        seed = 0
        before: _Run | None = None
        while len(counted) < kills or before is not None:
            after = chance.uniform(0, LONGEST_SECONDS) if len(counted) < kills else None
            run = _run(home, document, seed, after)
            if before is not None:
                counted.append(_compared(before, run, seed))
                print(counted[-1], flush=True)
            before = None if run.ended else run
            seed += run.ended
        shutil.rmtree(home)
    lost = sum(max(0, kill.begun_again - kill.in_flight) for kill in counted)
    again = sum(kill.begun_again for kill in counted)
    print(f"{kills} kills; units begun again {again}, of them not in flight {lost}")
    keep("resume", {"kills": [asdict(kill) for kill in counted], "begun_again": again, "not_in_flight": lost})
    return 1 if lost else 0


@dataclass(frozen=True)
class _Run:
    ended: bool
    killed_after: float
    parts: int
    begun: list[str]
    done: list[str]


def _run(home: Path, document: Path, seed: int, kill_after: float | None) -> _Run:
    log = home / "resume.log"
    log.write_text("", encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.resume", "run", "summarize", str(document), "--style", "detailed"]
    command += ["--max-new-tokens", str(MAX_NEW_TOKENS), "--seed", str(seed), "--events"]
    environment = {**os.environ, "SUNTO_HOME": str(home), LOG: str(log), "SUNTO_OFFLINE": "1"}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    assert child.stdout
    parts, ended, timer, started = 0, False, None, time.monotonic()
    for line in child.stdout:
        event = json.loads(line)
        if event["event"] == "failed":
            sys.exit(f"The summary failed: {event['message']}")
        if event["event"] == "progress" and event["stage"] == "map":
            parts = int(event["total"])
            if timer is None and kill_after is not None:
                started = time.monotonic()
                timer = threading.Timer(kill_after, child.kill)
                timer.start()
        ended = ended or event["event"] == "finished"
    child.wait()
    if timer:
        timer.cancel()
    words = [line.split() for line in log.read_text(encoding="utf-8").splitlines() if line.count(" ") == 1]
    begun = [key for what, key in words if what == "begun"]
    done = [key for what, key in words if what == "done"]
    return _Run(ended, round(time.monotonic() - started, 2), parts, begun, done)


def _compared(killed: _Run, after: _Run, seed: int) -> Kill:
    in_flight = set(killed.begun) - set(killed.done)
    again = set(killed.begun) & set(after.begun)
    return Kill(seed, killed.killed_after, killed.parts, len(killed.done), len(in_flight), len(again))


def _book() -> str:
    """At least a dozen parts for the starter."""
    from assistant.documents import load_document

    chapters: list[str] = []
    for copy in range(1, COPIES + 1):
        for name in SOURCES:
            document = load_document(ROOT / "sample_docs" / name)
            text = "\n\n".join(page.text for page in document.pages)
            chapters.append(f"# {document.title}, edition {copy}\n\nThis is edition {copy}.\n\n{text}")
    return "\n\n".join(chapters)


def run_logged(words: list[str]) -> int:
    """The command line as it is, with a line in the log whenever a unit is begun and when it has been kept."""
    import hashlib

    from assistant.summaries.units import Unit, Units
    from assistant.writing import Done, Writer
    from tui.cli import entry

    log = open(os.environ[LOG], "a", encoding="utf-8", buffering=1)  # noqa: PTH123, SIM115 - open until the kill
    write_many, keep_unit = Writer.write_many, Units.keep

    def name(ask) -> str:
        return hashlib.sha256(repr(ask.messages(False)).encode()).hexdigest()[:16]

    def logged_writing(self, asks):
        begun: set[int] = set()
        for growth in write_many(self, asks):
            if growth.index not in begun and not isinstance(growth, Done):
                begun.add(growth.index)
                log.write(f"begun {name(asks[growth.index])}\n")
            yield growth

    def logged_keeping(self, unit: Unit, written):
        yield from keep_unit(self, unit, written)
        log.write(f"done {name(unit.ask)}\n")

    Writer.write_many, Units.keep = logged_writing, logged_keeping
    sys.argv = ["sunto", *words]
    return entry()


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        sys.exit(run_logged(sys.argv[2:]))
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
