"""The file of `--output`: checked before the work starts, written whole or not at all when it ends."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import ConfigError
from assistant.i18n import _
from tui.cli.questions import ask_first
from tui.output import Output


def checked_target(path: str, sources: Sequence[str], output: Output, *, yes: bool) -> Path:
    """Where the result may go; asks before it replaces a file. Raises ConfigError."""
    target = Path(path)
    if target.is_dir():
        raise ConfigError(
            _("“{path}” is a folder.").format(path=target),
            _("Name a file in it, for example {path}.").format(path=target / "summary.md"),
        )
    if not target.absolute().parent.is_dir():
        raise ConfigError(
            _("There is no folder “{path}”.").format(path=target.absolute().parent),
            _("Make it first, or choose another for --output."),
        )
    if target.exists():
        if not target.is_file():
            raise ConfigError(
                _("“{path}” is a device or a pipe, which cannot be replaced by a file.").format(path=target),
                _("Leave out --output and redirect instead: > {path}").format(path=target),
            )
        if any(Path(source).exists() and target.samefile(source) for source in sources):
            raise ConfigError(
                _("“{path}” is the document itself: the summary would replace it.").format(path=target),
                _("Choose another name for --output."),
            )
        ask_first(output, _("“{path}” exists. Replace it?").format(path=target), yes=yes)
    return target


def write_atomically(target: Path, data: bytes) -> None:
    """A reader sees the old file or the new one, never half of it. Raises ConfigError when it cannot be written."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=target.absolute().parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            _("The result could not be written to “{path}”: {reason}.").format(path=target, reason=error.strerror),
            _("It is kept: the same command with another --output gives it at once."),
        ) from error
