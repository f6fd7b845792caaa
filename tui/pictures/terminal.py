"""Which way of showing pictures a terminal understands, and how large its cells are. Asked before the app starts."""

from __future__ import annotations

import os
import re
import struct
import sys
import time
from dataclasses import dataclass
from typing import Literal

Way = Literal["blocks", "sixel", "kitty"]

_LONGEST_WAIT_SECONDS = 0.5
"""Every terminal answers the second question, most within milliseconds; over a slow line it may take a while. An answer
that comes later still would look like keys."""
_QUESTIONS = b"\x1b[16t\x1b[>q\x1b[c"
"""The size of a cell in pixels and the name (both xterm), then what kind it is (DA1), which every terminal answers."""
_CELL = re.compile(rb"\x1b\[6;(\d{1,4});(\d{1,4})t")
_KIND = re.compile(rb"\x1b\[\?([\d;]{1,100})c")
_NAME = re.compile(rb"\x1bP>\|(kitty|ghostty)[ (](\d{1,4})\.(\d{1,4})")
_KITTY_WITH_PLACEHOLDERS = (0, 28)
_SIXEL = b"4"
_USUAL_CELL = (10, 20)


@dataclass(frozen=True)
class Terminal:
    way: Way = "blocks"
    """`blocks` works everywhere: half a character is a pixel."""
    cell: tuple[int, int] = (1, 2)
    """Pixels across and down in a cell, in that way."""


def find_terminal(wanted: str = "auto") -> Terminal:
    """`wanted` is a way, or `auto` for the best one that this terminal is known to understand."""
    if wanted == "blocks" or not _is_terminal():
        return Terminal()
    answer = _ask() if _may_be_asked() else b""
    cell = _likely(*_window_cell()) or _likely(*_answered_cell(answer)) or _USUAL_CELL
    if wanted == "kitty" or (wanted == "auto" and shows_placeholders(answer)):
        return Terminal("kitty", cell)
    if wanted == "sixel" or shows_sixel(answer):
        return Terminal("sixel", cell)
    return Terminal()


def shows_placeholders(answer: bytes) -> bool:
    """Whether it is one of the two terminals that know kitty's placeholders, and new enough."""
    name = _NAME.search(answer)
    return name is not None and (name[1] == b"ghostty" or (int(name[2]), int(name[3])) >= _KITTY_WITH_PLACEHOLDERS)


def shows_sixel(answer: bytes) -> bool:
    kind = _KIND.search(answer)
    return kind is not None and _SIXEL in kind[1].split(b";")


def _answered_cell(answer: bytes) -> tuple[int, int]:
    """Pixels across and down, as the terminal says; 0 where it does not."""
    size = _CELL.search(answer)
    return (int(size[2]), int(size[1])) if size is not None else (0, 0)


def _window_cell() -> tuple[int, int]:
    """The same as the system knows it, which not every terminal tells it."""
    if sys.platform == "win32":
        return 0, 0
    import fcntl
    import termios  # POSIX only

    assert sys.__stdout__ is not None
    try:
        size = fcntl.ioctl(sys.__stdout__.fileno(), termios.TIOCGWINSZ, bytes(8))
    except OSError:
        return 0, 0
    rows, columns, across, down = struct.unpack("HHHH", size)
    return across // max(columns, 1), down // max(rows, 1)


def _likely(across: int, down: int) -> tuple[int, int] | None:
    """None for a size that no cell has."""
    return (across, down) if 2 <= across <= 100 and 2 <= down <= 200 else None


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.__stdin__, sys.__stdout__, sys.__stderr__))


def _may_be_asked() -> bool:
    """Not on Windows, where the console's input cannot be waited for by its descriptor."""
    return sys.platform != "win32" and os.environ.get("TERM", "dumb") != "dumb"


def _ask() -> bytes:
    """The terminal's answers; what it has by then where it takes too long. Keys pressed meanwhile are lost."""
    if sys.platform == "win32":
        return b""
    import select
    import termios  # POSIX only
    import tty

    assert sys.__stdin__ is not None
    descriptor = sys.__stdin__.fileno()
    try:
        before = termios.tcgetattr(descriptor)
        tty.setcbreak(descriptor, termios.TCSANOW)
    except termios.error:
        return b""
    answer = b""
    try:
        os.write(descriptor, _QUESTIONS)
        ends = time.monotonic() + _LONGEST_WAIT_SECONDS
        while _KIND.search(answer) is None and (left := ends - time.monotonic()) > 0:
            readable, _writable, _failed = select.select([descriptor], [], [], left)
            if not readable or not (piece := os.read(descriptor, 1024)):
                break
            answer += piece
    except OSError:  # stdin may only be read from: nothing was asked then
        return answer
    finally:
        termios.tcsetattr(descriptor, termios.TCSANOW, before)
    return answer
