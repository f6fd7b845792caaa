"""An adapter as a folder or a .zip for others: PEFT's two files, the model card, and Sunto's own card.

It loads in whatever reads PEFT's format. Paths of this machine stay here: the base is named as the hub knows it, or by
the last part of its folder's name.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any

from adapters.cards import CARD_FILE, hub_name, read_json, write_card
from adapters.registry import CONFIG_FILE, AdapterRecord, reason_of
from adapters.registry.journal import looking
from adapters.registry.records import read_record
from assistant.errors import AdapterCorruptError, AdapterError
from assistant.i18n import _

WEIGHTS_FILE = "adapter_model.safetensors"


def export_adapter(record: AdapterRecord, path: Path, *, overwrite: bool) -> Path:
    """Write the version in use to `path`: a .zip where it is called so, otherwise a folder. Where it was written.

    Nothing is left half-written. With `overwrite` the files of that name in a folder are replaced, others stay.
    Raises AdapterError.
    """
    path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - resolve() would follow links
    is_zip = path.suffix.lower() == ".zip"
    _check_target(path, is_zip, overwrite)
    if not (record.directory / WEIGHTS_FILE).is_file():
        raise AdapterCorruptError(
            _("The adapter “{name}” has no weights: {file} is missing.").format(name=record.name, file=WEIGHTS_FILE),
            _("Go back to an earlier version, or import it again."),
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _beside(path) as draft:
            _gather(record, draft)
            if is_zip:
                _pack(draft, path, record.name)
            else:
                _place(draft, path)
    except OSError as error:
        raise AdapterError(
            _("The adapter could not be written to {path}: {reason}.").format(path=path, reason=reason_of(error)),
            _("Choose another place, or free some space there."),
        ) from error
    return path


def _check_target(path: Path, is_zip: bool, overwrite: bool) -> None:
    if path.is_dir() == is_zip and path.exists():
        raise AdapterError(
            _("{path} is a folder, and a .zip file is to be written.").format(path=path)
            if is_zip
            else _("{path} is a file, and a folder is to be written.").format(path=path),
            _("Choose another name."),
        )
    if not overwrite and (path.is_file() or (path.is_dir() and any(path.iterdir()))):
        raise AdapterError(
            _("There is already something in {path}.").format(path=path),
            _("Choose another name; on the command line, --overwrite replaces what has the same name."),
        )


@contextmanager
def _beside(path: Path) -> Generator[Path]:
    """A folder on the same disk, so that its files can be moved into place; gone afterwards."""
    draft = path.with_name(f".{path.name[:80]}.{os.getpid()}-{os.urandom(4).hex()}")
    draft.mkdir()
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _gather(record: AdapterRecord, draft: Path) -> None:
    """The files as they are exported, all of one version. Raises OSError, AdapterCorruptError."""
    with looking():
        record = read_record(record.directory)
        config = read_json(record.directory / CONFIG_FILE)
        shutil.copyfile(record.directory / WEIGHTS_FILE, draft / WEIGHTS_FILE)
    base = public_name(record.model)
    config |= {"base_model_name_or_path": base or None}
    (draft / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    card: dict[str, Any] = {**record.card, "name": record.name, "kind": record.kind, "version": record.version}
    write_card(draft, {**card, "base": {**(record.card.get("base") or {}), "name": base}})


def public_name(base: str) -> str:
    """How others can be told which base it is."""
    return hub_name(base) or PurePath(base.replace("\\", "/")).name


def _pack(draft: Path, path: Path, name: str) -> None:
    """All in one folder of the adapter's name. Weights are stored as they are: they hardly get smaller."""
    archive = draft / "packed.zip"
    files = sorted(draft.iterdir())
    with zipfile.ZipFile(archive, "w", strict_timestamps=False) as packed:
        for file in files:
            method = zipfile.ZIP_STORED if file.name == WEIGHTS_FILE else zipfile.ZIP_DEFLATED
            packed.write(file, f"{name}/{file.name}", compress_type=method)
    archive.replace(path)


def _place(draft: Path, path: Path) -> None:
    """The card goes last: a folder with it is whole."""
    path.mkdir(exist_ok=True)
    for file in sorted(draft.iterdir(), key=lambda file: file.name == CARD_FILE):
        file.replace(path / file.name)
