"""A model in a folder of the person's own: used where it lies if it is NF4 already, otherwise quantized and kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from assistant.catalogue import BaseModel
from assistant.errors import ModelNotFoundError
from assistant.generation import ShouldStop
from assistant.i18n import _
from assistant.weights import store
from assistant.weights.checkpoint import CONFIG, INDEX, inspect_checkpoint, read_json, require_chat_template
from assistant.weights.progress import OnProgress
from assistant.weights.sources import Gathered
from assistant.weights.store import FileRecord

_KEPT_SHARE = 0.5
"""The quantized copy is smaller than this share of a bfloat16 model, embeddings included."""


@dataclass(frozen=True)
class FolderSource:
    path: Path
    """Absolute."""
    kind: str = "folder"
    base: BaseModel | None = None

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def expected_revision(self) -> str:
        """Changes when a file of the folder does (its size or its time), and the kept copy is then out of date.

        Empty when the folder is gone: what was kept of it is still good.
        """
        lines: list[str] = []
        for path in sorted(self.path.glob("*")):
            if path.suffix in (".json", ".safetensors", ".jinja") and path.is_file():
                stat = path.stat()
                lines.append(f"{path.name} {stat.st_size} {stat.st_mtime_ns}")
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16] if lines else ""

    def gather(self, work: Path, *, on_progress: OnProgress, should_stop: ShouldStop) -> Gathered:  # noqa: ARG002
        if not self.path.is_dir():
            raise ModelNotFoundError(
                _("The folder {path} is gone.").format(path=self.path),
                _("Give a folder that holds a model, or a name from `sunto models list`."),
            )
        available = {path.name for path in self.path.iterdir() if path.is_file()}
        checkpoint = inspect_checkpoint(
            self.path.name,
            available,
            read_json(self.path / CONFIG),
            read_json(self.path / INDEX),
        )
        require_chat_template(self.path.name, self.path)
        records: dict[str, FileRecord] = {}
        for done, name in enumerate(checkpoint.files):
            on_progress("check", done, len(checkpoint.files), "", name)
            path = self.path / name
            records[name] = FileRecord(path.stat().st_size, store.file_sha256(path, should_stop))
        return Gathered(
            self.path, records, self.expected_revision, is_nf4=checkpoint.is_nf4, in_place=checkpoint.is_nf4
        )

    def quantizing_bytes(self, gathered: Gathered) -> int:
        return round(sum(record.size for record in gathered.files.values()) * _KEPT_SHARE)
