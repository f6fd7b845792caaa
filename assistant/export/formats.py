"""Which format a file's name asks for, and the one function that makes any of them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.errors import ConfigError
from assistant.i18n import _
from assistant.safe_text import printable
from assistant.summaries.styles import STYLES

Result = Mapping[str, Any]

FORMATS: dict[str, str] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".html": "html",
    ".htm": "html",
    ".docx": "docx",
    ".pdf": "pdf",
    ".tsv": "anki",
    ".json": "json",
}
"""By suffix. A name without one is Markdown, which any program shows."""

CARD_STYLES = tuple(style.name for style in STYLES.values() if style.kind == "items")


def format_of(path: Path) -> str:
    """Raises ConfigError for a suffix that stands for no format."""
    found = FORMATS.get(path.suffix.lower()) if path.suffix else "markdown"
    if found is None:
        raise ConfigError(
            _("Sunto cannot write “{suffix}” files.").format(suffix=path.suffix),
            _("It writes {suffixes}; .tsv is for Anki.").format(suffixes=", ".join(FORMATS)),
        )
    return found


def check_exportable(wanted: str, style: str) -> None:
    """To be asked before the work begins. Raises ConfigError for Anki cards of a style that makes none."""
    if wanted == "anki" and style == "compare":
        raise ConfigError(
            _("A comparison has no cards for Anki."),
            _("Choose another ending: {suffixes}.").format(
                suffixes=", ".join(suffix for suffix, name in FORMATS.items() if name != "anki")
            ),
        )
    if wanted == "anki" and style not in CARD_STYLES:
        raise ConfigError(
            _("A file for Anki needs cards, and the style “{style}” makes none.").format(style=style),
            _("Choose one of these styles: {styles}.").format(styles=", ".join(CARD_STYLES)),
        )


def exported(result: Result, wanted: str) -> bytes:
    """The whole file, one of the values of `FORMATS`. Raises ConfigError where the result has no cards for Anki."""
    if wanted == "json":
        return (json.dumps(result, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    if wanted == "text":
        text = str(result.get("summary") or result.get("answer") or "")
        return (printable(text).rstrip("\n") + "\n").encode()
    module = importlib.import_module(f"assistant.export.{wanted}")
    return module.write(result)
