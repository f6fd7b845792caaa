"""The next question on a long document: time to the first token with the KV store, and with everything read again.

    python -m benchmarks.follow_up [ROUNDS] [--tokens N]                       # the starter, on the CPU
    python -m benchmarks.follow_up --architecture qwen3-4b --device cuda       # random weights, for time only

The document is made of the sample documents. Each round asks a further question of a conversation about it: after the
answer to the first question; after another document was read in between; and after the subject was switched, from one
random adapter of the kind that begins with the answer (alora) to another. The peer is the same engine with the same
adapter and as long a prompt, made to forget all it has read. The first reading of the document warms the machine
up and is not counted; every other round goes backwards.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import itertools
import statistics
import sys
import time
from typing import Any

from assistant.documents import load_document
from assistant.engine import load_engine
from assistant.engine.adapter_files import Adapter
from assistant.engine.engine import Engine
from assistant.engine.lora import linear_modules
from assistant.generation import ChatMessage, Completion, GenerationConfig
from assistant.weights import ensure_model
from benchmarks.measure import ROOT, Comparison, report

FILES = (
    "photosynthesis.pdf",
    "plate-tectonics.txt",
    "volcanoes.pptx",
    "rivoluzione-francese.md",
    "derivate.txt",
    "il-suono.docx",
    "integrali.tex",
    "domanda-e-offerta.pdf",
)
ARCHITECTURES: dict[str, dict[str, Any]] = {
    "qwen3-4b": {
        "model_type": "qwen3",
        "hidden_size": 2560,
        "intermediate_size": 9728,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "head_dim": 128,
        "vocab_size": 151936,
        "max_position_embeddings": 40960,
    }
}
"""Shapes of published models. In bfloat16, which is read quicker than NF4: the ratios would be smaller with NF4."""

FOLLOW_UP, BACK, SWITCHED = "follow-up", "back from another document", "subject switched (alora)"
LIMITS = {FOLLOW_UP: 1 / 20, BACK: 1 / 20, SWITCHED: 1 / 10}
"""The most that the ratio of the medians may be."""
TURNS = ((FOLLOW_UP, True), (BACK, True), (FOLLOW_UP, False), (SWITCHED, True), (SWITCHED, False))
"""Of a round: what is asked, and whether with the store. Coming back, without it, is a follow-up without it."""

FIRST = ChatMessage("user", "What is this text about?")
ANSWER_TOKENS = 32


class Bench:
    def __init__(self, engine: Any, tokens: int) -> None:
        self.engine = engine
        self._document, self._other = long_texts(engine, tokens, max(tokens // 10, 200))
        invocation = assistant_header(engine)
        self._adapters = [engine.place(random_adapter(engine, name, invocation)) for name in ("biology", "law")]
        self._number = itertools.count(1)
        self.runs: list[dict[str, Any]] = []

    def round(self, number: int) -> None:
        for case, with_store in TURNS if number % 2 == 0 else reversed(TURNS):
            run = {"case": case, "round": number, "with_store": with_store, **self._run(case, with_store)}
            self.runs.append(run)
            way = "with the store" if with_store else "all read again"
            print(f"{case:<28} {way}: {run['seconds']:8.3f} s for {run['read_tokens']} tokens", flush=True)

    def _run(self, case: str, with_store: bool) -> dict[str, Any]:
        before, after = self._adapters if case == SWITCHED else (None, None)
        talk = [ChatMessage("system", self._document), FIRST]
        self.engine.select(before)
        answer, _seconds = self._ask(talk, ANSWER_TOKENS)
        if case == BACK:
            self._ask([ChatMessage("system", self._other), FIRST], 1)
        if not with_store:
            self.engine.reader.store.clear()
        self.engine.select(after)
        question = f"Say more about point {next(self._number)}, please."  # another each time, so that none is known
        talk += [ChatMessage("assistant", answer.text), ChatMessage("user", question)]
        completion, seconds = self._ask(talk, 1)
        return {
            "seconds": seconds,
            "prompt_tokens": completion.prompt_tokens,
            "read_tokens": completion.prompt_tokens - completion.cached_tokens,
            "store_bytes": self.engine.reader.store.used_bytes,
        }

    def _ask(self, talk: list[ChatMessage], tokens: int) -> tuple[Completion, float]:
        """With the time until the answer of so many tokens is there."""
        started = time.perf_counter()
        *_events, completion = self.engine.stream(talk, GenerationConfig(max_new_tokens=tokens))
        return completion, time.perf_counter() - started

    def taken(self, case: str, with_store: bool, what: str = "seconds") -> list[float]:
        return [run[what] for run in self.runs if (run["case"], run["with_store"]) == (case, with_store)]

    def comparison(self, case: str) -> Comparison:
        again = self.taken(SWITCHED if case == SWITCHED else FOLLOW_UP, False)
        return Comparison(f"{case} / all again", "s", self.taken(case, True), again, LIMITS[case])


def long_texts(engine: Any, *lengths: int) -> list[str]:
    """Texts of so many tokens, one after the other out of the sample documents, over again where they are too short."""
    pages = [page.text for name in FILES for page in load_document(ROOT / "sample_docs" / name).pages]
    tokens = engine.tokenizer.encode("\n\n".join(pages), add_special_tokens=False)
    stream = itertools.cycle(tokens)
    return [engine.tokenizer.decode(list(itertools.islice(stream, length))) for length in lengths]


def assistant_header(engine: Any) -> tuple[int, ...]:
    """What the chat template puts before an answer."""
    shown = [{"role": "user", "content": "?"}]
    with_it, without = (
        engine.tokenizer.apply_chat_template(shown, tokenize=False, add_generation_prompt=wanted)
        for wanted in (True, False)
    )
    return tuple(engine.tokenizer.encode(with_it.removeprefix(without), add_special_tokens=False))


def random_adapter(engine: Any, name: str, invocation: tuple[int, ...], r: int = 16) -> Adapter:
    """On every linear layer, and so small that the answers stay text."""
    import torch

    generator = torch.Generator().manual_seed(len(name))
    weights = {
        module: (
            torch.randn(r, layer.in_features, generator=generator) * 0.01,
            torch.randn(layer.out_features, r, generator=generator) * 0.01,
            1.0,
        )
        for module, layer in linear_modules(engine.model).items()
    }
    return Adapter(name, hashlib.sha256(name.encode()).hexdigest(), weights, invocation)


def make_engine(architecture: str, device: str) -> Engine:
    """The starter, or random weights in the shape of a larger model with the starter's tokenizer."""
    kept = ensure_model("starter")
    if not architecture:
        return load_engine(kept, device)
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(kept.directory, local_files_only=True)
    config = transformers.AutoConfig.for_model(**ARCHITECTURES[architecture])
    with torch.device(device):
        model = transformers.AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16)
    shape = dataclasses.replace(kept, name=architecture, quantized=False, weights_sha256="random")
    return Engine(model.eval().requires_grad_(False), tokenizer, shape)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.follow_up")
    parser.add_argument("rounds", nargs="?", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=7000, help="of the document")
    parser.add_argument("--architecture", default="", choices=["", *ARCHITECTURES], help="random weights of this shape")
    parser.add_argument("--device", default="cpu", help="cpu, or cuda")
    wanted = parser.parse_args()
    bench = Bench(make_engine(wanted.architecture, wanted.device), wanted.tokens)
    for number in range(wanted.rounds):
        bench.round(number)
    for case in LIMITS:
        read = statistics.median(bench.taken(case, True, "read_tokens"))
        print(f"{case}: {1 / bench.comparison(case).ratio:.0f} times as quick; {read:.0f} tokens were read")
    name = "follow_up" + (f"_{wanted.architecture}" if wanted.architecture else "")
    details = {"tokens": wanted.tokens, "device": str(bench.engine.device), "runs": bench.runs}
    return report(name, [bench.comparison(case) for case in LIMITS], details)


if __name__ == "__main__":
    sys.exit(main())
