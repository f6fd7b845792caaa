"""Where a base model comes from. `ensure_model` asks each source for the files, then quantizes and keeps them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.catalogue import BaseModel
from assistant.generation import ShouldStop
from assistant.weights.progress import OnProgress
from assistant.weights.store import FileRecord


@dataclass(frozen=True)
class Gathered:
    """A model's files, complete and checked, on this machine."""

    directory: Path
    files: dict[str, FileRecord]
    revision: str
    gguf_file: str = ""
    """Name of the weights in `directory` when they are in GGUF, otherwise empty."""
    is_nf4: bool = False
    """Nothing left to quantize."""
    in_place: bool = False
    """The directory is the person's own: use it where it lies, never move or delete it."""


class Source(Protocol):
    @property
    def kind(self) -> str:
        """`wheel`, `hub` or `folder`."""
        ...

    @property
    def name(self) -> str: ...

    @property
    def base(self) -> BaseModel | None:
        """The catalogue's entry, if it has one."""
        ...

    @property
    def expected_revision(self) -> str:
        """A kept copy of another revision is out of date; empty when any will do."""
        ...

    def gather(self, work: Path, *, on_progress: OnProgress, should_stop: ShouldStop) -> Gathered:
        """Bring the files to this machine, in `work` unless they are here already.

        Raises ModelNotFoundError, FetchError, ModelLoadError, ModelError (disk full), Stopped.
        """
        ...

    def quantizing_bytes(self, gathered: Gathered) -> int:
        """Disk space that quantizing takes, temporary files included."""
        ...
