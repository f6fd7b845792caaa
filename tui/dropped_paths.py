"""Text that a person dropped, pasted or typed, seen as the paths of files.

Terminals write a dropped file in their own ways: bare, in single or double quotes, with `\\ ` for a space, as a
`file://` address, several on a line or a line each. On Windows the backslash separates folders and escapes nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

MAX_LENGTH = 4096
"""Longer text is not looked at: it is a text, not a path."""


def existing_files(text: str) -> list[Path]:
    """The files that `text` names, when *all* of it names files that exist; otherwise nothing."""
    text = text.strip()
    if not text or len(text) > MAX_LENGTH or "\0" in text:
        return []
    for candidates in _readings(text):
        paths = [to_path(candidate) for candidate in candidates]
        if paths and all(_is_file(path) for path in paths):
            return paths
    return []


def to_path(text: str, *, windows: bool | None = None) -> Path:
    """One path, however it was written. Existence is not checked."""
    windows = os.name == "nt" if windows is None else windows
    text = _without_quotes(text.strip())
    if text.startswith("file://"):
        return Path(_from_address(text, windows=windows))
    if not windows and "\\" in text and not _is_file(Path(text)):
        text = re.sub(r"\\(.)", r"\1", text)
    try:
        return Path(text).expanduser()
    except RuntimeError:  # `~somebody` where there is no such user
        return Path(text)


def _readings(text: str) -> Iterator[list[str]]:
    """Ways to cut the text into paths, likeliest first: one, one a line, several on a line."""
    yield [text]
    if lines := [line for line in text.splitlines() if line.strip()]:
        yield lines
    yield _words(text, os.name == "nt")


def _words(text: str, windows: bool) -> list[str]:
    """Split on white space outside quotes and after no backslash."""
    escaped = "" if windows else r"\\.|"
    return re.findall(rf"""(?:{escaped}"[^"]*"|'[^']*'|[^\s"'])+""", text)


def _without_quotes(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def _from_address(address: str, *, windows: bool) -> str:
    """`file:///C:/a%20b.pdf` → `C:/a b.pdf`; the host of `file://host/share` is kept on Windows."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    path = unquote(parts.path)
    if not windows:
        return path
    if parts.netloc not in ("", "localhost"):
        return f"//{parts.netloc}{path}"
    return path[1:] if re.match(r"/[A-Za-z]:", path) else path


def _is_file(path: Path) -> bool:
    return _asked(path.is_file)


def _asked(question: Callable[[], bool]) -> bool:
    """False where the system cannot even look: a name too long, a lone surrogate."""
    try:
        return question()
    except (OSError, ValueError):
        return False
