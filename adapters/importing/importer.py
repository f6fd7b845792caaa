"""The import itself: everything is checked first, then the staging folder is filled, or nothing is left of it."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from adapters.importing.checks import check, said_base
from adapters.importing.header import read_header
from adapters.importing.layers import base_layers
from adapters.importing.settings import LoraSettings
from adapters.importing.source import AdapterSource
from adapters.importing.trouble import damaged, shown
from adapters.importing.writing import write_config, write_weights
from assistant.errors import AdapterError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.units import format_bytes
from assistant.weights.progress import OnProgress, silent

if TYPE_CHECKING:
    from assistant.weights.store import KeptModel

_ROOM_BESIDE = 1 << 20
"""Bytes for the configuration, the card and the file system's own needs."""


def import_adapter(
    source: AdapterSource,
    *,
    name: str,
    model: KeptModel,
    staging: Path,
    should_stop: ShouldStop = never_stop,
    on_progress: OnProgress = silent,
) -> Mapping[str, Any]:
    """Fill `staging` (made if it is missing, empty if it is there) with PEFT's two files for the base `model`.

    Returns what the adapter's card should say: the arguments of `cards.new_card` but `name` and `base`, that is
    kind, subject, language, license, data, training, scores, source and lineage; from Sunto's own card where there is
    one. Progress: stage `import`, in bytes.

    Raises AdapterMismatchError with every difference at once, AdapterCorruptError, AdapterError (no room on the
    disk), ModelLoadError (the base's own files), Stopped; `staging` is gone then.
    """
    with _all_or_nothing(staging, name):
        with source.open_weights() as reader:
            tensors = read_header(reader, source.weights_name, source.weights_bytes)
            layers = base_layers(model)
            settings, pairs = check(source, tensors, layers, model)
            staging.mkdir(parents=True, exist_ok=True)
            _check_room(staging, source.weights_bytes, name)

            def tell() -> None:
                on_progress("import", reader.done, source.weights_bytes, "bytes")

            write_weights(staging, reader, pairs, should_stop, tell)
            if reader.read(1):
                raise damaged(source.weights_name, _("it changed while it was read"))
            digest = reader.sha256
        write_config(staging, settings, pairs, layers, model.name)
    return _card(source, settings, digest)


@contextmanager
def _all_or_nothing(staging: Path, name: str) -> Generator[None]:
    try:
        yield
    except BaseException as error:
        shutil.rmtree(staging, ignore_errors=True)
        if isinstance(error, OSError):
            raise _disk_error(name, staging, error) from error
        raise


def _disk_error(name: str, staging: Path, error: OSError) -> AdapterError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return AdapterError(
            _("The disk became full while {what} was being imported; nothing of it was kept.").format(what=name),
            _("Free some space, or set SUNTO_HOME to a folder on a disk that has it, and try again."),
        )
    return AdapterError(
        _("{what} cannot be written to {path}: {reason}.").format(
            what=name, path=staging.parent, reason=error.strerror or shown(error)
        ),
        _("Check the folder of SUNTO_HOME; `sunto doctor` looks at it."),
    )


def _check_room(staging: Path, needed_bytes: int, name: str) -> None:
    free = shutil.disk_usage(staging).free
    if free < needed_bytes + _ROOM_BESIDE:
        raise AdapterError(
            _("Not enough disk space for {what}: it needs {needed}, and {free} are free in {path}.").format(
                what=name,
                needed=format_bytes(needed_bytes + _ROOM_BESIDE),
                free=format_bytes(free),
                path=staging.parent,
            ),
            _("Free some space, or set SUNTO_HOME to a folder on a disk that has it."),
        )


def _card(source: AdapterSource, settings: LoraSettings, sha256: str) -> dict[str, Any]:
    """What is known of its origin. What a stranger's card says is text or numbers in our sections, and nothing else."""
    card = source.card
    return {
        "kind": settings.kind,
        "subject": _text(card.get("subject")),
        "language": [_text(code) for code in _list(card.get("language")) if _text(code)],
        "license": _text(card.get("license")),
        "data": _section(card.get("data")),
        "training": _section(card.get("training")),
        "scores": _scores(card.get("scores")),
        "source": {
            "file": shown(source.path.resolve().name),
            "sha256": sha256,
            "made_with": _made_with(source),
            "base": shown(said_base(source)),
        },
        "lineage": [step for item in _earlier(card) if (step := _section(item))],
    }


def _scores(value: object) -> dict[str, Any]:
    """As its maker has them, and said to be the maker's: nobody has measured it here."""
    scores = _section(value)
    if isinstance(evaluation := scores.get("evaluation"), dict):
        scores["evaluation"] = {**evaluation, "by_maker": True}
    return scores


def _earlier(card: Mapping[str, Any]) -> list[Any]:
    """What it was before, oldest first; the last step is the adapter as its card's owner had it from elsewhere."""
    before = {key: card.get(key) for key in ("version", "created", "source")}
    return [*_list(card.get("lineage")), *([before] if _section(card.get("source")) else [])]


def _made_with(source: AdapterSource) -> str:
    """The tool, as far as the files tell."""
    if version := _text(source.card.get("sunto")):
        return f"Sunto {version}"
    peft = _text(source.config.get("peft_version"))
    unsloth = "unsloth" in shown(source.config.get("auto_mapping")) or "unsloth" in said_base(source).lower()
    return ", ".join(filter(None, ("Unsloth" if unsloth else "", f"PEFT {peft}" if peft else "PEFT")))


def _section(value: object) -> dict[str, Any]:
    """Texts, numbers and one level of objects with these."""
    if not isinstance(value, dict):
        return {}
    fields = cast("dict[str, Any]", value)
    return {shown(key): kept for key, item in fields.items() if (kept := _plain(item)) is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, dict):
        inner = cast("dict[str, Any]", value)
        return {shown(key): item for key, item in inner.items() if isinstance(item, str | int | float)}
    return value if isinstance(value, bool | int | float) else None


def _text(value: object) -> str:
    return shown(value) if isinstance(value, str) else ""


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value)[:100] if isinstance(value, list) else []
