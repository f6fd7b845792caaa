"""Names ↔ adapter directories in `$SUNTO_HOME/adapters/<name>/`. Knows no torch.

A directory is an adapter when PEFT's `adapter_config.json` is in it. Beside it Sunto keeps `sunto.json`: which base
(by hash), how and from what it was trained. Adapters made elsewhere have no such file, and are checked by what
their configuration says.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.config import data_dir
from assistant.errors import AdapterCorruptError, AdapterError, AdapterMismatchError, AdapterNotFoundError
from assistant.i18n import _

if TYPE_CHECKING:
    from assistant.weights.store import KeptModel

CONFIG_FILE = "adapter_config.json"
CARD_FILE = "sunto.json"
RESERVED_NAMES = frozenset({"none", "base"})
_WINDOWS_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_MAX_JSON_BYTES = 1 << 20


@dataclass(frozen=True)
class AdapterRecord:
    name: str
    directory: Path
    model: str
    """The base model's name; empty when the files do not say."""
    r: int
    kind: str = "lora"
    card: dict[str, Any] = field(default_factory=dict[str, Any])
    """The contents of `sunto.json`; empty for adapters made elsewhere."""

    @property
    def created(self) -> str:
        """ISO 8601, UTC; empty when unknown."""
        return str(self.card.get("created", ""))


def adapters_dir() -> Path:
    return data_dir() / "adapters"


def list_adapters() -> list[AdapterRecord]:
    """Every adapter that can be read, by name; a broken directory is left out (`get_adapter` says what is wrong)."""
    if not adapters_dir().is_dir():
        return []
    records: list[AdapterRecord] = []
    for directory in sorted(adapters_dir().iterdir()):
        if (directory / CONFIG_FILE).is_file() and not directory.name.startswith("."):
            try:
                records.append(_read(directory))
            except AdapterCorruptError:
                continue
    return records


def get_adapter(name: str) -> AdapterRecord:
    """Raises AdapterNotFoundError naming the nearest one, AdapterCorruptError."""
    directory = adapters_dir() / check_name(name)
    if not (directory / CONFIG_FILE).is_file():
        names = [record.name for record in list_adapters()]
        near = difflib.get_close_matches(name, names, n=1)
        raise AdapterNotFoundError(
            _("There is no adapter called “{name}”.").format(name=name),
            _("Did you mean “{near}”?").format(near=near[0])
            if near
            else _("Known adapters: {names}; “none” answers without one.").format(names=", ".join(names))
            if names
            else _("Train one with `sunto train PAIRS.jsonl --name {name}`; “none” answers without one.").format(
                name=name
            ),
        )
    return _read(directory)


def check_name(name: str) -> str:
    """The name, if it can be a folder's name on every system. Raises AdapterError."""
    if name.lower() in RESERVED_NAMES:
        raise AdapterError(
            _("“{name}” cannot be an adapter's name.").format(name=name),
            _("It means the model without an adapter; choose another name."),
        )
    if not re.fullmatch(r"[\w][\w.-]{0,63}", name) or name.endswith(".") or _WINDOWS_DEVICES.fullmatch(name):
        raise AdapterError(
            _("“{name}” cannot be an adapter's name.").format(name=name),
            _("Use up to 64 letters, digits, hyphens, dots and underscores, beginning with a letter or digit."),
        )
    return name


def differences(record: AdapterRecord, kept: KeptModel) -> list[str]:
    """Every way in which the adapter's base is not this one; empty when it fits."""
    base: dict[str, str] = record.card.get("base") or {"name": record.model}
    pairs = [
        (_("base model"), base.get("name", ""), kept.name),
        (_("weights"), base.get("weights_sha256", ""), kept.weights_sha256),
        (_("chat template"), base.get("chat_template_sha256", ""), kept.chat_template_sha256),
    ]
    return [
        _("{what}: made for {expected}, here is {got}").format(what=what, expected=_short(made), got=_short(here))
        for what, made, here in pairs
        if made and here and made != here
    ]


def check_compatible(record: AdapterRecord, kept: KeptModel) -> None:
    """Raises AdapterMismatchError with every difference listed."""
    if found := differences(record, kept):
        raise AdapterMismatchError(
            _("The adapter “{name}” was made for another base: {differences}.").format(
                name=record.name, differences="; ".join(found)
            ),
            _("Answer with its own base (--model {model}), or train it again on this one.").format(
                model=record.model or "…"
            ),
        )


def publish(staging: Path, name: str, *, overwrite: bool) -> Path:
    """Move a finished adapter directory into its place, at once; what was there goes only after it is replaced."""
    target = adapters_dir() / check_name(name)
    if not target.exists():
        staging.rename(target)
        return target
    if not overwrite:
        raise exists_error(name)
    previous = target.with_name(f".{name}.previous-{os.getpid()}")
    target.rename(previous)
    staging.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    return target


def exists_error(name: str) -> AdapterError:
    return AdapterError(
        _("There is already an adapter called “{name}”.").format(name=name),
        _("Choose another name; on the command line, --overwrite replaces the old one."),
    )


def _read(directory: Path) -> AdapterRecord:
    config = _read_json(directory / CONFIG_FILE)
    card = _read_card(directory / CARD_FILE)
    rank = config.get("r")
    return AdapterRecord(
        name=directory.name,
        directory=directory,
        model=str((card.get("base") or {}).get("name") or config.get("base_model_name_or_path") or ""),
        r=rank if isinstance(rank, int) else 0,
        kind="alora" if config.get("alora_invocation_tokens") else "lora",
        card=card,
    )


def _read_card(path: Path) -> dict[str, Any]:
    """Empty for an adapter made elsewhere. What it says of the base is text, or the card is damaged."""
    if not path.is_file():
        return {}
    card = _read_json(path)
    base = card.get("base") or {}
    if not (isinstance(base, dict) and all(isinstance(value, str) for value in base.values())):
        raise _corrupt(path, _("it does not say which base it is for"))
    return card


def _read_json(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > _MAX_JSON_BYTES:
            raise ValueError(_("it is far too large"))
        value = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(value, dict):
            raise ValueError(_("it is not an object"))
    except (OSError, ValueError, RecursionError) as error:
        raise _corrupt(path, str(error).rstrip(".")) from error
    return value


def _corrupt(path: Path, reason: str) -> AdapterCorruptError:
    return AdapterCorruptError(
        _("The adapter file {path} is damaged: {reason}.").format(path=path, reason=reason),
        _("Copy the adapter again from where it came from, or train it again."),
    )


def _short(value: str) -> str:
    """A hash by its first characters, anything else whole."""
    return f"{value[:12]}…" if re.fullmatch(r"[0-9a-f]{40,}", value) else value
