"""The file that a result is to be written to, checked before the work starts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assistant.errors import ConfigError
from assistant.i18n import _
from tui.cli.questions import ask_first
from tui.output import Output


def checked_target(
    path: str, sources: Sequence[str], output: Output, *, yes: bool, option: str = "--output", usual: str = "summary.md"
) -> Path:
    """Where the result may go; asks before it replaces a file. `usual` is a name to suggest. Raises ConfigError."""
    target = Path(path)
    if target.is_dir():
        raise ConfigError(
            _("“{path}” is a folder.").format(path=target),
            _("Name a file in it, for example {path}.").format(path=target / usual),
        )
    if not target.absolute().parent.is_dir():
        raise ConfigError(
            _("There is no folder “{path}”.").format(path=target.absolute().parent),
            _("Make it first, or choose another for {option}.").format(option=option),
        )
    if target.exists():
        if not target.is_file():
            raise ConfigError(
                _("“{path}” is a device or a pipe, which cannot be replaced by a file.").format(path=target),
                _("Leave out {option} and redirect instead: > {path}").format(option=option, path=target),
            )
        if any(Path(source).exists() and target.samefile(source) for source in sources):
            raise ConfigError(
                _("“{path}” is the document itself: the summary would replace it.").format(path=target),
                _("Choose another name for {option}.").format(option=option),
            )
        ask_first(output, _("“{path}” exists. Replace it?").format(path=target), yes=yes)
    return target
