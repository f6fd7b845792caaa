"""Which base model an adapter's files name. Tools write the same base in many ways."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

from assistant.catalogue import CATALOGUE, find_base
from assistant.safe_text import one_line

if TYPE_CHECKING:
    from adapters.importing.source import AdapterSource

_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_HUB_CACHE = re.compile(r"(?:^|/)models--([\w.-]{1,96}?)--([\w.-]{1,96}?)(?:/|$)", re.ASCII)
_COPIES = re.compile(r"(?:-unsloth)?(?:-bnb-4bit)?$", re.IGNORECASE)
"""What Unsloth adds to the name of a base when it quantizes it; the adapter fits the base as it was."""
_MIRROR = "unsloth"
_FOLDERS = frozenset(
    {"checkpoints", "model", "models", "output", "outputs", "pretrained", "results", "saves", "weights"}
)
"""No owners on the hub but folders: `models/Qwen3-4B` is a path on its maker's machine."""
_MAX_NAME_CHARACTERS = 1000


def base_of(source: AdapterSource, kept_names: Iterable[str]) -> str:
    """The base the adapter is for: as it is called here if it is kept or in the catalogue, otherwise the hub's id.

    Empty when the files do not say, or name a folder of another machine that tells nothing.
    """
    kept = list(kept_names)
    return next((known for name in named_bases(source) if (known := _known_as(name, kept))), "")


def named_bases(source: AdapterSource) -> list[str]:
    """The base as the files spell it: Sunto's card first, since others may have been told a local folder."""
    base: Any = source.card.get("base")
    card: Any = cast("dict[str, Any]", base).get("name") if isinstance(base, dict) else None
    names = [card, source.config.get("base_model_name_or_path")]
    return [one_line(name) for name in names if isinstance(name, str) and 0 < len(name) <= _MAX_NAME_CHARACTERS]


def _known_as(name: str, kept: list[str]) -> str:
    if name in kept:
        return name
    path = name.replace("\\", "/").rstrip("/")
    if cached := _HUB_CACHE.search(path):
        path = f"{cached[1]}/{cached[2]}"
    if known := _same_id(path, kept):
        return known
    owner, _slash, tail = path.rpartition("/")
    is_id = _HUB_ID.fullmatch(path) is not None and owner.lower() not in _FOLDERS
    # Another owner's model of the same name is another model; a mirror's, and a folder's, is most likely the same.
    if (not is_id or owner.lower() == _MIRROR) and (known := _same_tail(_COPIES.sub("", tail), kept)):
        return known
    return path if is_id else ""


def _same_id(path: str, kept: list[str]) -> str:
    if found := next((name for name in kept if name.lower() == path.lower()), ""):
        return found
    folders = (name for name in kept if not _HUB_ID.fullmatch(name) and find_base(name) is None)
    if found := next((name for name in folders if _tail(name) == _tail(path)), ""):
        return found  # the same model, kept here as a folder of the person's own
    known = find_base(path) or next((base for base in CATALOGUE if base.same_as.lower() == path.lower()), None)
    return known.name if known and path else ""


def _same_tail(tail: str, kept: list[str]) -> str:
    """By the last part of the name alone: `Qwen3-4B-Instruct-2507`."""
    names = {_tail(name): name for name in kept}
    for base in CATALOGUE:
        names.setdefault(_tail(base.same_as or base.name), base.name)
    return names.get(tail.lower(), "") if tail else ""


def _tail(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name.lower()
