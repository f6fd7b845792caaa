"""Make the checkpoint Sunto keeps: NF4 weights with double quantization, from a bfloat16 or a GGUF model.

Imports torch: runs in a child process, see `assistant.weights.quantize_process`.

The model is saved before any forward pass. On CPUs with AVX512-BF16 bitsandbytes repacks the weights at the first
one, and a save after that is lossy (notes of the project, and `assistant.engine`).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
import transformers
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig, GgufConfig
from transformers.utils import logging

Report = Callable[[float], object]
"""Called with the share of the work done, from 0 to 1, never backwards."""

_UNPACKED = 0.5
"""The share of the work done when a GGUF file has been unpacked (measured on the starter)."""


def quantize_checkpoint(
    source: Path, destination: Path, scratch: Path, *, gguf_file: str = "", report: Report
) -> dict[str, str]:
    """Write the NF4 checkpoint and its tokenizer to `destination`; the versions of the libraries are returned.

    `source` holds a safetensors checkpoint, or the GGUF file named `gguf_file`, which is first unpacked to
    bfloat16 in `scratch` (transformers can not save a model that was quantized while read from GGUF).
    Quantizes on the CPU, where it needs no accelerator that another process may hold.
    """
    tokenizer = load_tokenizer(source, gguf_file)
    if gguf_file:
        with _bars_to(report, 0, _UNPACKED):
            _unpack_gguf(source, gguf_file, scratch)
    with _bars_to(report, _UNPACKED if gguf_file else 0, 1):
        model = AutoModelForCausalLM.from_pretrained(
            scratch if gguf_file else source,
            quantization_config=nf4_config(),
            dtype=torch.bfloat16,
            device_map={"": "cpu"},
            trust_remote_code=False,
            use_safetensors=True,
            local_files_only=True,
        )
    vars(model.config).pop("auto_map", None)  # names code of the repository, which Sunto never runs
    destination.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(destination)
    tokenizer.save_pretrained(destination)
    if gguf_file:
        shutil.rmtree(scratch)
    return {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "bitsandbytes": version("bitsandbytes"),
    }


def nf4_config() -> BitsAndBytesConfig:
    """The compute dtype recorded is bfloat16; a device without it sets float16 when it loads."""
    return BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )


def load_tokenizer(source: Path, gguf_file: str = "") -> Any:
    """The model's own tokenizer, its digits mended when it comes from a GGUF file of the SmolLM family."""
    if not gguf_file:
        return AutoTokenizer.from_pretrained(source, trust_remote_code=False, local_files_only=True)
    tokenizer = AutoTokenizer.from_pretrained(source, gguf_file=gguf_file)
    if _pre_tokenizer_name(source / gguf_file) == "smollm":
        from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence

        # transformers does not read `tokenizer.ggml.pre`; SmolLM was trained with every digit on its own
        # (llama.cpp, src/llama-vocab.cpp, LLAMA_VOCAB_PRE_TYPE_SMOLLM).
        tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
            [Digits(individual_digits=True), ByteLevel(add_prefix_space=False)]
        )
    return tokenizer


def _pre_tokenizer_name(path: Path) -> str:
    from gguf import GGUFReader

    field = GGUFReader(path).get_field("tokenizer.ggml.pre")
    return str(field.contents()) if field is not None else ""


def _unpack_gguf(source: Path, gguf_file: str, scratch: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(
        source,
        gguf_file=gguf_file,
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.bfloat16,
    )
    shutil.rmtree(scratch, ignore_errors=True)
    model.save_pretrained(scratch)


class _SpokenBar:
    """A progress bar of transformers that is not drawn but told: `report` hears the share of items done."""

    def __init__(self, bar: Any, items: Collection[Any], report: Report) -> None:
        self._bar, self._items, self._report = bar, items, report

    def __iter__(self) -> Iterator[Any]:
        for done, item in enumerate(self._items, start=1):
            yield item
            self._report(done / len(self._items))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bar, name)


@contextmanager
def _bars_to(report: Report, start: float, end: float) -> Generator[None]:
    """While open, transformers' progress bars move the share of the work done from `start` to `end`."""
    reached = start

    def advance(share: float) -> None:
        nonlocal reached
        now = start + share * (end - start)
        if now >= reached + 0.01 or (share == 1 and now > reached):
            reached = now
            report(now)

    def hook(factory: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        bar = factory(*args, **{**options, "disable": True})
        items = args[0] if args else options.get("iterable")
        return _SpokenBar(bar, items, advance) if isinstance(items, Collection) else bar

    previous = logging.set_tqdm_hook(hook)
    try:
        yield
    finally:
        logging.set_tqdm_hook(previous)
