"""Sizes as people read them: 92.9 MB of download, 7.6 GB of memory."""

from __future__ import annotations

from assistant.i18n import current_language


def format_bytes(count: float) -> str:
    """For disks and downloads, which are sold in powers of ten: `92.9 MB`, in Italian `92,9 MB`."""
    return _scaled(count, 1000)


def format_memory(count: float) -> str:
    """For memory, which is sold in powers of two: a card with 8,188 MiB has `8.0 GB`."""
    return _scaled(count, 1024)


def _scaled(count: float, base: int) -> str:
    if count < base:
        return f"{count:.0f} B"
    units = ("kB", "MB", "GB", "TB")
    for unit in units:
        count /= base
        if round(count, 1) < base or unit == units[-1]:
            break
    text = f"{count:.1f} {unit}"
    return text.replace(".", ",") if current_language() == "it" else text
