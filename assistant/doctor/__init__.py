"""What this machine is, which parts work on it, and what to do about those that do not.

machine     system, processor, memory, disk, graphics card, terminal
libraries   torch and its friends, really tried in a child process (`probe`); clashing packages
recognition tesseract, for pages that are images
data        the data directory, the library, the kept models, who holds the accelerator
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.doctor import data, libraries, machine, recognition
from assistant.doctor.check import Check
from assistant.errors import ConfigError
from assistant.hardware import describe_machine
from assistant.i18n import _

__all__ = ["Check", "diagnose"]


def diagnose() -> Iterator[Check]:
    """Every check, as it is done; takes some seconds, since torch is loaded and tried."""
    here = describe_machine()
    yield from machine.examine(here)
    yield from libraries.examine(here)
    yield from recognition.examine()
    try:
        yield from data.examine(here)
    except ConfigError as error:
        yield Check(_("data directory"), "problem", error.message, error.hint)
