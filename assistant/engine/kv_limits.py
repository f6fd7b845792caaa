"""How much of what was read is kept, and where."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class KVLimits:
    """What the blocks may take, beside the sequence in progress."""

    device: str = "cpu"
    """Where the model is."""
    device_bytes: int = 0
    """Of a graphics card; 0 on a CPU, whose memory is the machine's."""
    memory_bytes: int = 0
    disk_bytes: int = 0
    """0: nothing is written to the disk."""
    directory: Path | None = None
    """Where this process and others make their folders of blocks on disk; None: nowhere."""
    block_tokens: int = 128
    """A sequence is kept, and given up, in pieces of so many tokens."""
