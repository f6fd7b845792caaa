"""What is wrong with a training before it begins: better heard now than after an hour."""

from __future__ import annotations

import math
import shutil

from adapters import registry
from adapters.session import Session
from adapters.training import runs
from adapters.training.run import Run
from assistant.config import data_folder
from assistant.errors import ConfigError, TrainingError
from assistant.i18n import _
from assistant.protocol import Train
from assistant.protocol.training_requests import TrainingRequest
from assistant.units import format_bytes

MAX_RANK = 256
"""Beyond it an adapter outgrows its base, and with its optimizer the machine's memory."""
MAX_EPOCHS = 1000
"""What is beyond it was mistyped: the order of a thousand million passes alone does not fit into memory."""
MIN_MAX_TOKENS = 64
KINDS = ("lora", "alora")
_COPIES = 8
"""Of an adapter's weights that a run writes: two checkpoints with two moments each, the best, and the adapter."""
_ROOM_BESIDE = 1 << 20
"""Bytes for the configuration, the card and the file system's own needs."""


def check_settings(request: TrainingRequest) -> None:
    """Raises ConfigError."""
    if not (math.isfinite(request.learning_rate) and 0 < request.learning_rate <= 1e-2):
        raise ConfigError(
            _("A learning rate of {rate:g} cannot work.").format(rate=request.learning_rate),
            _("It is the length of each learning step; 1e-4 is gentle and a good start, 1e-2 the most."),
        )
    for name in ("epochs", "batch_size", "r", "lora_alpha"):
        if getattr(request, name) < 1:
            raise _too_small(name, 1, _("Leave it out for the default."))
    if request.epochs > MAX_EPOCHS:
        raise ConfigError(
            _("{count} epochs are more than Sunto trains.").format(count=request.epochs),
            _("Each goes through all examples once; 3 are a good start, {most} the most.").format(most=MAX_EPOCHS),
        )
    for name in ("max_steps", "patience", "seed"):
        if getattr(request, name) < 0:
            raise _too_small(name, 0, _("Leave it out for the default."))
    if request.max_tokens and request.max_tokens < MIN_MAX_TOKENS:
        raise _too_small("max_tokens", MIN_MAX_TOKENS, _("0 leaves it to the device."))
    if not 0 <= request.lora_dropout < 1:
        raise ConfigError(
            _("A dropout of {share:g} cannot work.").format(share=request.lora_dropout),
            _("It is the share of the adapter that is left out at random: from 0 to below 1; 0.05 is usual."),
        )
    if request.r > MAX_RANK:
        raise ConfigError(
            _("A rank of {rank} is more than Sunto trains.").format(rank=request.r),
            _("It is how much the adapter can hold; 16 is a good start, {most} the most.").format(most=MAX_RANK),
        )
    if request.kind not in KINDS:
        raise ConfigError(
            _("“{kind}” is no kind of adapter.").format(kind=request.kind),
            _("Choose one of: {kinds}.").format(kinds=", ".join(KINDS)),
        )


def check_new(request: Train, session: Session) -> None:
    """Whether it could be kept under its name. Raises ConfigError, AdapterError, TrainingError."""
    data_folder("adapters", writable=True)
    registry.check_free(request.name, overwrite=request.overwrite)
    if not request.overwrite and (run := runs.find_run(request.name)) and run.state != "finished":
        raise runs.unfinished(run.name)
    if request.subject:
        session.library.subject(request.subject)


def check_unfinished(run: Run) -> None:
    """Raises TrainingError for one that gave its adapter: there is nothing to go on with."""
    if run.facts.published and registry.is_taken(run.name):
        raise TrainingError(
            _("The training “{name}” is finished: its adapter is there.").format(name=run.name),
            _("Answer with it: --adapter {name}. To train it anew, give the notes again and --overwrite.").format(
                name=run.name
            ),
        )


def check_alone(session: Session) -> None:
    """Raises TrainingError: there is one base in memory, and one adapter is trained on it at a time."""
    if session.training is not None:
        raise TrainingError(
            _("“{name}” is being trained; one adapter is trained at a time.").format(name=session.training.name),
            _("Wait until it is finished, or pause it first: it goes on later from where it was."),
        )


def check_room(name: str, adapter_bytes: int) -> None:
    """Before the first step: what cannot be saved is lost. Raises TrainingError."""
    folder = runs.runs_dir()
    needed = _COPIES * adapter_bytes + _ROOM_BESIDE
    free = shutil.disk_usage(data_folder(folder.name)).free
    if free < needed:
        raise TrainingError(
            _("Not enough disk space for {what}: it needs {needed}, and {free} are free in {path}.").format(
                what=name, needed=format_bytes(needed), free=format_bytes(free), path=folder
            ),
            _("Free some space, or set SUNTO_HOME to a folder on a disk that has it."),
        )


def _too_small(name: str, least: int, hint: str) -> ConfigError:
    return ConfigError(_("{name} must be at least {least}.").format(name=name, least=least), hint)
