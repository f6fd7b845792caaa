"""The names of weights, in every spelling that tools write, as pairs of A and B."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.importing.differences import Differences
from adapters.importing.header import BYTES, Tensor
from adapters.importing.layers import BaseLayers
from adapters.importing.trouble import ordinary_hint, shown
from assistant.i18n import _

PREFIX = "base_model.model."
"""Before each name in PEFT's files."""

_KEY = re.compile(r"(?P<module>.+)\.lora_(?P<side>[AB])(?:\.(?P<adapter>[\w-]{1,64}))?\.weight")
"""`….lora_A.weight`; a state dict saved as it is in memory has the adapter's name: `….lora_A.default.weight`."""
_WRAPPERS = re.compile(r"(?:^|(?<=\.))(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.")
"""What torch.compile, FSDP and gradient checkpointing put between a module and its name."""


@dataclass(frozen=True)
class Pair:
    """A of shape (r, in) and B of shape (out, r), of one layer."""

    a: Tensor
    b: Tensor


def pair_up(tensors: Sequence[Tensor], layers: BaseLayers, found: Differences) -> dict[str, Pair]:
    """Module name, as the base has it → its two matrices. Adds to `found` what cannot be placed."""
    sides: dict[str, dict[str, Tensor]] = {}
    adapters: set[str] = set()
    for tensor in tensors:
        match = _KEY.fullmatch(_WRAPPERS.sub("", tensor.name))
        if match is None or "modules_to_save" in tensor.name:
            _refuse(tensor.name, found)
            continue
        adapters.add(match["adapter"] or "default")
        module = _module(match["module"])
        if match["side"] in sides.setdefault(module, {}):
            found.say(shown(module), _("its weights are there twice, under two names"))
        sides[module][match["side"]] = tensor
    if len(adapters) > 1:
        found.say(
            _("adapters"),
            _("the file holds several: {names}").format(names=shown(", ".join(sorted(adapters)))),
            hint=_("Save each in a file of its own."),
        )
    if not tensors:
        found.say(_("weights"), _("the file holds none"))
    return _whole(sides, layers, found)


def _whole(sides: dict[str, dict[str, Tensor]], layers: BaseLayers, found: Differences) -> dict[str, Pair]:
    pairs: dict[str, Pair] = {}
    for module, pair in sides.items():
        if module == layers.head:
            reason = _("it changes the layer that chooses the words, which Sunto leaves as it is")
            found.say(shown(module), reason, hint=ordinary_hint())
        elif module not in layers.linear:
            found.say(shown(module), _("the base has no such layer"))
        elif pair.keys() != {"A", "B"}:
            found.add(shown(module), "lora_A, lora_B", ", ".join(f"lora_{side}" for side in sorted(pair)))
        else:
            pairs[module] = Pair(pair["A"], pair["B"])
    for pair in pairs.values():
        for tensor in (pair.a, pair.b):
            if tensor.dtype not in BYTES:
                found.add(_("kind of numbers"), "F16, BF16, F32", shown(tensor.dtype))
    return pairs


def _module(name: str) -> str:
    """Without what was wrapped around the base: PEFT's own two layers, and those of training on several cards."""
    return name.removeprefix("module.").removeprefix(PREFIX)


def _refuse(name: str, found: Differences) -> None:
    what = shown(name.removeprefix(PREFIX))
    if "lora_magnitude_vector" in name:
        what = "lora_magnitude_vector"
        reason = _("DoRA also changes how strong each of the base's own weights is; Sunto does not run it")
    elif "lora_embedding_" in name:
        reason = _("it changes the embeddings, the meaning of single tokens; Sunto does not run that")
    elif name.endswith((".lora_a", ".lora_b", ".lora_a.weight", ".lora_b.weight")):
        reason = _("this is MLX's or torchtune's spelling, not PEFT's")
    elif "lora_up" in name or "lora_down" in name:
        reason = _("it is an adapter for pictures")
    elif name.endswith((".bias", ".lora_bias")) or ".lora_bias." in name:
        reason = _("it also changes the base's biases; Sunto does not run that")
    elif ".lora_" not in name and name.endswith(".weight"):
        reason = _("a whole part of the base, trained again; it cannot be switched with a subject")
    else:
        reason = _("these weights are not of an ordinary LoRA")
    found.say(what, reason, hint=ordinary_hint())
