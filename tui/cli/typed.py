"""What a person types at a prompt: a line, or a text in an editor of their own."""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

from assistant.i18n import _
from assistant.safe_text import printable
from tui.output import Output


def read_line(prompt: str, prefilled: str = "") -> str | None:
    """The next line of input; None at its end. Where lines can be edited, the line begins as `prefilled`."""
    if not sys.stdin.isatty():
        return sys.stdin.readline() or None
    with _prefilled(prefilled):
        try:
            return input(printable(prompt))
        except EOFError:
            sys.stderr.write("\n")  # what is said next does not stand behind the prompt
            return None


def edited(text: str, output: Output) -> str | None:
    """The text as a person changed it: in the editor that `VISUAL` or `EDITOR` names, else at the prompt.

    None where nothing was typed.
    """
    text = printable(text)
    command = _editor()
    if command:
        try:
            return _in_editor(command, text)
        except (OSError, subprocess.CalledProcessError) as error:
            output.warn(
                _("The editor “{command}” did not work: {reason}.").format(
                    command=" ".join(command), reason=_reason(error)
                ),
                _("Type the text here instead, or set EDITOR to another program."),
            )
    return _at_prompt(text, output)


def _reason(error: OSError | subprocess.CalledProcessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        return _("it ended with code {code}").format(code=error.returncode)
    return error.strerror or str(error)


def _editor() -> list[str]:
    """The command that opens a file to be edited; empty where there is none."""
    wanted = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ("notepad" if sys.platform == "win32" else "")
    try:
        if sys.platform == "win32":  # where a backslash is no escape
            return [part.strip('"') for part in shlex.split(wanted, posix=False)]
        return shlex.split(wanted)
    except ValueError:  # quotes that do not match: trying it says so
        return [wanted]


def _in_editor(command: list[str], text: str) -> str:
    """Raises OSError, CalledProcessError. The file is readable by its owner alone, and gone afterwards."""
    descriptor, name = tempfile.mkstemp(prefix="sunto-", suffix=".txt")
    path = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        subprocess.run([*command, name], check=True)
        return path.read_text(encoding="utf-8-sig", errors="replace").strip()
    finally:
        path.unlink(missing_ok=True)


def _at_prompt(text: str, output: Output) -> str | None:
    """One line; it begins as the text has it, where lines can be edited."""
    output.say(_("Type it anew on one line. An empty line leaves it as it was."))
    offered = " ".join(text.split())
    typed = (read_line("  ", offered) or "").strip()
    return None if typed == offered else typed or None  # lines that were joined for the prompt are no change


@contextlib.contextmanager
def _prefilled(text: str) -> Generator[None]:
    """Inside, `input` edits lines, and the next one begins as `text`. Windows edits lines by itself, from nothing."""
    readline = _readline()
    if readline is None:
        yield
        return
    if text:
        readline.set_startup_hook(lambda: readline.insert_text(text))
    try:
        yield
    finally:
        readline.set_startup_hook(None)


def _readline() -> Any:
    try:
        import readline
    except ImportError:  # Windows
        return None
    return readline
