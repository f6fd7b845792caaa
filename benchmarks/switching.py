"""From one adapter to another, with the starter on the CPU: beside PEFT, beside a prefill, beside reading the files.

    python -m benchmarks.switching [ROUNDS]

Two random adapters of rank 16 on all linear layers lie in a registry of their own. Warm: both are in memory, and one
takes over from the other; the peer is PEFT's `set_adapter`. Cold: the bank has forgotten it and reads it again, beside
reading the bytes of its files; from the disk, where the operating system can be asked to forget files (Linux), and
from its memory. Then tokens are decoded with the base alone, with our adapter, and with the same adapter in PEFT's own
module: the same weights, loop and cache.
"""

from __future__ import annotations

import functools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from adapters.bank import Bank
from adapters.registry import AdapterRecord, adapters_dir, get_adapter
from assistant.engine import load_engine
from assistant.engine.adapter_files import LoraSettings, write_adapter
from assistant.engine.answer import Answer
from assistant.engine.engine import Engine
from assistant.engine.loading import load_base
from assistant.engine.lora import linear_modules
from assistant.generation import GenerationConfig
from assistant.weights import KeptModel, ensure_model
from benchmarks.measure import Comparison, report, take_turns

NAMES = ("biology", "law")
SETTINGS = LoraSettings(r=16, lora_alpha=32)
SWITCHES = {"ours": 200, "peft": 4}
"""In one measurement: ours is too short to be timed alone."""
PREFILL_TOKENS = 1000
DECODED_TOKENS = 48
MOST = {"set_adapter": 1 / 10, "prefill": 1 / 100, "files": 2.0}


def main(rounds: int = 9) -> int:
    kept = ensure_model("starter")
    engine = load_engine(kept, "cpu")
    with _own_registry():
        records = [_make_adapter(engine, name, seed) for seed, name in enumerate(NAMES)]
        bank = Bank(engine)
        peft = _peft_model(kept, records)
        taken = take_turns(
            {
                "warm": lambda: _seconds(functools.partial(_switch, bank, records), SWITCHES["ours"]),
                "set_adapter": lambda: _seconds(functools.partial(_switch_peft, peft), SWITCHES["peft"]),
                "prefill": lambda: _prefill(engine, bank),
                "cold": lambda: _cold(bank, records[0], from_disk=True),
                "files": lambda: _files_read(records[0], from_disk=True),
                "cold cached": lambda: _cold(bank, records[0], from_disk=False),
                "files cached": lambda: _files_read(records[0], from_disk=False),
                "decode base": lambda: _decode(engine, lambda: bank.use(None), engine.model),
                "decode ours": lambda: _decode(engine, lambda: bank.use(records[0]), engine.model),
                "decode peft": lambda: _decode(engine, lambda: None, peft),
            },
            rounds,
        )
    return _report(taken)


def _report(taken: dict[str, list[float]]) -> int:
    warm = taken["warm"]
    comparisons = [
        Comparison("warm switch / set_adapter", "s", warm, taken["set_adapter"], MOST["set_adapter"]),
        Comparison(f"warm switch / prefill of {PREFILL_TOKENS}", "s", warm, taken["prefill"], MOST["prefill"]),
        Comparison("cold switch / reading the files", "s", taken["cold"], taken["files"], MOST["files"]),
        Comparison("the same, files cached", "s", taken["cold cached"], taken["files cached"], None),
    ]
    speeds = {
        name: [DECODED_TOKENS / seconds for seconds in taken[f"decode {name}"]] for name in ("base", "ours", "peft")
    }
    for name, values in speeds.items():
        share = statistics.median(values) / statistics.median(speeds["base"])
        print(f"decoding, {name}: {statistics.median(values):.1f} tokens/s, {share:.2f} of the base alone")
    return report("switching", comparisons, {"taken": taken, "decode_tokens_per_second": speeds})


@contextmanager
def _own_registry() -> Generator[None]:
    """The models stay those of the real home; adapters are looked for in a folder that goes afterwards."""
    before = os.environ.get("SUNTO_HOME")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        os.environ["SUNTO_HOME"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["SUNTO_HOME"]
            else:
                os.environ["SUNTO_HOME"] = before


def _make_adapter(engine: Engine, name: str, seed: int) -> AdapterRecord:
    random = torch.Generator().manual_seed(seed)
    weights = {
        module: (
            torch.randn(SETTINGS.r, layer.in_features, generator=random) * 0.02,
            torch.randn(layer.out_features, SETTINGS.r, generator=random) * 0.02,
        )
        for module, layer in linear_modules(engine.model).items()
    }
    directory = adapters_dir() / name
    directory.mkdir(parents=True)
    write_adapter(directory, weights, SETTINGS, engine.name)
    return get_adapter(name)


def _peft_model(kept: KeptModel, records: list[AdapterRecord]) -> Any:
    """PEFT around a second copy of the base, laid out as ours is."""
    from peft import PeftModel

    from assistant.engine import packing

    model, _tokenizer = load_base(kept.directory, "cpu")
    packing.forbid(model)
    packing.pack(model)
    first, *others = records
    peft = PeftModel.from_pretrained(model, first.directory, adapter_name=first.name).eval()
    for record in others:
        peft.load_adapter(record.directory, adapter_name=record.name)
    return peft


def _switch(bank: Bank, records: list[AdapterRecord], number: int = 0) -> None:
    bank.use(records[number % len(records)])


def _switch_peft(peft: Any, number: int = 0) -> None:
    peft.set_adapter(NAMES[number % len(NAMES)])


def _seconds(work: Callable[..., object], times: int) -> float:
    """Of one."""
    numbered = times > 1
    started = time.perf_counter()
    for number in range(times):
        work(number) if numbered else work()
    return (time.perf_counter() - started) / times


def _cold(bank: Bank, record: AdapterRecord, *, from_disk: bool) -> float:
    bank.forget(record.name)
    if from_disk:
        _leave_cache(record)
    return _seconds(lambda: bank.use(record), 1)


def _files_read(record: AdapterRecord, *, from_disk: bool) -> float:
    if from_disk:
        _leave_cache(record)
    return _seconds(lambda: [(record.directory / name).read_bytes() for name in _files(record.directory)], 1)


def _leave_cache(record: AdapterRecord) -> None:
    """Ask the operating system to forget the files; only Linux can be asked."""
    if sys.platform == "linux":
        for name in _files(record.directory):
            with (record.directory / name).open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _files(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir() if path.suffix in (".safetensors", ".json")]


def _prefill(engine: Engine, bank: Bank) -> float:
    bank.use(None)
    engine.forget()
    answer = Answer(_tokens(engine, PREFILL_TOKENS), GenerationConfig(), engine.tokenizer, frozenset(), engine.device)
    return _seconds(lambda: list(engine.reader.read(answer)), 1)


def _decode(engine: Engine, select: Callable[[], object], model: Any) -> float:
    """Seconds for so many tokens after a short prompt, the likeliest each time."""
    from transformers import DynamicCache

    select()
    cache = DynamicCache(config=model.config)
    with torch.inference_mode():
        output = model(input_ids=torch.tensor([_tokens(engine, 64)]), past_key_values=cache, logits_to_keep=1)
        started = time.perf_counter()
        for _number in range(DECODED_TOKENS):
            token = output.logits[:, -1].argmax(-1, keepdim=True)
            output = model(input_ids=token, past_key_values=cache, logits_to_keep=1)
    return time.perf_counter() - started


def _tokens(engine: Engine, count: int) -> list[int]:
    text = json.dumps(list(range(count)))
    return engine.tokenizer.encode(text, add_special_tokens=False)[:count]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
