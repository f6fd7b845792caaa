"""What an adapter's files show, without asking the model anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.evaluation.faults import fault
from adapters.evaluation.report import Fault
from adapters.evaluation.saved import Saved, file_sha256, read_saved, tensor_digests
from adapters.registry import AdapterRecord, same_base
from assistant.errors import AdapterError, AdapterMismatchError

if TYPE_CHECKING:
    from assistant.engine.adapter_files import Adapter
    from assistant.engine.engine import Engine

_MOST_NAMES = 8
"""Of layers in a fault's details."""


def of_files(record: AdapterRecord, engine: Engine) -> list[Fault]:
    """Reads the adapter, and changes nothing of who answers."""
    from assistant.engine.adapter_files import read_adapter

    saved = read_saved(record.directory)
    faults = [*_of_base(record, engine)]
    try:
        adapter = read_adapter(record.directory)
    except AdapterError as error:
        return [*faults, _unreadable(record.directory, saved, error)]
    if saved is not None:
        faults += _changed(record.directory, adapter, saved)
    if not faults:
        faults += _of_place(adapter, engine)
    if _does_nothing(adapter):
        faults.append(fault("no_effect"))
    return faults


def _of_base(record: AdapterRecord, engine: Engine) -> Iterator[Fault]:
    """What its card says of the base it is for; adapters made elsewhere have none."""
    base: Mapping[str, Any] = record.card.get("base") or {}
    kept = engine.kept
    made, here = base.get("weights_sha256"), kept.weights_sha256
    if (made and made != here) or (record.model and not same_base(record.model, kept.name)):
        yield fault("other_base", made_for=record.model, here=kept.name)
    elif (made := base.get("chat_template_sha256")) and made != kept.chat_template_sha256:
        yield fault("other_template", made_for=made[:12], here=kept.chat_template_sha256[:12])


def _of_place(adapter: Adapter, engine: Engine) -> Iterator[Fault]:
    """Whether it has a place in this base and in its conversations."""
    from assistant.engine.activation import last_occurrence
    from assistant.generation import ChatMessage

    try:
        engine.slots.check_fits(adapter)
    except AdapterMismatchError as error:
        yield fault("other_base", reason=error.message)
        return
    prompt = engine.encode_prompt([ChatMessage("user", "?")])
    if adapter.invocation and last_occurrence(adapter.invocation, prompt) is None:
        yield fault("other_template", reason="the words that it begins at are not in this base's conversations")


def _unreadable(directory: Path, saved: Saved | None, error: AdapterError) -> Fault:
    """Why it cannot be read: numbers that are none, another strength than its weights have, or anything else."""
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    from assistant.engine.adapter_files import WEIGHTS_FILE

    path = directory / WEIGHTS_FILE
    try:
        same_weights = saved is not None and file_sha256(path) == saved["weights_sha256"]
        tensors = load_file(path)
        broken = [key for key, tensor in tensors.items() if tensor.is_floating_point() and not tensor.isfinite().all()]
    except (OSError, SafetensorError, ValueError, KeyError, RuntimeError):
        return fault("broken_file", reason=error.message)
    if broken:
        return fault("not_a_number", layers=broken[:_MOST_NAMES], count=len(broken))
    if same_weights and isinstance(error, AdapterMismatchError):  # the weights are as they were, and r is not
        return fault("wrong_scaling", reason=error.message)
    return fault("broken_file", reason=error.message)


def _changed(directory: Path, adapter: Adapter, saved: Saved) -> Iterator[Fault]:
    from assistant.engine.adapter_files import CONFIG_FILE

    now, before = tensor_digests(adapter.weights), saved["tensors"]
    if now != before:
        differing = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
        swapped = now.keys() == before.keys() and Counter(now.values()) == Counter(before.values())
        yield fault(
            "layers_swapped" if swapped else "changed_since_saved",
            layers=differing[:_MOST_NAMES],
            count=len(differing),
        )
    scalings = {scaling for _a, _b, scaling in adapter.weights.values()}
    if scalings != {saved["scaling"]}:
        yield fault("wrong_scaling", saved=saved["scaling"], now=sorted(scalings)[:_MOST_NAMES])
    elif now == before and file_sha256(directory / CONFIG_FILE) != saved["config_sha256"]:
        yield fault("changed_since_saved", level="warning", file=CONFIG_FILE)


def _does_nothing(adapter: Adapter) -> bool:
    """B A x is 0 whatever x is."""
    return all(scaling == 0 or not a.any() or not b.any() for a, b, scaling in adapter.weights.values())
