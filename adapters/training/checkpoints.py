"""Checkpoints: all that a training is at one moment, in one file, whole or not there.

A checkpoint is `checkpoints/<step>.safetensors`: the adapter's weights, what the optimizer remembers, and in its header
the rest (`State`) with a hash over everything. It is written beside, flushed and renamed, so that a crash at any moment
and a full disk leave the previous ones as they are. There are no pickles: a checkpoint cannot run anything.

The random numbers and the order of the examples need no place in it: both follow from the settings and the step
(`schedule.step_seed`, `schedule.batch_indexes`). `best.safetensors` is the same file without the optimizer.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.dataset.tokens import TokenizedExample
from adapters.training.guard import GuardState
from adapters.training.records import End, OptimizerKind

if TYPE_CHECKING:
    import torch

    Pair = tuple[torch.Tensor, torch.Tensor]

FOLDER = "checkpoints"
BEST = "best.safetensors"
_FORMAT = 1
_NAME = re.compile(r"(\d{6,})\.safetensors")
_DRAFT_SUFFIX = ".new"
_OPTIMIZER, _WEIGHTS = "optimizer.", "adapter."


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a training stands, its tensors apart."""

    step: int
    """Made so far."""
    optimizer: OptimizerKind
    guard: GuardState
    data: str
    """Fingerprint of the examples as tokens."""
    metrics_bytes: int = 0
    """Length of the run's metrics at this moment."""
    rungs: tuple[Mapping[str, Any], ...] = ()
    """What was given up for memory so far (`Room.record`)."""
    evaluated: bool = False
    """Whether the evaluation that is due at this step, if one is, has been made."""
    ended: End | None = None
    """How, where nothing is left to do: the weights are those to be used, and the optimizer's state is gone."""
    kept_step: int = 0
    """Whose weights these are, when it has ended."""


@dataclass(frozen=True)
class Checkpoint:
    state: State
    weights: dict[str, Pair]
    """Module → (A, B)."""
    optimizer: dict[str, torch.Tensor] = field(default_factory=dict)
    """See `adapters.training.optimizer`; empty in a best one."""


class TornCheckpointError(Exception):
    """The file is not what was written."""


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Raises OSError, with everything as it was."""
    from safetensors import SafetensorError
    from safetensors.torch import save_file

    tensors = _named(checkpoint)
    state = json.dumps({"format": _FORMAT, **asdict(checkpoint.state)}, ensure_ascii=False)
    draft = path.with_name(path.name + _DRAFT_SUFFIX)
    path.parent.mkdir(exist_ok=True)
    try:
        save_file(tensors, draft, {"state": state, "digest": _digest(state, tensors)})
        with draft.open("r+b") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    except SafetensorError as error:
        raise _as_os_error(error) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
    with suppress(OSError):  # it is there; only a power cut within the next seconds could still take its name away
        _flush_entries(path.parent)


def read_checkpoint(path: Path) -> Checkpoint:
    """Raises TornCheckpointError, OSError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="pt") as file:
            metadata: dict[str, str] = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
        state = _read_state(metadata)
        if metadata["digest"] != _digest(metadata["state"], tensors):
            raise TornCheckpointError(path)
        return _placed(state, tensors)
    except FileNotFoundError:
        raise
    except (SafetensorError, KeyError, ValueError, TypeError, OSError) as error:
        raise TornCheckpointError(path) from error


def read_state(path: Path) -> State:
    """The header alone. Raises TornCheckpointError."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="np") as file:
            return _read_state(file.metadata() or {})
    except (SafetensorError, KeyError, ValueError, TypeError, OSError) as error:
        raise TornCheckpointError(path) from error


def newest_state(directory: Path) -> State | None:
    """Of the latest of a run's checkpoints whose header can be read; None where there is none."""
    for step in reversed(checkpoint_steps(directory)):
        with suppress(TornCheckpointError):
            return read_state(checkpoint_path(directory, step))
    return None


def fingerprint(*parts: Sequence[TokenizedExample]) -> str:
    """Of examples as tokens: a run goes on with the very same ones or not at all."""
    digest = hashlib.blake2b(digest_size=16)
    for examples in parts:
        digest.update(array("q", [len(examples)]))
        for example in examples:
            digest.update(array("q", [len(example.input_ids), *example.input_ids, *example.labels]))
    return digest.hexdigest()


def checkpoint_path(directory: Path, step: int) -> Path:
    return directory / FOLDER / f"{step:06d}.safetensors"


def checkpoint_steps(directory: Path) -> list[int]:
    """Of a run's checkpoints, torn ones included, the earliest first."""
    with suppress(OSError):
        names = [entry.name for entry in (directory / FOLDER).iterdir()]
        return sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))
    return []


def remove_checkpoint(directory: Path, step: int) -> None:
    """Nothing happens where that is impossible now: one too many does no harm."""
    with suppress(OSError):
        checkpoint_path(directory, step).unlink(missing_ok=True)


def sweep_drafts(directory: Path) -> None:
    """Delete what a crash in the middle of a write has left."""
    for folder in (directory, directory / FOLDER):
        for draft in folder.glob(f"*{_DRAFT_SUFFIX}"):
            with suppress(OSError):
                draft.unlink()


def _named(checkpoint: Checkpoint) -> dict[str, torch.Tensor]:
    tensors = {f"{_OPTIMIZER}{name}": tensor for name, tensor in checkpoint.optimizer.items()}
    for module, (a, b) in checkpoint.weights.items():
        tensors |= {f"{_WEIGHTS}{module}.A": a, f"{_WEIGHTS}{module}.B": b}
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _placed(state: State, tensors: Mapping[str, torch.Tensor]) -> Checkpoint:
    modules = [name[len(_WEIGHTS) : -2] for name in tensors if name.startswith(_WEIGHTS) and name.endswith(".A")]
    weights = {module: (tensors[f"{_WEIGHTS}{module}.A"], tensors[f"{_WEIGHTS}{module}.B"]) for module in modules}
    optimizer = {name[len(_OPTIMIZER) :]: tensor for name, tensor in tensors.items() if name.startswith(_OPTIMIZER)}
    return Checkpoint(state, weights, optimizer)


def _read_state(metadata: Mapping[str, str]) -> State:
    """Raises KeyError, ValueError, TypeError."""
    fields = json.loads(metadata["state"])
    if fields.pop("format") != _FORMAT:
        raise ValueError("written by another version of Sunto")
    fields["guard"] = GuardState.from_json(fields["guard"])
    fields["rungs"] = tuple(fields["rungs"])
    return State(**fields)


def _digest(state: str, tensors: Mapping[str, torch.Tensor]) -> str:
    """Of the bytes of everything, in the order of the names."""
    digest = hashlib.blake2b(state.encode(), digest_size=16)
    for name in sorted(tensors):
        digest.update(f"{name}{tuple(tensors[name].shape)}".encode())
        data: Any = tensors[name].reshape(-1).view(dtype=_byte()).numpy()
        digest.update(data)
    return digest.hexdigest()


def _byte() -> torch.dtype:
    import torch

    return torch.uint8


def _as_os_error(error: Exception) -> OSError:
    """The safetensors library tells what the system said in its text alone."""
    number = re.search(r"os error (\d+)", str(error))
    return OSError(int(number[1]), os.strerror(int(number[1]))) if number else OSError(errno.EIO, str(error))


def _flush_entries(directory: Path) -> None:
    """A folder's own entries; Windows keeps them by itself and opens no folder."""
    if os.name != "nt":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
