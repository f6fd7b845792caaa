"""What an adapter can be called: a folder's name on every system, and never two that some system takes for one."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from assistant.config import data_dir
from assistant.errors import AdapterError
from assistant.i18n import _

RESERVED_NAMES = frozenset({"none", "base", "auto"})
"""What they mean wherever an adapter can be chosen: none, the bare base, and the subject's own."""

_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_MAX_BYTES = 240
"""Of UTF-8; most file systems take 255."""


def adapters_dir() -> Path:
    return data_dir() / "adapters"


def check_name(name: str) -> str:
    """The name in Unicode's composed form (NFC), if it can be a folder's name on every system. Raises AdapterError."""
    name = unicodedata.normalize("NFC", name)
    if name.lower() in RESERVED_NAMES:
        raise AdapterError(
            _("“{name}” cannot be an adapter's name.").format(name=name),
            _("It is a word of Sunto's own; choose another name."),
        )
    if _WINDOWS_DEVICES.fullmatch(name):
        raise AdapterError(
            _("“{name}” cannot be an adapter's name.").format(name=name),
            _("Windows keeps it for a device of its own; choose another name."),
        )
    if not re.fullmatch(r"[\w][\w.-]{0,63}", name) or len(name.encode()) > _MAX_BYTES or name.endswith("."):
        raise AdapterError(
            _("“{name}” cannot be an adapter's name.").format(name=name),
            _("Use up to 64 letters, digits, hyphens, dots and underscores, beginning with a letter or digit."),
        )
    return name


def folder_of(name: str) -> Path:
    """Where the adapter of that name is, or would be. Raises AdapterError for what cannot be a name.

    The name as it is spelled on the disk counts: Windows and macOS take `Biology` for `biology`, so Sunto does
    everywhere. Opens no file.
    """
    wanted = check_name(name)
    spellings = [entry for entry in _entries() if folded(entry) == folded(wanted)]
    spelled = wanted if wanted in spellings or not spellings else min(spellings)
    return adapters_dir() / spelled


def _entries() -> list[str]:
    try:
        return [entry.name for entry in adapters_dir().iterdir() if not entry.name.startswith(".")]
    except OSError:
        return []


def folded(name: str) -> str:
    """As the least discerning file system sees it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
