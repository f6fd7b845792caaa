"""The map step of a summary with the starter on the CPU: its prompts one by one, and 2, 4 and 8 side by side.

    python -m benchmarks.batching [ROUNDS]

The prompts are those of the sample documents' chunks, the settings those of a summary. Each round takes every size, in
turn; sizes are compared by wall time and by processor time, which other programs disturb less. Greedy answers may part
where two tokens are all but equally likely: how many do is printed too.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Generator
from typing import Any

from assistant.chunking import split_document
from assistant.documents import load_document
from assistant.engine import load_engine, memory
from assistant.engine.answer import Answer
from assistant.generation import ChatMessage, Completion, GenerationConfig
from assistant.prompts import task_prompt
from assistant.weights import ensure_model
from benchmarks.measure import ROOT, keep

SIZES = (1, 2, 4, 8)
FILES = ("plate-tectonics.txt", "photosynthesis.pdf", "volcanoes.pptx", "derivate.txt", "rivoluzione-francese.md")
PROMPTS = 8
CONFIG = GenerationConfig(max_new_tokens=128)


def main(rounds: int = 3) -> int:
    engine = load_engine(ensure_model("starter"), "cpu")
    prompts = map_prompts(engine)
    print(f"{len(prompts)} prompts of {[engine.count_prompt_tokens(prompt) for prompt in prompts]} tokens")
    list(engine.stream(prompts[0], GenerationConfig(max_new_tokens=2)))
    runs: list[dict[str, Any]] = []
    for number in range(rounds):
        for rows in SIZES if number % 2 == 0 else reversed(SIZES):
            runs.append({"rows": rows, "round": number, **one_run(engine, prompts, rows)})
            print(f"{rows} rows: {runs[-1]['seconds']:.1f} s, {runs[-1]['cpu_seconds']:.1f} s of the processor")
    sizes = [summary(runs, rows) for rows in SIZES]
    show(sizes)
    gaps = parting_gaps(engine, prompts, runs)
    print(f"where they parted, the two tokens' logits were {max(gaps, default=0):.4f} of their range apart at most")
    keep("batching", {"prompts": len(prompts), "sizes": sizes, "parting_gaps": gaps, "runs": runs})
    return 0


def map_prompts(engine: Any) -> list[list[ChatMessage]]:
    documents = [load_document(ROOT / "sample_docs" / name) for name in FILES]
    chunks = [
        (chunk.text, document.language)
        for document in documents
        for chunk in split_document(document, engine.count_tokens, engine.chunk_tokens // 2)
    ]
    return [task_prompt("part", text, language) for text, language in chunks[:PROMPTS]]


def one_run(engine: Any, prompts: list[list[ChatMessage]], rows: int) -> dict[str, Any]:
    memory.MAX_ROWS["cpu"] = rows
    engine.forget()
    texts = [""] * len(prompts)
    generated, prefill, decode = 0, 0.0, 0.0
    wall, cpu = time.perf_counter(), time.process_time()
    for index, event in engine.stream_many(prompts, CONFIG):
        if isinstance(event, Completion):
            texts[index] = event.text
            generated += event.generated_tokens
            prefill += event.prefill_seconds
            decode += event.decode_seconds
    return {
        "seconds": time.perf_counter() - wall,
        "cpu_seconds": time.process_time() - cpu,
        "prefill_seconds": prefill,
        "decode_seconds": decode,
        "generated_tokens": generated,
        "texts": texts,
    }


def summary(runs: list[dict[str, Any]], rows: int) -> dict[str, Any]:
    """Ratios of each round to the one-by-one run of the same round; answers that parted from it."""
    mine = [run for run in runs if run["rows"] == rows]
    single = [run for run in runs if run["rows"] == 1]
    pairs = list(zip(single, mine, strict=True))
    parted = [a != b for one, many in pairs for a, b in zip(one["texts"], many["texts"], strict=True)]
    return {
        "rows": rows,
        "tokens_per_second": statistics.median(run["generated_tokens"] / run["seconds"] for run in mine),
        "decode_tokens_per_second": statistics.median(run["generated_tokens"] / run["decode_seconds"] for run in mine),
        "ratio_wall": statistics.median(_rate(many, "seconds") / _rate(one, "seconds") for one, many in pairs),
        "ratio_decode": statistics.median(
            _rate(many, "decode_seconds") / _rate(one, "decode_seconds") for one, many in pairs
        ),
        "ratio_cpu": statistics.median(_rate(many, "cpu_seconds") / _rate(one, "cpu_seconds") for one, many in pairs),
        "answers_parted": sum(parted),
        "answers": len(parted),
    }


def parting_gaps(engine: Any, prompts: list[list[ChatMessage]], runs: list[dict[str, Any]]) -> list[float]:
    """For each answer that parted: how far apart its two next tokens were for the model alone, by the logits' range."""
    single = next(run for run in runs if run["rows"] == 1)
    pairs = {
        (index, one, many)
        for run in runs
        for index, (one, many) in enumerate(zip(single["texts"], run["texts"], strict=True))
        if one != many
    }
    return [_gap(engine, prompts[index], one, many) for index, one, many in sorted(pairs)]


def _gap(engine: Any, prompt: list[ChatMessage], one: str, many: str) -> float:
    """The answers' tokens are had by encoding their texts again."""
    a, b = (engine.tokenizer.encode(text, add_special_tokens=False) for text in (one, many))
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    answer = Answer(engine.encode_prompt(prompt) + a[:same], CONFIG, engine.tokenizer, frozenset(), engine.device)
    logits = last_value(engine.reader.read(answer)).float()
    end = engine.tokenizer.eos_token_id
    tokens = [ids[same] if same < len(ids) else end for ids in (a, b)]
    return float((logits[tokens[0]] - logits[tokens[1]]).abs() / (logits.max() - logits.min()))


def last_value(generator: Generator[Any, None, Any]) -> Any:
    """What a generator returns."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


def _rate(run: dict[str, Any], seconds: str) -> float:
    return run["generated_tokens"] / run[seconds]


def show(sizes: list[dict[str, Any]]) -> None:
    print(f"{'rows':>4} {'tokens/s':>9} {'decode':>8} {'x wall':>7} {'x decode':>9} {'x processor':>12}  parted")
    for size in sizes:
        print(
            f"{size['rows']:>4} {size['tokens_per_second']:>9.1f} {size['decode_tokens_per_second']:>8.1f}"
            f" {size['ratio_wall']:>7.2f} {size['ratio_decode']:>9.2f} {size['ratio_cpu']:>12.2f}"
            f"  {size['answers_parted']}/{size['answers']}"
        )


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
