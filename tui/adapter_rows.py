"""The adapters on this machine, as the app lists them: read from a few small files, without the model process.

So the list is there while an answer is written or an adapter is trained, and before any model is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adapters.registry import AdapterRecord
    from assistant.weights.store import KeptModel


@dataclass(frozen=True)
class AdapterRow:
    name: str
    model: str
    """Its base; empty when the files do not say."""
    kind: str
    r: int
    subject: str
    """What it was trained for; empty when not known."""
    version: int
    versions: tuple[int, ...]
    """The others that are kept, ascending."""
    size_bytes: int
    created: str
    """ISO 8601; empty when not known."""
    fits: bool | None
    """None where its base is not here, or the files do not tell."""
    differences: tuple[str, ...] = ()
    """From the base that it is held against, where it does not fit."""
    card: dict[str, Any] = field(default_factory=dict[str, Any])


def adapter_rows(model: str) -> list[AdapterRow]:
    """By name. `model` is the base in use; empty while none is known, then each is held against its own base."""
    from adapters.registry import list_adapters

    records = list_adapters()
    kept = _kept() if records else []
    return [_row(record, _base(kept, model or record.model)) for record in records]


def adapter_row(name: str, model: str) -> AdapterRow:
    """One of them. Raises AdapterNotFoundError naming the nearest one, AdapterCorruptError."""
    from adapters.registry import get_adapter

    record = get_adapter(name)
    return _row(record, _base(_kept(), model or record.model))


def adapter_names() -> list[str]:
    """Opens no file."""
    from adapters.registry import adapter_names

    return adapter_names()


def version_rows(name: str) -> list[tuple[int, str]]:
    """(number, when it was made) of every other version that is kept, newest first. Raises AdapterError."""
    from adapters.registry import earlier_versions, get_adapter

    return [(version.version, version.created) for version in earlier_versions(get_adapter(name))]


def _kept() -> list[KeptModel]:
    from assistant.weights.store import kept_manifests

    return [manifest.model for manifest in kept_manifests()]


def _base(kept: list[KeptModel], name: str) -> KeptModel | None:
    from adapters.registry import same_base

    return next((model for model in kept if name and same_base(model.name, name)), None)


def _row(record: AdapterRecord, base: KeptModel | None) -> AdapterRow:
    from adapters.registry import differences

    found = tuple(differences(record, base)) if base is not None else ()
    return AdapterRow(
        name=record.name,
        model=record.model,
        kind=record.kind,
        r=record.r,
        subject=record.subject,
        version=record.version,
        versions=record.versions,
        size_bytes=record.bytes,
        created=record.created,
        fits=None if base is None or not record.model else not found,
        differences=found,
        card=record.card,
    )
