"""The base models kept on this machine: where they lie, whether they are whole, and how to be rid of them.

Each is a directory `$SUNTO_HOME/models/<safe name>/` with the quantized checkpoint and a manifest, which is written
last: a directory without a manifest was never finished. At each start the files' sizes are compared with the
manifest; their hashes were recorded when they were written.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.config import data_folder
from assistant.errors import ModelError, Stopped
from assistant.generation import ShouldStop, never_stop
from assistant.i18n import _
from assistant.weights.disk import file_size, tree_bytes
from assistant.weights.progress import OnNotice, silent

MANIFEST = "sunto-model.json"
MANIFEST_FORMAT = 1
_MAKING = ".making"
_HASH_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class FileRecord:
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True)
class KeptModel:
    """A base model ready to load."""

    name: str
    """As the catalogue or the hub spells it; for a local folder, its absolute path."""
    directory: Path
    revision: str
    """The commit on the hub, the version of the wheel, or empty for a local folder."""
    weights_sha256: str
    """Identity of the weights *before* quantization, the same on every machine: see `identity_sha256`."""
    chat_template_sha256: str
    context_tokens: int
    chunk_tokens: int
    languages: tuple[str, ...]
    """Empty when not known."""
    memory_bytes: int = 0
    """What it takes on the device while answering, as the catalogue estimates it; 0 if not known."""
    quantized: bool = True
    """NF4 with double quantization; what `ensure_model` gives always is."""


@dataclass(frozen=True)
class Manifest:
    """What `sunto-model.json` holds."""

    model: KeptModel
    source: str
    """`wheel`, `hub` or `folder`."""
    files: dict[str, FileRecord]
    """By path relative to the model's directory."""
    source_files: dict[str, FileRecord]
    """The files it was made from."""
    quantization: dict[str, Any]
    versions: dict[str, str]
    """Of the libraries that quantized it."""


def models_dir() -> Path:
    """Created when missing."""
    return data_folder("models")


def safe_name(name: str) -> str:
    """The directory name of a model: `Qwen/Qwen3-4B` becomes `Qwen--Qwen3-4B`.

    The hub allows neither `--` in an id nor anything that a file system refuses; a folder is told apart by a hash
    of its path.
    """
    part = r"\w[\w.-]{0,95}(?<!\.)"  # the hub allows 96 characters; a dot at the end is lost on Windows
    if re.fullmatch(f"{part}(/{part})?", name, re.ASCII) and ".." not in name:
        return name.replace("/", "--")
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:12]
    stem = re.sub(r"[^A-Za-z0-9._-]+", "-", Path(name).name).strip("-.")[:60] or "model"
    return f"folder--{stem}--{digest}"


def model_dir(name: str) -> Path:
    return models_dir() / safe_name(name)


def work_dir(name: str) -> Path:
    """Where a model's parts are gathered while it is being made; kept after an interruption, to go on from there."""
    return models_dir() / f"{safe_name(name)}{_MAKING}"


def read_manifest(name: str) -> Manifest | None:
    """None when the model is not here, or was never finished."""
    return _read_manifest(model_dir(name) / MANIFEST)


def _read_manifest(path: Path) -> Manifest | None:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        if fields.pop("format") != MANIFEST_FORMAT:
            return None
        model = fields.pop("model")
        directory = Path(model.pop("directory", "") or path.parent)
        languages = tuple(model.pop("languages"))
        return Manifest(
            model=KeptModel(directory=directory, languages=languages, **model),
            files={key: FileRecord(**value) for key, value in fields.pop("files").items()},
            source_files={key: FileRecord(**value) for key, value in fields.pop("source_files").items()},
            **fields,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_manifest(manifest: Manifest) -> None:
    """The last step of keeping a model: written whole or not at all."""
    target = model_dir(manifest.model.name)
    target.mkdir(parents=True, exist_ok=True)
    fields = dataclasses.asdict(manifest)
    directory = fields["model"].pop("directory")
    if directory != target:  # a folder of the person's own, used where it lies
        fields["model"]["directory"] = str(directory)
    write_json(target / MANIFEST, {"format": MANIFEST_FORMAT, **fields})


def write_json(path: Path, value: object) -> None:
    """Atomically: a reader sees the old file or the new one."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def damaged_files(manifest: Manifest) -> list[str]:
    """Names of files that are missing or not of their recorded size. Reads no contents: cheap at every start."""
    return [
        name for name, record in manifest.files.items() if file_size(manifest.model.directory / name) != record.size
    ]


def record_files(directory: Path, should_stop: ShouldStop = never_stop) -> dict[str, FileRecord]:
    """Size and SHA-256 of every file directly in `directory`, the manifest left out. Raises Stopped."""
    return {
        path.name: FileRecord(path.stat().st_size, file_sha256(path, should_stop))
        for path in sorted(directory.iterdir())
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".tmp")
    }


def file_sha256(path: Path, should_stop: ShouldStop = never_stop) -> str:
    """Raises Stopped between blocks when asked to."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_HASH_BLOCK_BYTES):
            if should_stop():
                raise Stopped
            digest.update(block)
    return digest.hexdigest()


def identity_sha256(files: dict[str, FileRecord]) -> str:
    """One hash for a model's weights, from the hashes of the files they came in.

    It does not depend on where they were quantized (CPU and GPU may round a tie differently) nor on how they
    are stored here, so an adapter trained on one machine finds its base again on another.
    """
    weights = {name: record for name, record in files.items() if name.endswith((".safetensors", ".gguf"))}
    lines = [f"{record.sha256}  {name}\n" for name, record in sorted(weights.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def kept_manifests() -> Iterator[Manifest]:
    """Every finished model, whole or damaged, by name."""
    for directory in sorted(models_dir().iterdir()):
        if (manifest := _read_manifest(directory / MANIFEST)) is not None:
            yield manifest


def unfinished() -> list[Path]:
    """Directories of models that were begun: half-fetched, or without a manifest."""
    return [
        path
        for path in sorted(models_dir().iterdir())
        if path.is_dir() and (path.name.endswith(_MAKING) or _read_manifest(path / MANIFEST) is None)
    ]


def disk_bytes(name: str) -> int:
    """What this model takes in the data directory, half-made parts included."""
    return tree_bytes(model_dir(name)) + tree_bytes(work_dir(name))


def discard(directory: Path) -> None:
    """Delete a model's directory, its manifest first, so that a deletion cut short leaves nothing that looks whole.

    Raises ModelError when a file is in use (on Windows, by another process that has the model loaded).
    """
    try:
        (directory / MANIFEST).unlink(missing_ok=True)
        if directory.exists():
            shutil.rmtree(directory)
    except OSError as error:
        raise ModelError(
            _("The folder {path} cannot be removed: {reason}.").format(path=directory, reason=error.strerror or error),
            _("Close every other Sunto, then try again."),
        ) from error


@contextmanager
def making_lock(
    name: str,
    *,
    on_notice: OnNotice = silent,
    should_stop: ShouldStop = never_stop,
    wait: bool = True,
    clock: Callable[[float], None] = time.sleep,
) -> Generator[None]:
    """Only one process at a time makes or removes a model; the others wait, or are told so.

    The operating system frees the lock of a process that dies. Raises Stopped while waiting, ModelError
    with `wait=False`, and ConfigError where nothing can be written.
    """
    from filelock import FileLock, Timeout  # deferred: costs more than a start with a kept model takes

    lock = FileLock(data_folder("models", writable=True) / f"{safe_name(name)}.lock")
    told = False
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout as error:
            if not wait:
                raise ModelError(
                    _("Another Sunto is working on the model {name}.").format(name=name),
                    _("Wait until it has finished, then try again."),
                ) from error
        if should_stop():
            raise Stopped
        if not told:
            on_notice("info", _("Another Sunto is fetching {name}; waiting for it.").format(name=name))
            told = True
        clock(0.2)
    try:
        yield
    finally:
        lock.release()
