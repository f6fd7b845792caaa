"""What is installed: `$SUNTO_HOME/adapters/<name>/`, earlier versions in `<name>/versions/<number>/`.

A directory is an adapter when PEFT's `adapter_config.json` is in it. Beside it Sunto keeps a card (`adapters.cards`).
Adapters made elsewhere may have none, and are checked by what their configuration says. Only these small files are
opened here, each when its adapter is asked for.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from adapters.cards import corrupt, hub_name, read_card, read_json
from adapters.registry.journal import looking
from adapters.registry.names import adapters_dir, folder_of
from assistant.errors import AdapterCorruptError, AdapterError, AdapterMismatchError, AdapterNotFoundError
from assistant.i18n import _
from assistant.safe_text import one_line

if TYPE_CHECKING:
    from assistant.weights.store import KeptModel

CONFIG_FILE = "adapter_config.json"
VERSIONS = "versions"

_MAX_SHOWN = 200
"""Characters of a value in a sentence."""


@dataclass(frozen=True)
class AdapterRecord:
    name: str
    directory: Path
    model: str
    """The base model's name; empty when the files do not say."""
    r: int
    kind: str = "lora"
    """`lora` or `alora`"""
    subject: str = ""
    """What it was made for; empty when the card does not say."""
    version: int = 1
    versions: tuple[int, ...] = ()
    """The earlier and later ones that are kept beside it, ascending."""
    card: dict[str, Any] = field(default_factory=dict[str, Any])
    """The contents of `sunto.json`; empty for adapters made elsewhere."""

    @property
    def created(self) -> str:
        """ISO 8601, UTC; empty when unknown."""
        return str(self.card.get("created") or "")

    @property
    def bytes(self) -> int:
        """On disk, all versions together."""
        from assistant.weights.disk import tree_bytes

        return tree_bytes(self.directory)


def adapter_names() -> list[str]:
    """What can be asked for by name; opens no file."""
    return [directory.name for directory in _directories()]


def list_adapters() -> list[AdapterRecord]:
    """Every adapter that can be read, by name; a broken directory is left out (`get_adapter` says what is wrong)."""
    if not adapters_dir().is_dir():
        return []
    records: list[AdapterRecord] = []
    with looking():
        for directory in _directories():
            try:
                records.append(read_record(directory))
            except AdapterCorruptError:
                continue
    return records


def get_adapter(name: str) -> AdapterRecord:
    """Raises AdapterNotFoundError naming the nearest one, AdapterCorruptError."""
    if not adapters_dir().is_dir():
        raise not_found(_folder_meant(name).name)
    with looking():
        directory = _folder_meant(name)
        if not _is_adapter(directory):
            raise not_found(directory.name)
        return read_record(directory)


def _folder_meant(name: str) -> Path:
    """Raises AdapterNotFoundError for what cannot be a name: who looks for an adapter has none to choose."""
    try:
        return folder_of(name)
    except AdapterError as error:
        raise AdapterNotFoundError(error.message, _("`sunto adapters list` shows which there are.")) from error


def earlier_versions(record: AdapterRecord) -> list[AdapterRecord]:
    """The kept versions, newest number first; one that is damaged is left out."""
    found: list[AdapterRecord] = []
    with looking():
        for number in reversed(record.versions):
            try:
                version = read_record(record.directory / VERSIONS / str(number))
                found.append(dataclasses.replace(version, name=record.name, version=number))
            except AdapterCorruptError:
                continue
    return found


def read_record(directory: Path) -> AdapterRecord:
    """Raises AdapterCorruptError."""
    config = read_json(directory / CONFIG_FILE)
    card = read_card(directory)
    rank, subject, versions = config.get("r"), card.get("subject"), kept_versions(directory)
    base = (card.get("base") or {}).get("name") or config.get("base_model_name_or_path") or ""
    if not isinstance(base, str):
        raise corrupt(directory / CONFIG_FILE, _("it does not say which base it is for"))
    return AdapterRecord(
        name=directory.name,
        directory=directory,
        model=base,
        r=rank if isinstance(rank, int) else 0,
        kind="alora" if config.get("alora_invocation_tokens") else "lora",
        subject=subject if isinstance(subject, str) else "",
        version=version_of(card, versions),
        versions=tuple(versions),
        card=card,
    )


def kept_versions(directory: Path) -> list[int]:
    """Numbers of the versions beside the one in use, ascending; opens no file."""
    try:
        entries = list((directory / VERSIONS).iterdir())
    except OSError:
        return []
    return sorted(int(entry.name) for entry in entries if re.fullmatch(r"[1-9][0-9]{0,8}", entry.name))


def version_of(card: dict[str, Any], versions: list[int]) -> int:
    """As the card says; the next number where it says none that is free."""
    said = card.get("version")
    if type(said) is int and said > 0 and said not in versions:
        return said
    return max(versions, default=0) + 1


def not_found(name: str) -> AdapterNotFoundError:
    names = adapter_names()
    near = difflib.get_close_matches(name, names, n=1)
    return AdapterNotFoundError(
        _("There is no adapter called “{name}”.").format(name=name),
        _("Did you mean “{near}”?").format(near=near[0])
        if near
        else _("Known adapters: {names}; “none” answers without one.").format(names=", ".join(names))
        if names
        else _("Train one with `sunto train FOLDER --name {name}`; “none” answers without one.").format(name=name),
    )


def _directories() -> list[Path]:
    if not adapters_dir().is_dir():
        return []
    return [entry for entry in sorted(adapters_dir().iterdir()) if _is_adapter(entry)]


def _is_adapter(directory: Path) -> bool:
    return not directory.name.startswith(".") and (directory / CONFIG_FILE).is_file()


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
        if made and here and made != here and not same_base(made, here)
    ]


def same_base(one: str, other: str) -> bool:
    """Whether two names mean one base: other tools call by its id on the hub what Sunto calls the starter."""
    return one == other or (bool(hub_name(one)) and hub_name(one).lower() == hub_name(other).lower())


def check_compatible(record: AdapterRecord, kept: KeptModel) -> None:
    """Raises AdapterMismatchError with every difference listed."""
    if found := differences(record, kept):
        raise AdapterMismatchError(
            _("The adapter “{name}” was made for another base: {differences}.").format(
                name=record.name, differences="; ".join(found)
            ),
            _("Answer with its own base (--model {model}), or train it again on this one.").format(
                model=_short(record.model) or "…"
            ),
        )


def _short(value: str) -> str:
    """A hash by its first characters, anything else on one line of no great length: a stranger may have written it."""
    return f"{value[:12]}…" if re.fullmatch(r"[0-9a-f]{40,}", value) else one_line(value[:_MAX_SHOWN])
