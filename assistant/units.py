"""Numbers and sizes as people read them: 92.9 MB of download, 7.6 GB of memory."""

from __future__ import annotations

from decimal import Decimal

from assistant.i18n import current_language


def format_bytes(count: float) -> str:
    """For disks and downloads, which are sold in powers of ten: `92.9 MB`, in Italian `92,9 MB`."""
    return _scaled(count, 1000)


def format_memory(count: float) -> str:
    """For memory, which is sold in powers of two: a card with 8,188 MiB has `8.0 GB`."""
    return _scaled(count, 1024)


def format_number(value: float, digits: int) -> str:
    """With so many decimal places: `2.50`, in Italian `2,50`."""
    text = f"{value:.{digits}f}"
    return text.replace(".", ",") if current_language() == "it" else text


def plain_number(value: float) -> str:
    """Two digits without an exponent, which not everybody reads: `0.000096`."""
    return format(Decimal(f"{value:.2g}"), "f")


def _scaled(count: float, base: int) -> str:
    units = ("B", "kB", "MB", "GB", "TB")
    step = 0
    while step < len(units) - 1 and round(count, 1) >= base:
        count /= base
        step += 1
    return f"{format_number(count, 1 if step else 0)} {units[step]}"
