"""Sunto's own training on the same tokens: a process of its own, so that its memory can be told.

python -m benchmarks.training.ours REQUEST.json        # one JSON line at the end
"""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from adapters.training import runs
from adapters.training.settings import TrainingSettings
from benchmarks.measure import ROOT
from benchmarks.peers.resident import begin_peak, peak
from benchmarks.training.rows import Row, examples_of

RUN = "benchmark"


def request(
    rows: Sequence[Row],
    settings: TrainingSettings,
    threads: int,
    steps: int = 0,
) -> dict[str, Any]:
    """`steps` ends the run earlier than its schedule does; 0 makes all of them."""
    return {"rows": list(rows), "settings": dataclasses.asdict(settings), "threads": threads, "steps": steps}


def train(asked: Mapping[str, Any], adapter: Path) -> dict[str, Any]:
    """Run it once in a process of its own; the adapter lies in `adapter` afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "request.json")
        path.write_text(json.dumps({**asked, "adapter": str(adapter)}), encoding="utf-8")
        command = [sys.executable, "-m", "benchmarks.training.ours", str(path)]
        environment = {**os.environ, "OMP_NUM_THREADS": str(asked["threads"])}
        done = subprocess.run(command, capture_output=True, encoding="utf-8", cwd=ROOT, env=environment)
    if done.returncode:
        sys.exit(f"ours ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def main(path: str) -> None:
    asked = json.loads(Path(path).read_text(encoding="utf-8"))
    print(json.dumps(_train_here(asked)), flush=True)


def _train_here(asked: Mapping[str, Any]) -> dict[str, Any]:
    import torch

    from adapters.training.fit import MICRO_TOKENS
    from adapters.training.forward import Forward
    from adapters.training.ladder import Plan
    from adapters.training.loop import train as training
    from adapters.training.lora import AdapterInTraining
    from assistant.engine import load_engine
    from assistant.engine.adapter_files import LoraSettings, write_adapter
    from assistant.weights import ensure_model

    torch.set_num_threads(asked["threads"])
    settings = TrainingSettings(**asked["settings"])
    engine = load_engine(ensure_model("starter"), "cpu")
    base_bytes = begin_peak()
    examples = examples_of(asked["rows"])
    longest = max(len(example.input_ids) for example in examples)
    plan = Plan(micro_tokens=MICRO_TOKENS["cpu"], max_tokens=longest)
    invocation = engine.invocation_tokens() if settings.kind == "alora" else ()
    lora = LoraSettings(settings.r, settings.lora_alpha, settings.lora_dropout, invocation)
    clock = Clock()
    run = runs.create(RUN, settings, {}, [], overwrite=True)
    with run, engine.training() as model:
        adapter = AdapterInTraining.attach(model, lora, settings.seed)
        forward = Forward(model, adapter, plan, settings.kind)
        with clock.watching(forward), closing(training(forward, adapter, examples, [], settings, run)) as told:
            clock.take(told, asked["steps"])
        peak_bytes = peak()
        directory = Path(asked["adapter"])
        directory.mkdir(parents=True, exist_ok=True)
        write_adapter(directory, adapter.weights(), lora, engine.name)
    runs.remove_run(RUN)
    return {"steps": clock.steps, "base_bytes": base_bytes, "peak_bytes": peak_bytes}


class Clock:
    """Of each optimizer step: when it began and ended (seconds), the time in forward, backward and the optimizer."""

    def __init__(self) -> None:
        self.steps: list[dict[str, float]] = []
        self._computing = 0.0

    def take(self, told: Generator[Any, None, Any], steps: int) -> None:
        from adapters.training.records import Stepped

        begin = time.perf_counter()
        for event in told:
            if isinstance(event, Stepped):
                end = time.perf_counter()
                fields = {"loss": event.loss, "tokens": event.tokens, "computing": self._computing}
                self.steps.append({"begin": begin, "end": end, **fields})
                begin, self._computing = time.perf_counter(), 0.0
                if len(self.steps) == steps:
                    return

    @contextmanager
    def watching(self, forward: Any) -> Generator[None]:
        """Where the loop computes is looked at from outside: what it says of itself is not asked."""
        from torch.optim.optimizer import register_optimizer_step_post_hook, register_optimizer_step_pre_hook

        started = 0.0

        def begin(*_: Any) -> None:
            nonlocal started
            started = time.perf_counter()

        def end(*_: Any) -> None:
            self._computing += time.perf_counter() - started

        hooks = register_optimizer_step_pre_hook(begin), register_optimizer_step_post_hook(end)
        forward.backward = self._timed(forward.backward)
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _timed(self, work: Callable[..., float]) -> Callable[..., float]:
        def timed(*arguments: Any) -> float:
            started = time.perf_counter()
            try:
                return work(*arguments)
            finally:
                self._computing += time.perf_counter() - started

        return timed


if __name__ == "__main__":
    main(*sys.argv[1:])
