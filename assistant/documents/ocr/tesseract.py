"""The tesseract on this machine: where it is, its version, the languages it has.

Found programs are asked once in a process. One that is missing, or lacks a language of ours, is looked for again each
time: the person may have installed it meanwhile.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

LANGUAGES = ("ita", "eng")
"""Those Sunto reads, in tesseract's names, in the order it tries them."""
ORIENTATION = "osd"
"""The data by which tesseract sees which way up a page is."""

_MAJOR_VERSION = re.compile(r"v?(\d{1,4})\.")

Problem = Literal["off", "missing", "not-there", "broken", "languages"]
_ASK_SECONDS = 20.0


class NoTesseract(Exception):  # noqa: N818 - an answer, not a fault of ours
    """`off`: not wanted; `missing`: nowhere; `not-there`: not where it was said to be; `broken`: does not run;
    `languages`: none of ours."""

    def __init__(self, problem: Problem, program: str = "") -> None:
        super().__init__(problem, program)
        self.problem: Problem = problem
        self.program = program


@dataclass(frozen=True)
class Tesseract:
    program: str
    """Absolute path."""
    version: str
    installed: tuple[str, ...]
    """Every language it has, and `osd`."""
    data: str = ""
    """TESSDATA_PREFIX, where the person has set it."""

    @property
    def languages(self) -> str:
        """Those of ours that it has, as its option wants them: `ita+eng`."""
        return "+".join(language for language in LANGUAGES if language in self.installed)

    @property
    def lacking(self) -> tuple[str, ...]:
        """Those of ours that it does not have."""
        return tuple(language for language in LANGUAGES if language not in self.installed)

    @property
    def sees_orientation(self) -> bool:
        return ORIENTATION in self.installed

    @property
    def adapts_to_light(self) -> bool:
        """Whether it can part ink from paper by what is around each place: it came with version 5."""
        match = _MAJOR_VERSION.match(self.version)
        return match is not None and int(match[1]) >= 5


_known: dict[tuple[str, str], Tesseract] = {}


def find_tesseract(program: str = "auto") -> Tesseract:
    """The one named, or the one found: SUNTO_TESSERACT, then PATH, then the usual folders. Raises NoTesseract."""
    if program == "auto":
        program = os.environ.get("SUNTO_TESSERACT", "") or "auto"
    path = _look_for() if program == "auto" else str(Path(program).expanduser().absolute())
    if path is None:
        raise NoTesseract("missing")
    if not _is_program(Path(path)):
        raise NoTesseract("not-there", path)
    data = os.environ.get("TESSDATA_PREFIX", "")
    if (known := _known.get((path, data))) is not None:
        return known
    found = _ask(path, data)
    if not found.languages:
        raise NoTesseract("languages", path)
    if not found.lacking:
        _known[path, data] = found
    return found


def environment(data: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """One thread for each tesseract: its own threads wait for each other more than they help."""
    return {**inherited, "OMP_THREAD_LIMIT": "1", **({"TESSDATA_PREFIX": data} if data else {})}


# --- where it is ------------------------------------------------------------------------------------------------


def _look_for() -> str | None:
    name = "tesseract.exe" if sys.platform == "win32" else "tesseract"
    return next((str(folder / name) for folder in _folders() if _is_program(folder / name)), None)


def _folders() -> Iterator[Path]:
    """Not by `shutil.which`: on Windows that begins with the current folder, which may be anybody's downloads."""
    for entry in os.environ.get("PATH", "").split(os.pathsep):
        folder = Path(entry.strip('"'))
        if folder.is_absolute():
            yield folder
    if sys.platform == "win32":
        yield from _windows_folders(os.environ)
    elif sys.platform == "darwin":  # a program started from the Finder does not have these in its PATH
        yield from map(Path, ("/opt/homebrew/bin", "/usr/local/bin", "/opt/local/bin"))


def _windows_folders(variables: Mapping[str, str]) -> Iterator[Path]:
    """Where the installer puts it; it does not add itself to PATH."""
    for variable, inside in (
        ("PROGRAMFILES", "Tesseract-OCR"),
        ("LOCALAPPDATA", "Programs/Tesseract-OCR"),
        ("PROGRAMFILES(X86)", "Tesseract-OCR"),
    ):
        if folder := variables.get(variable):
            yield Path(folder) / inside


def _is_program(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except (OSError, ValueError):
        return False


# --- what it can ------------------------------------------------------------------------------------------------


def _ask(program: str, data: str) -> Tesseract:
    version = _answer(program, data, "--version").split("\n", 1)[0].strip()
    listed = _answer(program, data, "--list-langs").split("\n")[1:]  # the first line is a heading
    installed = tuple(sorted({line.strip() for line in listed if line.strip()}))
    return Tesseract(program, version.removeprefix("tesseract").strip()[:100], installed, data)


def _answer(program: str, data: str, question: str) -> str:
    """What it prints, on stdout or (before version 4) on stderr. Raises NoTesseract."""
    try:
        answer = subprocess.run(
            [program, question],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_ASK_SECONDS,
            env=environment(data, os.environ),
            check=True,
            creationflags=subprocess.CREATE_NO_WINDOW if sys.platform == "win32" else 0,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoTesseract("broken", program) from error
    return answer.stdout.decode("utf-8", "replace").replace("\r\n", "\n")
