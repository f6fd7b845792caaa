"""One thing the doctor looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Check:
    name: str
    """A word or two, as in `graphics card`."""
    status: Status
    """`problem`: something will not work until it is mended; `warning`: it works, less well than it could."""
    message: str
    hint: str = ""
    """What to do, in a sentence."""
    command: str = ""
    """The exact command that does it, where there is one."""
