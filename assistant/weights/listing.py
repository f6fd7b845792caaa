"""What is kept here, what could be, and being rid of it."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.catalogue import CATALOGUE, find_base, fits
from assistant.errors import ModelNotFoundError
from assistant.hardware import describe_machine
from assistant.i18n import _
from assistant.weights import store
from assistant.weights.store import KeptModel, Manifest


@dataclass(frozen=True)
class ModelRow:
    name: str
    title: str
    installed: bool
    fits: bool
    reason: str
    """Why it fits or not, in a sentence."""
    download_bytes: int
    """0 for a folder."""
    disk_bytes: int
    """What it takes in the data directory now; 0 when it is not there."""
    licence: str
    """Empty when not known."""
    languages: tuple[str, ...]


def installed_models() -> list[KeptModel]:
    """The models that are kept here and whole."""
    return [manifest.model for manifest in store.kept_manifests() if not store.damaged_files(manifest)]


def list_models() -> list[dict[str, Any]]:
    """The catalogue, then what else is kept here: `ModelRow`s as plain JSON values."""
    machine = describe_machine()
    kept = {manifest.model.name: manifest for manifest in store.kept_manifests()}
    rows: list[ModelRow] = []
    for base in CATALOGUE:
        fit, reason = fits(base.memory_bytes, machine)
        rows.append(
            ModelRow(
                name=base.name,
                title=base.title,
                installed=base.name in kept and not store.damaged_files(kept[base.name]),
                fits=fit,
                reason=reason,
                download_bytes=base.download_bytes,
                disk_bytes=store.disk_bytes(base.name),
                licence=base.licence,
                languages=base.languages,
            )
        )
    for name, manifest in kept.items():
        if find_base(name) is None:
            fit, reason = fits(manifest.model.memory_bytes, machine)
            rows.append(_row_of_other(manifest, fit, reason))
    return [dataclasses.asdict(row) for row in rows]


def _row_of_other(manifest: Manifest, fit: bool, reason: str) -> ModelRow:
    model = manifest.model
    download = sum(record.size for record in manifest.source_files.values()) if manifest.source == "hub" else 0
    return ModelRow(
        name=model.name,
        title=Path(model.name).name,
        installed=not store.damaged_files(manifest),
        fits=fit,
        reason=reason,
        download_bytes=download,
        disk_bytes=store.disk_bytes(model.name),
        licence="",
        languages=model.languages,
    )


def remove_model(name: str) -> Path:
    """Delete what is kept of this model, half-fetched parts included; the person's own folder is never touched.

    The record of which version it was stays, so that fetching it again gives the same. Asks nothing. Raises
    ModelNotFoundError when nothing of it is here, ModelError while another process uses it.
    """
    base = find_base(name)
    candidates = [base.name] if base else [name, str(Path(name).expanduser().absolute())]
    for candidate in candidates:
        directory, work = store.model_dir(candidate), store.work_dir(candidate)
        if directory.exists() or work.exists():
            with store.making_lock(candidate, wait=False):
                store.discard(directory)
                store.discard(work)
            return directory
    raise ModelNotFoundError(
        _("The model {name} is not on this machine.").format(name=name),
        _("`sunto models list` shows what is."),
    )
