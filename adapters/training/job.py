"""The training job: pairs → examples → the loop → an adapter directory, published at once when it is whole."""

from __future__ import annotations

import math
import shutil
import time
from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from adapters import registry
from adapters.cards import new_card, write_card
from adapters.dataset.pairs import PairFile, read_pairs
from adapters.dataset.tokens import TokenizedExample, make_example
from adapters.session import Session
from assistant.config import data_folder
from assistant.errors import ConfigError, DatasetError, Stopped, TrainingError
from assistant.generation import ShouldStop
from assistant.i18n import _, plural
from assistant.language import detect_language
from assistant.prompts import task_prompt
from assistant.protocol import Event, ModelRequest, Notice, Progress, Train, TrainStep
from assistant.units import format_bytes

if TYPE_CHECKING:
    from assistant.engine.adapter_files import LoraSettings
    from assistant.engine.engine import Engine

MAX_TOKENS = {"cpu": 1024, "cuda": 2048}
"""Length of one example, prompt and summary together."""
_ROOM_BESIDE = 1 << 20
"""Bytes for the configuration, the card and the file system's own needs."""
MAX_RANK = 256
"""Beyond it an adapter outgrows its base, and with its optimizer the machine's memory."""


def train_adapter(request: Train, session: Session, should_stop: ShouldStop) -> Generator[Event, None, dict[str, Any]]:
    """Raises DatasetError, AdapterError, ModelError, TrainingError; nothing is published unless all went well."""
    _check(request, session)
    pairs = read_pairs(Path(request.data))
    yield from _broken_rows(request, pairs)
    engine = yield from session.bare_base(
        ModelRequest(job=request.job, model=request.model, device=request.device), should_stop
    )
    examples = yield from _examples(request, pairs, engine)
    started = time.monotonic()
    with registry.staging() as staging:
        losses = yield from _run(request, engine, examples, staging, should_stop)
        card = _card(request, engine, pairs, examples, losses)
        with registry.writing():
            write_card(staging, card)
        directory = registry.publish(staging, request.name, overwrite=request.overwrite)
    record = registry.get_adapter(directory.name)
    session.forget_adapter(record.name)
    if request.subject:
        session.library.set_subject_adapter(request.subject, record.name)
    return {
        "name": record.name,
        "directory": str(directory),
        "version": record.version,
        "versions": list(record.versions),
        "subject": request.subject,
        "model": engine.name,
        "steps": len(losses),
        "examples": len(examples),
        **_trend(losses),
        "learning_rate": request.learning_rate,
        "seconds": time.monotonic() - started,
    }


def _check(request: Train, session: Session) -> None:
    """Before anything is loaded: what is wrong is better heard now than after an hour."""
    data_folder("adapters", writable=True)
    registry.check_free(request.name, overwrite=request.overwrite)
    if request.subject:
        session.library.subject(request.subject)
    if not (math.isfinite(request.learning_rate) and 0 < request.learning_rate <= 1e-2):
        raise ConfigError(
            _("A learning rate of {rate:g} cannot work.").format(rate=request.learning_rate),
            _("It is the length of each learning step; 1e-4 is gentle and a good start, 1e-2 the most."),
        )
    for name, value in (("epochs", request.epochs), ("batch_size", request.batch_size), ("r", request.r)):
        if value < 1:
            raise ConfigError(_("{name} must be at least 1.").format(name=name), _("Leave it out for the default."))
    if request.r > MAX_RANK:
        raise ConfigError(
            _("A rank of {rank} is more than Sunto trains.").format(rank=request.r),
            _("It is how much the adapter can hold; 16 is a good start, {most} the most.").format(most=MAX_RANK),
        )
    if request.max_steps < 0:
        raise ConfigError(_("{name} must be at least 1.").format(name="max_steps"), _("Leave it out for no limit."))


def _broken_rows(request: Train, pairs: PairFile) -> Generator[Event, None, None]:
    if pairs.broken:
        shown = "; ".join(_("line {line}: {reason}").format(line=line, reason=why) for line, why in pairs.broken[:5])
        yield Notice(
            job=request.job,
            level="warning",
            message=plural(
                "{count} row cannot be used and is left out",
                "{count} rows cannot be used and are left out",
                len(pairs.broken),
            )
            + f": {shown}"
            + ("; …" if len(pairs.broken) > 5 else "."),
        )


def _examples(request: Train, pairs: PairFile, engine: Engine) -> Generator[Event, None, list[TokenizedExample]]:
    limit = min(MAX_TOKENS[engine.device.type], engine.context_tokens)
    examples = [
        example
        for pair in pairs.pairs
        if (
            example := make_example(
                pair, lambda text: engine.encode_prompt(_prompt(text)), engine.encode_completion, limit
            )
        )
    ]
    if not examples:
        raise DatasetError(
            _("No summary is short enough: prompt and summary together may have {limit} tokens.").format(limit=limit),
            _("Give shorter summaries."),
            path=request.data,
        )
    if shortened := sum(example.shortened for example in examples):
        yield Notice(
            job=request.job,
            level="info",
            message=_("{count} of {total} texts were shortened to fit; their summaries are whole.").format(
                count=shortened, total=len(examples)
            ),
        )
    return examples


def _prompt(text: str) -> Any:
    """The very prompt that a summary is asked with, so that what is learned is what is used."""
    return task_prompt("brief", text, detect_language(text))


def _run(
    request: Train, engine: Engine, examples: Sequence[TokenizedExample], staging: Path, should_stop: ShouldStop
) -> Generator[Event, None, list[float]]:
    """Train and write the weights to `staging`; the loss of each step."""
    from adapters.training.first_loop import TrainingSettings, train
    from assistant.engine import lora
    from assistant.engine.adapter_files import write_adapter

    settings = TrainingSettings(
        request.learning_rate, request.epochs, request.max_steps, request.batch_size, request.seed
    )
    total = settings.total_steps(len(examples))
    yield Progress(job=request.job, stage="train", done=0, total=total, unit="steps")
    losses: list[float] = []
    spent = 0.0
    with engine.training() as model:
        adapter = lora.attach_new(model, _lora_settings(request), request.seed)
        _check_room(request.name, sum(layer.lora_A.nbytes + layer.lora_B.nbytes for layer in adapter))
        for step in train(model, adapter, examples, settings, should_stop):
            losses.append(step.loss)
            spent += step.seconds
            yield TrainStep(
                job=request.job,
                step=step.number,
                total_steps=step.total,
                loss=step.loss,
                learning_rate=step.learning_rate,
                gradient_norm=step.gradient_norm,
                tokens_per_second=step.tokens / step.seconds,
                peak_memory_bytes=engine.peak_memory_bytes(),
                seconds_left=spent / step.number * (step.total - step.number),
            )
        if len(losses) < total:
            raise Stopped
        with registry.writing():
            write_adapter(staging, lora.trained_weights(model), _lora_settings(request), engine.name)
    return losses


def _check_room(name: str, needed_bytes: int) -> None:
    """Before the first step: with the disk full at the end, all of them are lost. Raises TrainingError."""
    folder = registry.adapters_dir()
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + _ROOM_BESIDE:
        raise TrainingError(
            _("Not enough disk space for {what}: it needs {needed}, and {free} are free in {path}.").format(
                what=name, needed=format_bytes(needed_bytes + _ROOM_BESIDE), free=format_bytes(free), path=folder
            ),
            _("Free some space, or set SUNTO_HOME to a folder on a disk that has it."),
        )


def _lora_settings(request: Train) -> LoraSettings:
    from assistant.engine.adapter_files import LoraSettings

    return LoraSettings(request.r, request.lora_alpha, request.lora_dropout)


def _card(
    request: Train, engine: Engine, pairs: PairFile, examples: Sequence[TokenizedExample], losses: Sequence[float]
) -> dict[str, Any]:
    return new_card(
        name=request.name,
        base=engine.kept,
        subject=request.subject,
        language=_languages(pairs),
        data={
            "file": Path(request.data).name,
            "sha256": pairs.sha256,
            "examples": len(examples),
            "left_out": len(pairs.broken),
        },
        training={
            "learning_rate": request.learning_rate,
            "epochs": request.epochs,
            "steps": len(losses),
            "batch_size": request.batch_size,
            "r": request.r,
            "lora_alpha": request.lora_alpha,
            "lora_dropout": request.lora_dropout,
            "seed": request.seed,
        },
        scores={"on_training_data": _trend(losses)},
    )


def _languages(pairs: PairFile) -> list[str]:
    """Of the summaries, the commonest first; a few odd ones among many do not count."""
    counts = Counter(detect_language(pair.summary) for pair in pairs.pairs)
    return [language for language, count in counts.most_common() if language and count * 20 >= len(pairs.pairs)]


def _trend(losses: Sequence[float]) -> dict[str, float]:
    """Mean loss of the first and of the last third of the steps: single ones differ by what texts they hold."""
    third = max(1, len(losses) // 3)
    return {"first_loss": fmean(losses[:third]), "last_loss": fmean(losses[-third:])}
