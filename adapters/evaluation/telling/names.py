"""Names of languages, as every part of a report says them."""

from __future__ import annotations

from assistant.i18n import _
from assistant.safe_text import one_line


def language_name(code: str) -> str:
    """`it` → Italian; a language that Sunto has no name for goes by its code."""
    return {"it": _("Italian"), "en": _("English")}.get(code) or one_line(code)
