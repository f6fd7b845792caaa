"""What an adapter that begins with the answer saves in training, beside what the formula says it could.

Real texts, cut to prompts eight times as long as what is to be learned. Each round trains an ordinary adapter for one
epoch, and one that begins with the answer for two: in the second, documents are still there as the base has read them.
All at their quickest: no layer is computed twice, and how many examples go through the model at a time is tried first.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Sequence
from typing import Any

from adapters.dataset.tokens import IGNORED
from adapters.training.formula import Shape
from adapters.training.settings import Kind, TrainingSettings
from benchmarks.measure import Comparison, report
from benchmarks.training.flops import Work
from benchmarks.training.rows import Row, examples_of, load_rows

COMPLETION_TOKENS = 112
PROMPT_TOKENS = 8 * COMPLETION_TOKENS
TAIL_TOKENS = 48
"""Of a prompt, after the text: the task's words, and what stands before an answer."""
BATCH = 4
SHARE_OF_GAIN, LATER_GAIN = 0.8, 3.0
PREFIX_BYTES = 2 << 30
LORA, FIRST, LATER = "lora", "alora, first epoch", "alora, later epochs"
EPOCHS: dict[Kind, tuple[str, ...]] = {"lora": (LORA,), "alora": (FIRST, LATER)}
ONE_BY_ONE, TOGETHER = 1, BATCH * (PROMPT_TOKENS + COMPLETION_TOKENS)
"""Tokens at a time: one example has more than the first."""


def main(rounds: int, threads: int) -> int:
    import torch

    from assistant.engine import load_engine
    from assistant.weights import ensure_model

    torch.set_num_threads(threads)
    engine = load_engine(ensure_model("starter"), "cpu")
    rows = long_rows(load_rows("train", engine), BATCH)
    taken: dict[str, list[float]] = {LORA: [], FIRST: [], LATER: []}
    with engine.training() as model:
        at_once = {kind: _quickest(engine, model, kind, rows) for kind in EPOCHS}
        for number in range(rounds):
            found: dict[str, float] = {}
            for kind in list(EPOCHS) if number % 2 == 0 else reversed(EPOCHS):
                found |= _train(engine, model, kind, rows, at_once[kind])
            print("  ".join(f"{name}: {seconds:.2f} s" for name, seconds in found.items()), flush=True)
            for name, seconds in found.items():
                taken[name].append(seconds)
    header = len(engine.invocation_tokens())
    shape, r = Shape.of(engine.model.config), TrainingSettings().r
    work = Work(shape, r, PROMPT_TOKENS - header, COMPLETION_TOKENS + header, COMPLETION_TOKENS)
    return _report(taken, work, {"threads": threads, "tokens_at_a_time": at_once})


def _report(taken: dict[str, list[float]], work: Work, how: dict[str, Any]) -> int:
    could = work.lora / work.alora
    comparisons = [
        Comparison(f"{FIRST} / {LORA}", "s", taken[FIRST], taken[LORA], 1 / (SHARE_OF_GAIN * could)),
        Comparison(f"{LATER} / {LORA}", "s", taken[LATER], taken[LORA], 1 / LATER_GAIN),
    ]
    gain = 1 / comparisons[0].ratio
    later, later_could = 1 / comparisons[1].ratio, work.lora / work.alora_stored
    print(f"first epoch: {gain:.2f} times as quick, {gain / could:.0%} of the {could:.2f} of the formula")
    print(
        f"later epochs: {later:.2f} times as quick, {later / later_could:.0%} of the {later_could:.2f} of the formula"
    )
    speed = {name: BATCH * _flops(work, name) / statistics.median(seconds) for name, seconds in taken.items()}
    details = {
        "prompt_tokens": PROMPT_TOKENS,
        "completion_tokens": COMPLETION_TOKENS,
        "examples": BATCH,
        **how,
        "gain": {"first": gain, "first_by_formula": could, "later": later, "later_by_formula": later_could},
        "flops_per_second": speed,
    }
    return report("training_alora", comparisons, details)


def _flops(work: Work, name: str) -> float:
    return {LORA: work.lora, FIRST: work.alora, LATER: work.alora_stored}[name]


def _quickest(engine: Any, model: Any, kind: Kind, rows: Sequence[Row]) -> int:
    """How many tokens at a time; the first run warms up."""
    _train(engine, model, kind, rows, ONE_BY_ONE)
    seconds = {tokens: sum(_train(engine, model, kind, rows, tokens).values()) for tokens in (ONE_BY_ONE, TOGETHER)}
    print(f"{kind}: " + ", ".join(f"{tokens} tokens at a time {each:.2f} s" for tokens, each in seconds.items()))
    return min(seconds, key=lambda tokens: seconds[tokens])


def _train(engine: Any, model: Any, kind: Kind, rows: Sequence[Row], micro_tokens: int) -> dict[str, float]:
    """Seconds of each epoch of one step."""
    from adapters.training.forward import Forward
    from adapters.training.ladder import Plan
    from adapters.training.lora import AdapterInTraining
    from adapters.training.optimizer import make_optimizer
    from assistant.engine.adapter_files import LoraSettings

    settings = TrainingSettings(kind=kind)
    invocation = engine.invocation_tokens() if kind == "alora" else ()
    lora = LoraSettings(settings.r, settings.lora_alpha, settings.lora_dropout, invocation)
    adapter = AdapterInTraining.attach(model, lora, seed=0)
    try:
        plan = Plan(micro_tokens=micro_tokens, prefix_bytes=PREFIX_BYTES, max_tokens=PROMPT_TOKENS + COMPLETION_TOKENS)
        forward = Forward(model, adapter, plan, kind)
        optimizer = make_optimizer("adamw", list(adapter.parameters), settings.learning_rate)
        examples = examples_of(rows)
        targets = sum(example.target_tokens for example in examples)
        found: dict[str, float] = {}
        for name in EPOCHS[kind]:
            started = time.perf_counter()
            for micro in forward.micro_batches(examples):
                forward.backward(micro, 1 / targets)
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
            found[name] = time.perf_counter() - started
        return found
    finally:
        adapter.detach()


def long_rows(rows: Sequence[Row], count: int) -> list[Row]:
    """As long as is wanted: the texts of several one after another in one prompt, and their targets likewise."""
    prompts = [[token for token, label in zip(*_of(row), strict=True) if label == IGNORED] for row in rows]
    texts = itertools.cycle(token for prompt in prompts for token in prompt[TAIL_TOKENS:-TAIL_TOKENS])
    answers = itertools.cycle(token for row in rows for token in row["labels"] if token != IGNORED)
    found: list[Row] = []
    for prompt in itertools.islice(itertools.cycle(prompts), count):
        text = list(itertools.islice(texts, PROMPT_TOKENS - 2 * TAIL_TOKENS))
        answer = list(itertools.islice(answers, COMPLETION_TOKENS))
        whole = [*prompt[:TAIL_TOKENS], *text, *prompt[-TAIL_TOKENS:]]
        found.append(Row(input_ids=whole + answer, labels=[IGNORED] * len(whole) + answer))
    return found


def _of(row: Row) -> tuple[list[int], list[int]]:
    return row["input_ids"], row["labels"]
