"""PEFT's `adapter_config.json`, understood: how strong an adapter is on each layer, and from which token on.

What would change more of the model than A and B beside its linear layers (DoRA, trained biases, `modules_to_save`, ...)
is refused by name. The file is untrusted: it comes with weights from anywhere. Knows no torch.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.errors import AdapterCorruptError, AdapterMismatchError
from assistant.i18n import _
from assistant.safe_text import one_line

CONFIG_FILE = "adapter_config.json"
_MAX_BYTES = 1 << 20
_MAX_PATTERNS = 4096
"""More than one for each layer of the largest models."""
_MAX_SHOWN = 80
"""Characters of somebody else's value in a message of ours."""
_DEFAULT_R = _DEFAULT_ALPHA = 8
"""PEFT's own, where the file does not say."""

_REFUSED: Mapping[str, object] = {
    "use_dora": False,
    "use_qalora": False,
    "use_bdlora": None,
    "lora_bias": False,
    "bias": "none",
    "modules_to_save": None,
    "trainable_token_indices": None,
    "layer_replication": None,
    "fan_in_fan_out": False,
    "target_parameters": None,
    "velora_config": None,
    "monteclora_config": None,
    "arrow_config": None,
    "kasa_config": None,
}
"""Fields of PEFT 0.21's `LoraConfig` that Sunto does not carry out, with the value that means "not used"."""

_CHANGE_THE_BASE = ("pissa", "olora", "corda", "loftq", "lora_ga")
"""Beginnings of `init_lora_weights` that take something out of the base's own weights before the training."""


@dataclass(frozen=True)
class _Pattern:
    matches: re.Pattern[str]
    value: float


@dataclass(frozen=True)
class AdapterConfig:
    data: bytes
    """The file as it is."""
    r: int
    lora_alpha: float
    use_rslora: bool
    rank_pattern: tuple[_Pattern, ...]
    alpha_pattern: tuple[_Pattern, ...]
    invocation: tuple[int, ...]
    """PEFT's `alora_invocation_tokens`: the adapter is active from where they stand; empty for one always active."""

    def rank(self, module: str) -> int:
        return int(_by_pattern(self.rank_pattern, module, self.r))

    def scaling(self, module: str) -> float:
        """alpha / r, or alpha / sqrt(r) with rank-stabilized LoRA (Kalajdzievski 2023)."""
        alpha = _by_pattern(self.alpha_pattern, module, self.lora_alpha)
        rank = self.rank(module)
        return alpha / math.sqrt(rank) if self.use_rslora else alpha / rank


def read_config(directory: Path) -> AdapterConfig:
    """Raises AdapterCorruptError for a broken file, AdapterMismatchError for a kind of adapter we do not run."""
    path = directory / CONFIG_FILE
    data, config = _read(path)
    _refuse_other_kinds(config)
    try:
        return AdapterConfig(
            data=data,
            r=_positive(config.get("r", _DEFAULT_R)),
            lora_alpha=_finite(config.get("lora_alpha", _DEFAULT_ALPHA)),
            use_rslora=bool(config.get("use_rslora")),
            rank_pattern=_patterns(config.get("rank_pattern"), _positive),
            alpha_pattern=_patterns(config.get("alpha_pattern"), _finite),
            invocation=_tokens(config.get("alora_invocation_tokens")),
        )
    except (TypeError, ValueError, AttributeError, OverflowError, RecursionError, re.error) as error:
        raise corrupt(path, _("it does not say how strong the adapter is")) from error


def corrupt(path: Path, reason: str) -> AdapterCorruptError:
    return AdapterCorruptError(
        _("The adapter file {path} is damaged: {reason}.").format(path=path, reason=one_line(reason).rstrip(".")),
        _("Copy the adapter again from where it came from, or train it again."),
    )


def some(items: list[str], limit: int = 8) -> str:
    """The first few; a whole model's worth of names would hide the message."""
    rest = len(items) - limit
    return "; ".join(one_line(item) for item in items[:limit]) + (f"; … (+{rest})" if rest > 0 else "")


def _read(path: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise corrupt(path, _("it is far too large"))
        data = path.read_bytes()
        config = json.loads(data)
    except FileNotFoundError as error:
        raise corrupt(path, _("it is missing")) from error
    except (OSError, ValueError, RecursionError) as error:
        raise corrupt(path, str(error)) from error
    if not isinstance(config, dict):
        raise corrupt(path, _("it is not an object"))
    return data, config


def _refuse_other_kinds(config: dict[str, Any]) -> None:
    found = {
        field: config[field]
        for field, unused in _REFUSED.items()
        if config.get(field, unused) not in (unused, None, [], {}, False)
    }
    if (kind := config.get("peft_type", "LORA")) != "LORA":
        found["peft_type"] = kind
    start = config.get("init_lora_weights")
    if isinstance(start, str) and start.lower().startswith(_CHANGE_THE_BASE):
        found["init_lora_weights"] = start
    if found:
        differences = [_("{field} is {got}").format(field=field, got=_short(got)) for field, got in found.items()]
        raise AdapterMismatchError(
            _("Sunto cannot run this kind of adapter: {differences}.").format(differences="; ".join(differences)),
            _("Ordinary LoRA adapters work, without DoRA and without other trained parts."),
        )


def _patterns(value: Any, number: Any) -> tuple[_Pattern, ...]:
    """PEFT's rule (`utils.other.get_pattern_key`): a key matches a module's whole name or its end after a dot."""
    items = list((value or {}).items())
    if len(items) > _MAX_PATTERNS:
        raise ValueError("too many patterns")
    return tuple(_Pattern(re.compile(rf"(?:.*\.)?(?:{_harmless(key)})$"), number(value)) for key, value in items)


def _harmless(pattern: str) -> str:
    """The expression, unless matching it could take time that grows exponentially. Raises ValueError."""
    repeats = re.findall(r"[*+?{]", pattern)
    if (
        len(repeats) > 2
        or pattern.count("(") > 2
        or re.search(r"\)[*+?{]", pattern)
        or re.search(r"\\\d|\(\?", pattern)
    ):
        raise ValueError("an expression that is too complicated for a layer's name")
    return pattern


def _by_pattern(patterns: tuple[_Pattern, ...], module: str, default: float) -> float:
    return next((pattern.value for pattern in patterns if pattern.matches.match(module)), default)


def _positive(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(value)
    return value


def _finite(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(value)
    return float(value)


def _tokens(value: Any) -> tuple[int, ...]:
    tokens: tuple[Any, ...] = tuple(value or ())
    if not all(isinstance(token, int) and not isinstance(token, bool) and token >= 0 for token in tokens):
        raise ValueError(value)
    return tokens


def _short(value: object) -> str:
    text = one_line(str(value))
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
