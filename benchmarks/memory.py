"""The most memory in RAM: the app beside an empty Textual app, the model process beside a bare script.

    python -m benchmarks.memory [ROUNDS]

The app opens a document, shows its help and rests; the model process answers about a one-chunk document. The bare
script loads the same checkpoint and generates one token from the same prompt.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

from assistant.protocol import Describe, Failed, Finished, Shutdown, decode, encode
from benchmarks.first_token import DOCUMENT, prepare
from benchmarks.measure import ROOT, Comparison, report, take_turns
from benchmarks.programs import PeakMemory, Screen, first_screen, peer, sunto

MB = 1e6


def main(rounds: int = 5) -> int:
    screens = take_turns({"sunto": _app_megabytes, "peer": _empty_app_megabytes}, rounds)
    with tempfile.TemporaryDirectory() as folder:
        ids = Path(folder, "ids.json")
        checkpoint = prepare(ids)
        fresh = count(int(time.time()))
        models = take_turns(
            {
                "sunto": lambda: _model_process_megabytes(next(fresh)),
                "peer": partial(_script_megabytes, peer("one_token", checkpoint, str(ids))),
            },
            rounds,
        )
    return report(
        "memory",
        [
            Comparison("app / empty Textual app", "MB", screens["sunto"], screens["peer"], 2.5),
            Comparison("model process / bare script", "MB", models["sunto"], models["peer"], 1.2),
        ],
    )


def _app_megabytes() -> float:
    screen = Screen(sunto())
    peak = PeakMemory(screen.child.pid)
    try:
        screen.wait_for(first_screen)
        screen.rest(1)
        screen.type(f"/open {ROOT / 'sample_docs' / 'photosynthesis.pdf'}\r")
        screen.wait_for(lambda text: "Photosynthesis" in text)
        screen.type("/help\r")
        screen.rest(3)
        return peak.stop() / MB
    finally:
        screen.close()


def _empty_app_megabytes() -> float:
    screen = Screen(peer("empty_app"))
    peak = PeakMemory(screen.child.pid)
    try:
        screen.wait_for(first_screen)
        screen.rest(4)
        return peak.stop() / MB
    finally:
        screen.close()


def _model_process_megabytes(seed: int) -> float:
    command = [sys.executable, "-m", "adapters.model_process"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdin
        assert child.stdout
        peak = PeakMemory(child.pid)
        request = Describe(job="1", paths=(str(DOCUMENT),), device="cpu", max_new_tokens=32, seed=seed)
        child.stdin.write(encode(request))
        child.stdin.flush()
        while not isinstance(event := decode(child.stdout.readline()), Finished):
            if isinstance(event, Failed):
                sys.exit(f"The model process failed: {event}")
        megabytes = peak.stop() / MB
        child.stdin.write(encode(Shutdown()))
        child.stdin.close()
    return megabytes


def _script_megabytes(command: list[str]) -> float:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        peak = PeakMemory(child.pid)
        if child.wait():
            sys.exit(f"{' '.join(command)} ended with {child.returncode}.")
    return peak.stop() / MB


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
