"""One run of the laptop promise, in a process of its own: `python -m benchmarks.training.laptop_run GIB KIND`.

Trains a few steps under a cap on what may be allocated, and chats: with the base and with the adapter in training
between two steps, and with the base afterwards. One JSON line at the end.
"""

from __future__ import annotations

import functools
import json
import random
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from typing import Any

import torch

from adapters.dataset.tokens import IGNORED, TokenizedExample
from adapters.training import runs
from adapters.training.forward import Forward
from adapters.training.ladder import Bounds, Plan, step_down
from adapters.training.loop import train
from adapters.training.lora import AdapterInTraining
from adapters.training.records import Adjustment, Room, Stepped
from adapters.training.settings import TrainingSettings
from assistant.engine.adapter_files import LoraSettings
from assistant.engine.engine import Engine
from assistant.engine.kv_limits import KVLimits
from assistant.generation import ChatMessage, Completion, GenerationConfig
from benchmarks.peers.resident import peak
from benchmarks.training.laptop import EXAMPLES, GIB, STEPS, Asked, demand_of
from benchmarks.training.random_base import random_engine
from tests.tiny_model import make_tiny_tokenizer

_ANSWER_TOKENS = 32


def main(gib: str, kind: str) -> None:
    asked = Asked(kind="alora" if kind == "alora" else "lora", cap_bytes=round(float(gib) * GIB))
    total = torch.cuda.get_device_properties(0).total_memory
    torch.cuda.set_per_process_memory_fraction(asked.cap_bytes / total)
    engine = random_engine(asked.model, make_tiny_tokenizer(), "cuda", KVLimits(device="cuda"))
    torch.cuda.empty_cache()
    found = {
        "card": torch.cuda.get_device_name(),
        **run(engine, asked),
        "peak_allocated": torch.cuda.max_memory_allocated(),
        "peak_reserved": torch.cuda.max_memory_reserved(),
        "peak_host": peak(),
    }
    print(json.dumps(found), flush=True)


def run(engine: Engine, asked: Asked) -> dict[str, Any]:
    """`STEPS` steps and three answers; the plan is the one that the formula chooses under the cap."""
    settings = TrainingSettings(max_steps=STEPS, kind=asked.kind, evaluations_per_epoch=0)
    invocation = engine.invocation_tokens() if asked.kind == "alora" else ()
    lora = LoraSettings(settings.r, settings.lora_alpha, settings.lora_dropout, invocation)
    demand = demand_of(asked)
    plan = demand.plan(asked.tokens)
    steps: list[dict[str, float]] = []
    talks: dict[str, int] = {}
    with runs.create("laptop", settings, {}, [], overwrite=True) as kept, engine.training() as model:
        adapter = AdapterInTraining.attach(model, lora, seed=0)
        forward = Forward(model, adapter, plan, asked.kind)
        make = functools.partial(examples, engine, asked)
        ladder = _Ladder(plan, demand.bounds, make)
        told = train(forward, adapter, make(plan.max_tokens), [], settings, kept, ladder=ladder)
        with closing(told):
            for event in told:
                if isinstance(event, Stepped):
                    steps.append({"loss": event.loss, "tokens": event.tokens, "seconds": event.seconds})
                    with engine.aside():
                        talks["base, between steps"] = _talk(engine)
                        placed = engine.place(adapter.snapshot("in training"))
                        engine.select(placed)
                        talks["adapter, between steps"] = _talk(engine)
                        engine.remove(placed)
                elif isinstance(event, Adjustment):
                    print(event.message, file=sys.stderr)
    runs.remove_run("laptop")
    talks["base, afterwards"] = _talk(engine)
    return {
        "steps": steps,
        "talks": talks,
        "plan": asdict(plan),
        "ended_with": asdict(ladder.plan),
        "rungs": ladder.rungs,
    }


class _Ladder:
    """What the job does when memory runs out, on examples that are made and not read."""

    def __init__(self, plan: Plan, bounds: Bounds, make: Callable[[int], list[TokenizedExample]]) -> None:
        """`make` gives examples of so many tokens."""
        self.plan = plan
        self.rungs: list[str] = []
        self._bounds, self._make = bounds, make

    def __call__(self, error: BaseException) -> Room:
        lower = step_down(self.plan, self._bounds)
        if lower is None:
            raise error
        self.plan, rung = lower
        self.rungs.append(rung)
        shorter = self._make(self.plan.max_tokens) if rung == "window" else None
        return Room(message=rung, plan=self.plan, optimizer=self.plan.optimizer, examples=shorter)


def examples(engine: Engine, asked: Asked, tokens: int) -> list[TokenizedExample]:
    """Random tokens, with what stands between a question and its answer where it belongs."""
    chance = random.Random(0)
    header = engine.invocation_tokens()
    made: list[TokenizedExample] = []
    for _number in range(EXAMPLES):
        prompt = [chance.randrange(10, 250) for _ in range(tokens - asked.targets - len(header))] + list(header)
        targets = [chance.randrange(10, 250) for _ in range(asked.targets)]
        ids, labels = (*prompt, *targets), (*[IGNORED] * len(prompt), *targets)
        made.append(TokenizedExample(ids, labels, shortened=False))
    return made


def _talk(engine: Engine) -> int:
    """Tokens of an answer about a text of more than a thousand."""
    words: list[str] = ["light", "water"]
    while engine.count_prompt_tokens([ChatMessage("user", " ".join(words))]) < 1000:
        words *= 2
    config = GenerationConfig(max_new_tokens=_ANSWER_TOKENS)
    *_events, completion = engine.stream([ChatMessage("user", " ".join(words))], config)
    assert isinstance(completion, Completion)
    return completion.generated_tokens


if __name__ == "__main__":
    main(*sys.argv[1:])
