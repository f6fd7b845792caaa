"""The second start to the first word: `sunto describe` beside a bare script with the same checkpoint and prompt.

    python -m benchmarks.first_token [ROUNDS]

Both start a fresh interpreter, import what they need, load the starter's kept checkpoint on the CPU, read the same
prompt of one chunk and generate. Ours is done when the first text is on stdout, the script's when its one token is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks.measure import ROOT, Comparison, report, take_turns
from benchmarks.programs import peer, run_seconds, sunto

DOCUMENT = ROOT / "sample_docs" / "plate-tectonics.txt"


def main(rounds: int = 7) -> int:
    with tempfile.TemporaryDirectory() as folder:
        ids = Path(folder, "ids.json")
        checkpoint = prepare(ids)
        fresh = count(int(time.time()))
        taken = take_turns(
            {
                "sunto": lambda: _first_text_seconds(next(fresh)),
                "peer": partial(run_seconds, peer("one_token", checkpoint, str(ids))),
            },
            rounds,
        )
        tokens = len(json.loads(ids.read_text(encoding="utf-8")))
    print(f"prompt: {tokens} tokens of {DOCUMENT.name}")
    return report("first_token", [Comparison("first token / bare script", "s", taken["sunto"], taken["peer"], 1.5)])


def prepare(ids: Path) -> str:
    """Fetch the starter if need be and write the prompt's token ids; returns the checkpoint's directory."""
    subprocess.run(sunto("models", "fetch", "starter", "--quiet"), check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        peer("prompt_ids", str(DOCUMENT), str(ids)),
        check=True,
        capture_output=True,
        encoding="utf-8",
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return done.stdout.strip()


def _first_text_seconds(seed: int) -> float:
    """Each run has another seed, so that the answer is never taken from the library."""
    words = sunto(
        "describe", str(DOCUMENT), "--device", "cpu", "--max-new-tokens", "16", "--seed", str(seed), "--events"
    )
    started = time.perf_counter()
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as child:
        assert child.stdout
        seconds, event = 0.0, {}
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "text_delta" and not seconds:
                seconds = time.perf_counter() - started
    if event.get("event") != "finished":
        sys.exit(f"sunto describe did not finish: {event}")
    if not event["result"]["generated_tokens"]:
        sys.exit("The answer came from the library: point SUNTO_HOME to a fresh folder for benchmarks.")
    return seconds


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
