"""The language of the interface: Italian or English, chosen once at start.

Sentences are written in English in the code and wrapped in `_()`; the catalogues in `locale/` hold the Italian.
Put names in by `format`, after the translation: `_("{name} has no pages.").format(name=name)`.
The language of a *summary* is another thing: see `assistant.language`.
"""

from __future__ import annotations

import gettext
import locale
import os
import sys
from pathlib import Path

LANGUAGES = ("en", "it")
_CATALOGUES = Path(__file__).parent / "locale"
_active: gettext.NullTranslations = gettext.NullTranslations()
_code = "en"


def set_language(code: str | None) -> str:
    """Choose the interface language; None asks `SUNTO_LANG`, then the system. Returns the code in force."""
    global _active, _code
    wanted = code or os.environ.get("SUNTO_LANG") or _system_language()
    _code = "it" if wanted.lower().startswith("it") else "en"
    _active = gettext.translation("sunto", _CATALOGUES, [_code], fallback=True)
    return _code


def current_language() -> str:
    """`"it"` or `"en"`."""
    return _code


def _(sentence: str) -> str:
    """The sentence in the interface language."""
    return _active.gettext(sentence) if sentence else ""


def N_(sentence: str) -> str:  # noqa: N802 - gettext's name for it
    """The sentence as it is, marked for the catalogue: it is translated where it is said."""
    return sentence


def say_in(code: str, sentence: str) -> str:
    """The sentence in that language, whatever the interface speaks: for what concerns a text in that language."""
    return gettext.translation("sunto", _CATALOGUES, [code], fallback=True).gettext(sentence)


def plural(one: str, many: str, count: int) -> str:
    """`one` or `many` in the interface language, with `{count}` filled in."""
    return _active.ngettext(one, many, count).format(count=count)


def _system_language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value
    if sys.platform == "win32":
        import ctypes

        # The primary language is in the low ten bits; 0x10 is Italian (MS-LCID, section 2.2).
        return "it" if ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == 0x10 else "en"
    return locale.getlocale()[0] or "en"
