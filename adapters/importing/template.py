"""The chat template that lies beside an adapter: trained with another one, it was trained on other prompts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from adapters.importing.archive import Archive
    from adapters.importing.folder import Folder

TEMPLATE_FILE = "chat_template.jinja"
TOKENIZER_FILE = "tokenizer_config.json"
_MAX_BYTES = 16 << 20
"""Of the tokenizer's settings, which list every special token of some models."""


def chat_template(box: Folder | Archive, folder: str, names: Mapping[str, int]) -> str:
    """As transformers looks for it: a file of its own, or the tokenizer's settings. Empty where neither has one.

    A tokenizer's file that cannot be understood says nothing about the adapter and is passed over, as its tokens are.
    """
    if folder + TEMPLATE_FILE in names:
        return box.read(folder + TEMPLATE_FILE, _MAX_BYTES).decode("utf-8", "replace")
    if folder + TOKENIZER_FILE not in names:
        return ""
    try:
        settings = json.loads(box.read(folder + TOKENIZER_FILE, _MAX_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return ""
    template = cast("dict[str, Any]", settings).get("chat_template") if isinstance(settings, dict) else None
    if isinstance(template, list):
        template = _default(cast("list[Any]", template))
    return template if isinstance(template, str) else ""


def _default(templates: list[Any]) -> object:
    """Several, by name: the one that chat uses."""
    named = [cast("dict[str, Any]", item) for item in templates if isinstance(item, dict)]
    return next((item.get("template") for item in named if item.get("name") == "default"), None)


def same_template(text: str, sha256: str) -> bool:
    """Whether this is the text with that hash, but for a line end that an editor or a tool left or took away."""
    stem = text.rstrip("\r\n")
    return any(template_sha256(stem + end) == sha256 for end in ("", "\n", "\r\n")) or template_sha256(text) == sha256


def template_sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
