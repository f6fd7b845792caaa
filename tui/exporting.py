"""Results as files of the person's own: written whole or not at all, and never over another file unasked."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from assistant.errors import ConfigError
from assistant.export import check_exportable, exported, format_of
from assistant.i18n import _
from assistant.safe_text import one_line
from tui.conversation import Message
from tui.dropped_paths import to_path

MAX_NAME_CHARACTERS = 60
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')
"""What a file's name cannot hold on Windows, and elsewhere should not."""


def export_last(messages: Iterable[Message], argument: str) -> Path:
    """Write the latest answer that can be exported where `argument` says; returns where that was.

    Without an argument it is a Markdown file named after the document, in the current folder. A name that is taken
    gets a number. Raises ConfigError.
    """
    result = last_result(messages)
    target = to_path(argument) if argument else Path(f"{file_name(result)}.md")
    wanted = format_of(target)
    check_exportable(wanted, str(result.get("style") or result.get("task") or ""))
    target = free_name(_in_folder(target))
    write_atomically(target, exported(result, wanted))
    return target


def last_result(messages: Iterable[Message]) -> Mapping[str, Any]:
    """Raises ConfigError where nothing was answered yet."""
    for message in reversed(list(messages)):
        result = message.details.get("result")
        if isinstance(result, dict) and (result.get("summary") or result.get("answer")):
            return result
    raise ConfigError(_("There is nothing to export yet."), _("Ask for a summary or an answer first, then export it."))


def file_name(result: Mapping[str, Any]) -> str:
    """A name for it that any system takes: `Photosynthesis`."""
    title = " ".join(_UNFIT.sub(" ", one_line(str(result.get("title") or ""))).split())
    return title[:MAX_NAME_CHARACTERS].strip(" .") or "sunto"


def free_name(target: Path) -> Path:
    """The path itself, or the first of `notes (2).md`, `notes (3).md` … that nothing is called yet."""
    if not target.exists():
        return target
    names = (target.with_name(f"{target.stem} ({number}){target.suffix}") for number in count(2))
    return next(path for path in names if not path.exists())


def write_atomically(target: Path, data: bytes) -> None:
    """A reader sees the old file or the new one, never half of it. Raises ConfigError when it cannot be written."""
    temporary = target.with_name(f".{target.stem[:MAX_NAME_CHARACTERS]}.{secrets.token_hex(8)}")
    try:
        try:
            with temporary.open("xb") as file:  # for whom any new file of theirs is, not for themselves alone
                file.write(data)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError(
            _("The result could not be written to “{path}”: {reason}.").format(path=target, reason=error.strerror),
            _("It is kept: ask for the same with another file name, and it is there at once."),
        ) from error


def _in_folder(target: Path) -> Path:
    """Raises ConfigError for a folder that is not there, and for one where a file is meant."""
    target = target.absolute()
    if target.is_dir():
        raise ConfigError(
            _("“{path}” is a folder.").format(path=target),
            _("Name a file in it, for example {path}.").format(path=target / "summary.md"),
        )
    if not target.parent.is_dir():
        raise ConfigError(
            _("There is no folder “{path}”.").format(path=target.parent), _("Make it first, or choose another.")
        )
    return target
