"""What `adapter_config.json` says: the settings Sunto carries out, and reasons for every one that it does not.

The file has the fields of PEFT's `LoraConfig` (peft 0.20, `tuners/lora/config.py`), whichever tool wrote it. Fields
that are not LoRA's are left out, as PEFT leaves them out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from adapters.importing.differences import Differences
from adapters.importing.patterns import unsafe
from adapters.importing.trouble import ordinary_hint, shown
from assistant.i18n import _

_DEFAULT_RANK = 8
_DEFAULT_ALPHA = 8
"""PEFT's, where the file says nothing."""
MAX_RANK = 4096
_MAX_INVOCATION_TOKENS = 64
_MAX_PATTERNS = 5_000


@dataclass(frozen=True)
class LoraSettings:
    r: int
    lora_alpha: float
    lora_dropout: float
    use_rslora: bool
    rank_pattern: Mapping[str, int]
    alpha_pattern: Mapping[str, float]
    target_modules: tuple[str, ...]
    """Ends of names; empty where the file has a regular expression, a shorthand, or nothing."""
    picks_layers: bool
    """Whether `layers_to_transform` or `exclude_modules` takes some of these away again."""
    invocation_tokens: tuple[int, ...]
    """Of an activated LoRA; empty for an ordinary one."""

    @property
    def kind(self) -> str:
        return "alora" if self.invocation_tokens else "lora"


def read_settings(config: Mapping[str, Any], vocabulary_tokens: int, found: Differences) -> LoraSettings:
    """Adds to `found` whatever cannot be carried out; the settings are whole only if nothing was added."""
    _refuse_other_kinds(config, found)
    targets = config.get("target_modules")
    return LoraSettings(
        r=_field(
            config, "r", _DEFAULT_RANK, _is_rank, _("a whole number from 1 to {most}").format(most=MAX_RANK), found
        ),
        lora_alpha=_field(config, "lora_alpha", _DEFAULT_ALPHA, _is_number, _("a number"), found),
        lora_dropout=_field(config, "lora_dropout", 0.0, _is_share, _("a number from 0 to 1"), found),
        use_rslora=_field(config, "use_rslora", False, _is_bool, _("true or false"), found),
        rank_pattern=_patterns(config, "rank_pattern", _is_rank, found),
        alpha_pattern=_patterns(config, "alpha_pattern", _is_number, found),
        target_modules=tuple(cast("list[str]", targets)) if _are_names(targets) else (),
        picks_layers=bool(config.get("layers_to_transform") is not None or config.get("exclude_modules")),
        invocation_tokens=_invocation(config, vocabulary_tokens, found),
    )


# --- other kinds of adapters ---------------------------------------------------------------------------------------


def _refuse_other_kinds(config: Mapping[str, Any], found: Differences) -> None:
    hint = ordinary_hint()
    if "lora_parameters" in config or "fine_tune_type" in config:
        found.say(
            "lora_parameters", _("this is MLX's format, not PEFT's"), hint=_("Ask its maker for it in PEFT's format.")
        )
        return
    if (kind := config.get("peft_type", "LORA")) != "LORA":
        found.add("peft_type", "LORA", shown(kind), hint=hint)
    if (task := config.get("task_type")) not in (None, "", "CAUSAL_LM"):
        found.add("task_type", "CAUSAL_LM", shown(task), hint=hint)
    for field, unused, reason in _not_carried_out():
        value = config.get(field)
        if value not in (None, unused, [], {}, ""):
            found.say(f"{field} = {shown(value)}", reason, hint=hint)
    start = config.get("init_lora_weights", True)
    if isinstance(start, str) and start.lower().startswith(("pissa", "olora", "corda", "loftq", "lora_ga")):
        found.say(
            f"init_lora_weights = {shown(start)}",
            _("its training began by changing the base itself, so it does not fit the base as it was"),
            hint=_("PEFT converts it while saving (path_initial_model_for_weight_conversion)."),
        )


def _not_carried_out() -> list[tuple[str, object, str]]:
    """Field, the value that means “not used”, and what it would do."""
    moe = _("it changes parts of the base that are no linear layers")
    return [
        ("use_dora", False, _("DoRA also changes how strong each of the base's own weights is; Sunto does not run it")),
        ("bias", "none", _("it also changes the base's biases; Sunto does not run that")),
        ("lora_bias", False, _("it has biases of its own; Sunto does not run that")),
        (
            "modules_to_save",
            None,
            _("it brings whole parts of the base, trained again; they cannot be switched with a subject"),
        ),
        ("trainable_token_indices", None, _("it changes the meaning of single tokens; Sunto does not run that")),
        ("layer_replication", None, _("it makes a deeper base by repeating layers; Sunto does not run that")),
        ("target_parameters", None, moe),
        ("use_qalora", False, _("QALoRA is another kind of adapter; Sunto does not run it")),
        ("use_bdlora", None, _("BD-LoRA is another kind of adapter; Sunto does not run it")),
        ("kasa_config", None, _("KaSA changes the base's own weights; Sunto does not run it")),
        ("arrow_config", None, _("it chooses between several adapters by itself; Sunto does not run that")),
        ("monteclora_config", None, _("it changes by chance at every answer; Sunto does not run that")),
        ("megatron_config", None, _("it is for a model spread over several machines")),
    ]


# --- single fields -------------------------------------------------------------------------------------------------


def _field(
    config: Mapping[str, Any], name: str, default: Any, fits: Callable[[Any], bool], expected: str, found: Differences
) -> Any:
    value = config.get(name)
    if value is None:
        return default
    if not fits(value):
        found.add(name, expected, shown(value))
        return default
    return value


def _patterns(config: Mapping[str, Any], name: str, fits: Callable[[Any], bool], found: Differences) -> dict[str, Any]:
    value: Any = config.get(name) or {}
    if not isinstance(value, dict):
        found.add(name, _("an object"), shown(value))
        return {}
    patterns = cast("dict[str, Any]", value)
    wrong = [key for key, item in patterns.items() if not fits(item)]
    if wrong:
        found.add(f"{name}, {shown(wrong[0])}", _("a number"), shown(patterns[wrong[0]]))
    elif len(patterns) > _MAX_PATTERNS or (wrong := [key] if (key := unsafe(list(patterns))) else []):
        found.say(name, _("{pattern} is too complicated to be read safely").format(pattern=shown(wrong and wrong[0])))
    else:
        return patterns
    return {}


def _invocation(config: Mapping[str, Any], vocabulary_tokens: int, found: Differences) -> tuple[int, ...]:
    value: Any = config.get("alora_invocation_tokens")
    if value is None:
        return ()
    tokens = cast("list[Any]", value) if isinstance(value, list) else []
    if not 0 < len(tokens) <= _MAX_INVOCATION_TOKENS or not all(
        type(token) is int and 0 <= token < vocabulary_tokens for token in tokens
    ):
        found.add(
            "alora_invocation_tokens",
            _("1 to {most} numbers of tokens below {vocabulary}").format(
                most=_MAX_INVOCATION_TOKENS, vocabulary=vocabulary_tokens
            ),
            shown(value),
        )
        return ()
    return tuple(tokens)


def _is_rank(value: Any) -> bool:
    return type(value) is int and 1 <= value <= MAX_RANK


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and abs(value) < 1e9 and math.isfinite(value)


def _is_share(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= 1


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in cast("list[Any]", value))
