"""Adapters as other tools write them: made with PEFT itself, and dressed up as the others dress theirs."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

LINEAR = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]


def load_tiny(directory: Path) -> Any:
    """The unquantized tiny base in float32."""
    import torch
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()


def make_adapter(base: Path, target: Path, *, dtype: str = "float32", **config: Any) -> Path:
    """Save what PEFT saves: an adapter with random weights, so that it changes every answer."""
    import torch
    from peft import LoraConfig, get_peft_model

    settings = {"r": 4, "lora_alpha": 8, "target_modules": ["q_proj", "v_proj"], "task_type": "CAUSAL_LM", **config}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        model = get_peft_model(load_tiny(base), LoraConfig(init_lora_weights=False, **settings))
    model.to(getattr(torch, dtype)).save_pretrained(target)
    change_config(target, base_model_name_or_path="tiny", init_lora_weights=True)
    return target


def change_config(directory: Path, **fields: Any) -> Path:
    path = directory / "adapter_config.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **fields}), encoding="utf-8")
    return directory


def read_weights(directory: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(directory / "adapter_model.safetensors")


def write_weights(directory: Path, tensors: Mapping[str, Any]) -> Path:
    from safetensors.torch import save_file

    save_file(dict(tensors), directory / "adapter_model.safetensors", metadata={"format": "pt"})
    return directory


def rename_weights(directory: Path, rename: Callable[[str], str]) -> Path:
    return write_weights(directory, {rename(name): tensor for name, tensor in read_weights(directory).items()})


def like_unsloth(directory: Path) -> Path:
    """`model.save_pretrained(…)` and `tokenizer.save_pretrained(…)` of Unsloth: a 4-bit copy of the base, a regex."""
    (directory / "README.md").write_text("---\nbase_model: unsloth/tiny-unsloth-bnb-4bit\n---\n", encoding="utf-8")
    (directory / "tokenizer.json").write_text("{}", encoding="utf-8")
    (directory / "special_tokens_map.json").write_text("{}", encoding="utf-8")
    return change_config(
        directory,
        base_model_name_or_path="unsloth/tiny-unsloth-bnb-4bit",
        target_modules=r"(?:.*?(?:self_attn|mlp).*?(?:q_proj|v_proj).*?)|(?:\bmodel\.layers\.[\d]{1,}\.(?:self_attn))",
        auto_mapping={"base_model_class": "LlamaForCausalLM", "unsloth_fixed": True},
        peft_version="0.18.0",
        task_type=None,
    )


def like_llama_factory(directory: Path) -> Path:
    """An output folder of LLaMA-Factory: checkpoints below, the trainer's files beside, a path for the base."""
    checkpoint = directory / "checkpoint-100"
    checkpoint.mkdir()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (checkpoint / name).write_bytes((directory / name).read_bytes())
    for name in ("optimizer.pt", "scheduler.pt", "rng_state.pth", "training_args.bin"):
        (checkpoint / name).write_bytes(b"\x80\x04cos\nsystem\n.")
    (directory / "training_args.bin").write_bytes(b"\x80\x04cos\nsystem\n.")
    for name in ("trainer_state.json", "all_results.json", "train_results.json"):
        (directory / name).write_text("{}", encoding="utf-8")
    (directory / "trainer_log.jsonl").write_text("{}\n", encoding="utf-8")
    return change_config(directory, base_model_name_or_path="/data/models/tiny", inference_mode=True)


def like_trl(directory: Path) -> Path:
    """A run of TRL that was stopped before its end: adapters only in the checkpoints."""
    for step in (50, 100):
        checkpoint = directory / f"checkpoint-{step}"
        checkpoint.mkdir()
        for name in ("adapter_config.json", "adapter_model.safetensors"):
            (checkpoint / name).write_bytes((directory / name).read_bytes())
        (checkpoint / "optimizer.pt").write_bytes(b"\x80\x04cos\nsystem\n.")
        (checkpoint / "trainer_state.json").write_text("{}", encoding="utf-8")
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (directory / name).unlink()
    return directory


def zipped(directory: Path, target: Path, *, inside: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(directory.rglob("*")):
            if path.is_file():
                archive.write(path, inside + path.relative_to(directory).as_posix())
    return target


def safetensors_bytes(entries: Any, data: bytes = b"", *, length: int | None = None) -> bytes:
    """A file with this header, true or not."""
    header = entries if isinstance(entries, bytes) else json.dumps(entries).encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data
