"""Fetch a model from a hub that speaks the protocol of the Hugging Face hub (`HF_ENDPOINT` names another).

Every file is checked: against the hash the hub announces, and against the one recorded when this model was first
fetched. The record (`<safe name>.source.json`) also pins the commit, and outlives the kept model: what is fetched
again is the same, or it is refused. Only configuration, tokenizer and safetensors are ever downloaded.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from assistant.catalogue import BaseModel
from assistant.config import offline
from assistant.errors import FetchError, ModelNotFoundError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.weights import store
from assistant.weights.checkpoint import CONFIG, INDEX, Checkpoint, inspect_checkpoint, read_json, require_chat_template
from assistant.weights.disk import check_disk_space
from assistant.weights.download import Downloader, RemoteFile, part_bytes
from assistant.weights.progress import OnProgress
from assistant.weights.sources import Gathered
from assistant.weights.store import FileRecord

DEFAULT_ENDPOINT = "https://huggingface.co"
_KEPT_SHARE = 0.5
"""The quantized copy is smaller than this share of a bfloat16 download, embeddings included."""


@dataclass(frozen=True)
class Pin:
    """What was fetched the first time: enforced ever after."""

    revision: str = ""
    """A commit."""
    files: Mapping[str, FileRecord] = dataclasses.field(default_factory=dict[str, FileRecord])


@dataclass(frozen=True)
class HubSource:
    hub_id: str
    base: BaseModel | None
    kind: str = "hub"
    expected_revision: str = ""
    """Whatever was fetched first is right: it is pinned."""

    @property
    def name(self) -> str:
        return self.hub_id

    def gather(self, work: Path, *, on_progress: OnProgress, should_stop: ShouldStop) -> Gathered:
        """The model's files, in `work/download`; goes on from what an interrupted fetch left there."""
        _require_network(self.hub_id)
        endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or DEFAULT_ENDPOINT
        pin = read_pin(self.hub_id)
        downloader = Downloader(self.hub_id, endpoint, on_progress, should_stop)
        revision, remote = downloader.list_files(pin.revision)
        fetch = _Fetch(self.hub_id, downloader, revision, remote, dict(pin.files), work / "download")
        fetch.directory.mkdir(exist_ok=True)
        fetch.save_pin()
        fetch.files([name for name in (CONFIG, INDEX) if name in remote])
        checkpoint = fetch.inspect()
        fetch.files([name for name in checkpoint.files if not name.endswith(".safetensors")])
        require_chat_template(self.hub_id, fetch.directory)
        self._check_disk_space(fetch, checkpoint)
        fetch.files(checkpoint.files)
        records = {name: fetch.records[name] for name in checkpoint.files}
        return Gathered(fetch.directory, records, revision, is_nf4=checkpoint.is_nf4)

    def quantizing_bytes(self, gathered: Gathered) -> int:
        if gathered.is_nf4:
            return sum(record.size for record in gathered.files.values())
        return self._kept_bytes(sum(record.size for record in gathered.files.values()))

    def _kept_bytes(self, source_bytes: int) -> int:
        return self.base.kept_bytes if self.base else round(source_bytes * _KEPT_SHARE)

    def _check_disk_space(self, fetch: _Fetch, checkpoint: Checkpoint) -> None:
        """Before the long download: for all of it, and for the copy that is made of it."""
        total = sum(fetch.remote[name].size for name in checkpoint.files)
        needed = fetch.missing_bytes(checkpoint.files) + self._kept_bytes(total)
        check_disk_space(fetch.directory, needed, self.hub_id)


@dataclass
class _Fetch:
    """One model's download in progress."""

    hub_id: str
    downloader: Downloader
    revision: str
    remote: Mapping[str, RemoteFile]
    records: dict[str, FileRecord]
    """What is pinned: from earlier fetches, and from this one as its files arrive."""
    directory: Path

    def files(self, names: Sequence[str]) -> None:
        """Fetch those that are not here yet. Raises FetchError for one that is not what it was."""
        total = sum(self.remote[name].size for name in names)
        done = 0
        for name in names:
            if not self._is_here(name):
                self._file(name, done, total)
            done += self.remote[name].size

    def missing_bytes(self, names: Sequence[str]) -> int:
        return sum(
            max(0, self.remote[name].size - part_bytes(self.directory / name))
            for name in names
            if not self._is_here(name)
        )

    def inspect(self) -> Checkpoint:
        """Before any weights are fetched. Raises ModelLoadError for a model that Sunto does not run."""
        config, index = read_json(self.directory / CONFIG), read_json(self.directory / INDEX)
        return inspect_checkpoint(self.hub_id, self.remote, config, index)

    def save_pin(self) -> None:
        files = {name: dataclasses.asdict(record) for name, record in self.records.items()}
        store.write_json(pin_path(self.hub_id), {"revision": self.revision, "files": files})

    def _is_here(self, name: str) -> bool:
        """A file gets its name when it has arrived and been checked; its size tells one that was cut since."""
        record = self.records.get(name)
        path = self.directory / name
        return record is not None and path.is_file() and path.stat().st_size == record.size

    def _file(self, name: str, done: int, total: int) -> None:
        record = self.downloader.fetch(self.remote[name], self.revision, self.directory / name, done=done, total=total)
        pinned = self.records.setdefault(name, record)
        if record != pinned:
            (self.directory / name).unlink()
            raise FetchError(
                _("{file} of {name} is not the file it was when this model was first fetched.").format(
                    file=name, name=self.hub_id
                ),
                _("If you trust the new one, delete {path} and fetch the model again.").format(
                    path=pin_path(self.hub_id)
                ),
            )
        self.save_pin()


def _require_network(name: str) -> None:
    if offline():
        raise ModelNotFoundError(
            _("The model {name} is not on this machine, and SUNTO_OFFLINE forbids fetching it.").format(name=name),
            _("Unset SUNTO_OFFLINE once, while connected, and run `sunto models fetch {name}`.").format(name=name),
        )


def pin_path(name: str) -> Path:
    return store.models_dir() / f"{store.safe_name(name)}.source.json"


def read_pin(name: str) -> Pin:
    """Empty when this model has never been fetched."""
    fields = read_json(pin_path(name))
    files = cast("dict[str, dict[str, Any]]", fields.get("files", {}))
    return Pin(
        revision=str(fields.get("revision", "")),
        files={name: FileRecord(int(row["size"]), str(row["sha256"])) for name, row in files.items()},
    )
