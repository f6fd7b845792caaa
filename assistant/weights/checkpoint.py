"""What a model's files say about it, read without running any of them: may it be used, and how."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assistant.errors import ModelLoadError
from assistant.i18n import _

CONFIG = "config.json"
INDEX = "model.safetensors.index.json"
DEFAULT_CONTEXT_TOKENS = 8192
DEFAULT_CHUNK_TOKENS = 2000
_WANTED = frozenset(
    {
        CONFIG,
        "generation_config.json",
        "tokenizer.json",
        "tokenizer_config.json",
        "tokenizer.model",
        "special_tokens_map.json",
        "added_tokens.json",
        "vocab.json",
        "merges.txt",
        "chat_template.jinja",
        INDEX,
    }
)
_SAFETENSORS = re.compile(r"[\w-][\w.-]*\.safetensors", re.ASCII)
_PICKLED = (".bin", ".pt", ".pth", ".pkl", ".ckpt")
"""Formats that can run code while they are read."""


@dataclass(frozen=True)
class Checkpoint:
    files: tuple[str, ...]
    """The names that are needed, the weights last; nothing else is fetched or opened."""
    is_nf4: bool
    """Already quantized as Sunto does it."""


def inspect_checkpoint(
    name: str,
    available: Collection[str],
    config: Mapping[str, Any],
    index: Mapping[str, Any],
) -> Checkpoint:
    """Raises ModelLoadError for what Sunto does not run: pickled weights, a repository's own code, an adapter,
    weights quantized in another way."""
    weights = _weight_files(available, index)
    if not weights or not config:
        raise _no_weights(name, available)
    if _needs_own_code(config):
        raise ModelLoadError(
            _("The model {name} needs program code of its own to run, and Sunto never runs such code.").format(
                name=name
            ),
            _("Choose a model that transformers knows; `sunto models list` shows some."),
        )
    quantization = config.get("quantization_config")
    if quantization and not _is_nf4(quantization):
        raise ModelLoadError(
            _("The model {name} is already quantized in another way ({method}).").format(
                name=name, method=quantization.get("quant_method", "?")
            ),
            _("Choose the original model; Sunto quantizes it itself."),
        )
    return Checkpoint((*sorted(_WANTED & set(available)), *sorted(weights)), bool(quantization))


def _weight_files(available: Collection[str], index: Mapping[str, Any]) -> set[str]:
    """The shards the index names, or the one file; none when a shard is missing or named like a path."""
    named = set(cast("Mapping[str, str]", index.get("weight_map") or {}).values()) or {"model.safetensors"}
    if not all(_SAFETENSORS.fullmatch(name) for name in named):
        return set()
    return named if named <= set(available) else set()


def _no_weights(name: str, available: Collection[str]) -> ModelLoadError:
    if "adapter_config.json" in available:
        return ModelLoadError(
            _("{name} is an adapter, not a base model.").format(name=name),
            _("Use it with --adapter, together with the base model it was made for."),
        )
    if any(file.endswith(_PICKLED) for file in available):
        return ModelLoadError(
            _("The weights of {name} come only as pickle files, which can run code when opened.").format(name=name),
            _("Sunto opens safetensors only: look for a version of this model that has them."),
        )
    return ModelLoadError(
        _("{name} holds no model weights (*.safetensors).").format(name=name),
        _("Give the id or the folder of a model for transformers; GGUF files are for other programs."),
    )


def require_chat_template(name: str, directory: Path) -> None:
    """Raises ModelLoadError for a model that does not say how a conversation is written."""
    if not _chat_template(directory):
        raise ModelLoadError(
            _("The model {name} has no chat template: it was not made for conversation.").format(name=name),
            _("Choose one whose name ends in “Instruct” or “it”."),
        )


def _needs_own_code(config: Mapping[str, Any]) -> bool:
    """Some models transformers knows still carry the code they once needed; theirs is simply not used."""
    if "auto_map" not in config:
        return False
    from transformers.models.auto.configuration_auto import (  # deferred: takes a second
        CONFIG_MAPPING_NAMES,  # pyright: ignore[reportPrivateImportUsage]
    )

    return config.get("model_type") not in CONFIG_MAPPING_NAMES


def _is_nf4(quantization: Mapping[str, Any]) -> bool:
    return (
        quantization.get("quant_method") == "bitsandbytes"
        and bool(quantization.get("load_in_4bit"))
        and quantization.get("bnb_4bit_quant_type") == "nf4"
    )


def context_tokens(config: Mapping[str, Any]) -> int:
    """How many tokens Sunto gives a model that is not in the catalogue: what it was made for, within reason."""
    text_config = cast("Mapping[str, Any]", config.get("text_config") or config)
    made_for = text_config.get("max_position_embeddings")
    return min(made_for, DEFAULT_CONTEXT_TOKENS) if isinstance(made_for, int) else DEFAULT_CONTEXT_TOKENS


def chunk_tokens(context: int) -> int:
    """A quarter of the context window, so that prompt, source and answer fit with room to spare."""
    return min(context // 4, DEFAULT_CHUNK_TOKENS)


def chat_template_sha256(directory: Path) -> str:
    """Hash of the template that turns a conversation into a prompt; empty when the model has none."""
    template = _chat_template(directory)
    return hashlib.sha256(template.encode("utf-8", "replace")).hexdigest() if template else ""


def _chat_template(directory: Path) -> str:
    """transformers writes it beside the tokenizer's settings; older files have it inside them."""
    try:
        return (directory / "chat_template.jinja").read_text(encoding="utf-8")
    except FileNotFoundError:
        template = read_json(directory / "tokenizer_config.json").get("chat_template", "")
    if isinstance(template, list):  # several, by name
        named = {item["name"]: item["template"] for item in cast("list[dict[str, str]]", template)}
        template = named.get("default", "")
    return str(template)


def read_json(path: Path) -> dict[str, Any]:
    """Empty when the file is missing or is not a JSON object."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
