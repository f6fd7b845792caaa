"""The standard streams: any character on any console, and data kept apart from whatever a library prints."""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
from collections.abc import Generator
from functools import cache
from typing import TextIO

PLAIN = {
    **{"✔": "=", "≈": "~", "✖": "x", "⚠": "!"},  # how well a claim is supported
    **{"█": "#", "▒": "+", "░": ".", "×": "x"},  # which pages were read
    **{"–": "-", "…": "...", "·": "-", "“": '"', "”": '"', "’": "'", "→": "->", "•": "*", "─": "-"},
}
"""What stands for our own signs where an encoding has none of them."""


def prepare_streams() -> None:
    """Make stdout and stderr take any character: UTF-8 on Windows, `?` where the encoding lacks one."""
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            utf8 = sys.platform == "win32" and "PYTHONIOENCODING" not in os.environ
            stream.reconfigure(encoding="utf-8" if utf8 else None, errors="replace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


def _open_what_is_closed() -> None:
    """A stream closed by whoever started us, as `>&-` does, goes nowhere. Left closed, its descriptor would be given
    to the next file that is opened, and a library's print would land in it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):  # in the order of their descriptors
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open until the end


@contextlib.contextmanager
def data_stream() -> Generator[TextIO]:
    """The stdout that data goes to. Until the end, everything else that prints to stdout lands on stderr."""
    sys.stdout.flush()
    if sys.stdout is not sys.__stdout__:  # replaced, by a test or an embedding program: no descriptor to speak of
        replaced = sys.stdout
        with contextlib.redirect_stdout(sys.stderr):
            yield replaced
        return
    descriptor = sys.stdout.fileno()
    kept = os.dup(descriptor)
    with contextlib.suppress(OSError):  # stderr may be closed; then prints go where they would have gone
        os.dup2(2, descriptor)
    data = os.fdopen(kept, "w", encoding=sys.stdout.encoding, errors="replace")
    try:
        yield data
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os.dup2(kept, descriptor)
        with contextlib.suppress(OSError):  # a closed pipe: what was left unwritten has no reader
            data.close()


def size_if_file(stream: TextIO) -> int | None:
    """Bytes in the file that the stream writes to; None when that is a terminal, a pipe or a device."""
    try:
        status = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def is_same_place(one: TextIO, other: TextIO) -> bool:
    """Whether what is written to both stands on the same lines: one terminal, one pipe or one file."""
    if one.isatty() and other.isatty():
        return True
    try:
        places = [os.fstat(stream.fileno()) for stream in (one, other)]
    except (OSError, ValueError):
        return False
    return places[0].st_ino != 0 and os.path.samestat(*places)  # Windows has no number for a pipe


def is_utf8(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") == "utf8"


def plain_where_needed(text: str, stream: TextIO) -> str:
    """The text with our signs in characters that the stream has; others are left to its error handler."""
    if is_utf8(stream) or text.isascii():
        return text
    return text.translate(_lacking(stream.encoding or "ascii"))


@cache
def _lacking(encoding: str) -> dict[int, str]:
    """Of `PLAIN`, what this encoding lacks."""
    return {ord(sign): plain for sign, plain in PLAIN.items() if not _has(encoding, sign)}


def _has(encoding: str, sign: str) -> bool:
    try:
        sign.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
