"""Trainings that are killed and continued: run as a program of its own, which says at the end what came of them.

One process loads torch and the tiny model, and forks a child for each training: a fork is as good a process to kill as
any, and begins at once. Prints one JSON object a line: {"kind", "how", "kills", "same", "steps_once", "states"}.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

KILL = signal.SIGTERM if os.name == "nt" else signal.SIGKILL
CHANGING_CALLS = {"os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.truncate", "os.chmod"}
NAME = "bio"

Trap = Callable[[], None]
"""What a child does first, so that it is killed later on."""


def main(kept: Path, trials: int, root: Path) -> None:
    import torch

    torch.set_num_threads(1)
    os.fsync = lambda _descriptor: None  # a kill loses nothing that was written; only a power cut would
    from assistant.engine import load_engine

    engine = load_engine(tiny(kept), "cpu")
    for kind in ("lora", "alora"):
        (root / kind).mkdir()
        kill_and_continue(engine, kind, trials, root / kind)


def kill_and_continue(engine, kind: str, trials: int, root: Path) -> None:
    started = time.monotonic()
    whole = trained(engine, kind, root / "whole", lambda: None)
    seconds = time.monotonic() - started
    assert whole is not None, "the training that nobody kills must come to its end"
    chance = random.Random(f"{kind}/{trials}")
    for trial in range(trials):
        how = ("timer", "call", "write")[trial % 3]
        home = root / f"killed-{trial}"
        kills, states, weights = 0, [], None
        while weights is None:
            if how == "timer":
                weights = trained(engine, kind, home, lambda: None, kill_after=chance.uniform(0, seconds))
            elif how == "call":
                number = chance.randrange(1, 60)
                weights = trained(engine, kind, home, lambda number=number: at_call(number))
            else:
                number = chance.randrange(1, 6)
                weights = trained(engine, kind, home, lambda number=number: within_write(number))
            kills += weights is None
            states += [record(home)] if weights is None else []
            if kills == 2:
                weights = trained(engine, kind, home, lambda: None)
                assert weights is not None
        steps = [row["step"] for row in metrics(home) if row["kind"] == "step"]
        result = {
            "kind": kind,
            "how": how,
            "kills": kills,
            "same": weights == whole,
            "steps_once": steps == list(range(1, len(steps) + 1)),
            "states": states,
        }
        sys.stdout.write(json.dumps(result) + "\n")


def tiny(kept: Path):
    from assistant.weights.store import KeptModel

    return KeptModel(
        name="tiny",
        directory=kept,
        revision="1",
        weights_sha256="a" * 64,
        chat_template_sha256="b" * 64,
        context_tokens=2048,
        chunk_tokens=256,
        languages=("en",),
    )


def trained(engine, kind: str, home: Path, trap: Trap, *, kill_after: float | None = None) -> bytes | None:
    """A child trains, from where the last one in this home came to; the weights' bytes, or None when it was killed."""
    result = home / "weights.bin"
    pid = os.fork()
    if pid == 0:
        os.environ["SUNTO_HOME"] = str(home)
        home.mkdir(exist_ok=True)
        trap()
        result.write_bytes(weights_at_the_end(engine, kind))
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(pid, KILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code in (0, -KILL), code
    return result.read_bytes() if code == 0 else None


def weights_at_the_end(engine, kind: str) -> bytes:
    from adapters.training import runs
    from tests.adapters.training.loops import go, learnable, settings

    chosen = settings(kind=kind, epochs=3, evaluations_per_epoch=2, patience=0)
    ran = go(engine, chosen, name=NAME, examples=learnable(engine, 12), resume=runs.find_run(NAME) is not None)
    assert ran.outcome.end == "done"
    return b"".join(weight.numpy().tobytes() for pair in ran.weights.values() for weight in pair)


def at_call(number: int) -> None:
    """Killed before its so-manieth call that changes the disk."""
    calls = iter(range(1, 1 << 30))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if (writes or event in CHANGING_CALLS) and next(calls) == number:
            os.kill(os.getpid(), KILL)

    sys.addaudithook(hook)


def within_write(number: int) -> None:
    """Killed in the middle of writing its so-manieth checkpoint."""
    import safetensors.torch

    writes, save = iter(range(1, 1 << 30)), safetensors.torch.save_file

    def torn(tensors, path, metadata) -> None:
        save(tensors, path, metadata)
        if next(writes) == number:
            os.truncate(path, Path(path).stat().st_size * 2 // 3)
            os.kill(os.getpid(), KILL)

    safetensors.torch.save_file = torn


def record(home: Path) -> str:
    from adapters.training import runs

    os.environ["SUNTO_HOME"] = str(home)
    found = runs.find_run(NAME)
    return found.state if found else "none"


def metrics(home: Path) -> list[dict]:
    from adapters.training.metrics import read_metrics

    return list(read_metrics(home / "runs" / NAME))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
