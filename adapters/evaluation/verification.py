"""Whether an adapter works as it was saved, found out before anybody can use it.

What a training has in memory and what lies on the disk afterwards are two things. A process of its own (`fresh`) reads
the saved files beside a base that it loads anew, and five things must hold:

    differs   it changes what the base says                    ends     its answers come to an end
    reloads   its losses are those that the trainer had        hashes   the card names this base and this template
    peft      PEFT's own code makes the same of it

Importing this brings in no torch.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, cast

from adapters.evaluation.report import Check
from assistant.children import run_module
from assistant.errors import Stopped, TrainingError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.safe_text import one_line

if TYPE_CHECKING:
    from adapters.evaluation.fresh import Item, Seen
    from assistant.weights import KeptModel

NAMES = ("differs", "reloads", "ends", "hashes", "peft")
LOSS_TOLERANCE = 0.05
"""Nats a token, of the mean. The trainer computes with A and B in float32 and the base's weights unpacked, answers
with A and B in the activations' dtype and packed weights: in bfloat16 the two were 0.007 apart with the starter, and
ours and PEFT's 0.010."""
LOGIT_TOLERANCE = 0.06
"""Of the range of logits, between our code and PEFT's in bfloat16, which were 0.017 to 0.024 apart with the starter
(tests/assistant/test_alora.py)."""
END_TOLERANCE = 0.1
"""Nats by which the end may become less likely where not even the base comes to one."""
TIMEOUT_SECONDS = 600.0

_ITS_OWN_FAULT = ("AdapterCorruptError", "AdapterMismatchError")
"""Errors that say something of the adapter; memory, time or a library that fails say nothing of it."""
_ROOM_FACTOR = 1.3
"""While it is read, parts of it are there twice."""
_ROOM_BESIDE = 1 << 30
"""For the libraries, and for the texts on their way through the model."""
_ENVIRONMENT = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclass(frozen=True)
class Expected:
    """What the trainer had in memory."""

    items: Sequence[Item]
    losses: Sequence[float]
    """Nats of each answer."""
    tokens: int
    """Of all answers together."""
    digests: Mapping[str, str]
    """Of its tensors, see `saved.tensor_digests`."""


def verify(
    directory: Path, kept: KeptModel, device: str, expected: Expected, card: Mapping[str, Any], should_stop: ShouldStop
) -> list[Check]:
    """What became of each check of the adapter in this folder, in the order of `NAMES`. Raises Stopped."""
    if not expected.items:
        return _not_looked_at({"error": "NoTexts", "reason": "no text is short enough"})
    found = in_fresh_process(kept, directory, expected.items, device, should_stop)
    if "error" in found:
        return _not_looked_at(found)
    seen = cast("Seen", found)
    return [
        _differs(seen),
        _reloads(seen, expected),
        _ends(seen),
        _hashes(seen, kept, card),
        _peft(seen, expected),
    ]


def has_room(device: str, base_bytes: int) -> bool:
    """Whether the base, of so many bytes in memory, can be loaded a second time."""
    import torch

    from assistant.engine.memory import free_bytes

    return free_bytes(torch.device(device)) > _ROOM_FACTOR * base_bytes + _ROOM_BESIDE


def why_not_looked_at(checks: Sequence[Check]) -> str:
    """Why nothing could be found out, in a library's words; empty where something was."""
    if any(check["passed"] is not None for check in checks):
        return ""
    return one_line(str(next((check.get("measured", {}).get("reason", "") for check in checks), "")))


def refusal(name: str, checks: Sequence[Check]) -> TrainingError | None:
    """What to say of an adapter that failed a check, which must not be published; None where it failed none."""
    failed = [check["name"] for check in checks if check["passed"] is False]
    if not failed:
        return None
    reasons = {
        "differs": _("it changes nothing of what the base says"),
        "reloads": _("read again from its files, it is not what it was in the training"),
        "ends": _("its answers never come to an end"),
        "hashes": _("it does not say which base and which chat template it belongs to"),
        "peft": _("PEFT, with which others would load it, makes something else of it"),
    }
    return TrainingError(
        _("“{name}” was trained, but it does not work and is not used: {reasons}.").format(
            name=name, reasons="; ".join(reasons[check] for check in failed)
        ),
        _("What was there before is untouched. To check it once more: sunto train --name {name} --resume").format(
            name=name
        ),
    )


# --- the five checks ---------------------------------------------------------------------------------------------


def _differs(seen: Seen) -> Check:
    return _check("differs", seen["largest_change"] > 0, largest_change=seen["largest_change"])


def _reloads(seen: Seen, expected: Expected) -> Check:
    before, after = sum(expected.losses) / expected.tokens, sum(seen["losses"]) / expected.tokens
    same_weights = seen["digests"] == expected.digests
    return _check(
        "reloads",
        same_weights and abs(after - before) <= LOSS_TOLERANCE,
        loss_in_training=before,
        loss_reloaded=after,
        same_weights=same_weights,
    )


def _ends(seen: Seen) -> Check:
    """None where the base itself comes to no end, and the adapter at least does not keep it from one."""
    before, after = fmean(seen["base_end_losses"]), fmean(seen["end_losses"])
    passed = True if seen["ends"] else None
    if not seen["ends"] and (seen["base_ends"] or not after <= before + END_TOLERANCE):
        passed = False
    return _check("ends", passed, ends=seen["ends"], base_ends=seen["base_ends"], end_loss=after, base_end_loss=before)


def _hashes(seen: Seen, kept: KeptModel, card: Mapping[str, Any]) -> Check:
    base = card.get("base") or {}
    here = {"weights_sha256": kept.weights_sha256, "chat_template_sha256": seen["template_sha256"]}
    return _check("hashes", all(here.values()) and all(base.get(key) == value for key, value in here.items()), **here)


def _peft(seen: Seen, expected: Expected) -> Check:
    if seen["peft_error"]:
        return _check("peft", False, reason=seen["peft_error"])
    ours, theirs = (sum(losses) / expected.tokens for losses in (seen["losses"], seen["peft_losses"]))
    same = abs(ours - theirs) <= LOSS_TOLERANCE and seen["peft_gap"] <= LOGIT_TOLERANCE
    return _check("peft", same, loss=ours, loss_in_peft=theirs, largest_gap=seen["peft_gap"])


def _not_looked_at(found: Mapping[str, Any]) -> list[Check]:
    reloads = False if found["error"] in _ITS_OWN_FAULT else None
    return [
        _check(name, reloads if name == "reloads" else None, error=str(found["error"]), reason=str(found["reason"]))
        for name in NAMES
    ]


def _check(name: str, passed: bool | None, **measured: Any) -> Check:
    return Check(name=name, passed=passed, measured=measured)


# --- the process -------------------------------------------------------------------------------------------------


def in_fresh_process(
    kept: KeptModel, directory: Path, items: Sequence[Item], device: str, should_stop: ShouldStop
) -> Mapping[str, Any]:
    """What `fresh.look` found, or `error` and `reason`. Raises Stopped, with the process ended."""
    from adapters.evaluation.fresh import write_task

    outcome: dict[str, Any] = {}
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        with tempfile.TemporaryDirectory(prefix="sunto-check-") as folder:
            task = Path(folder) / "task.json"
            write_task(task, kept, directory, items, device)
            end = run_module(
                "adapters.evaluation.fresh",
                str(task),
                on_line=lambda line: outcome.update(json.loads(line)),
                should_stop=lambda: should_stop() or time.monotonic() > deadline,
                environment=_ENVIRONMENT,
            )
    except Stopped:
        if should_stop():
            raise
        return {"error": "TimeoutError", "reason": f"more than {TIMEOUT_SECONDS:g} s"}
    except OSError as error:  # a full disk, or a system that starts no process
        return {"error": "OSError", "reason": str(error)}
    return outcome or {"error": "ChildError", "reason": ("", *end.talk)[-1]}
